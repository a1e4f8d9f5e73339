"""A quantity or a range of them at a place in a text: number, scale and unit; the same for files and people."""

from decimal import Decimal

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.numerals import Number, read_number
from chatbot.knowledge_graph.units import MONEY, Unit, UnitTable
from chatbot.regex import regex

_TO = regex(r"\s*(?:--?|~|—+|–|到|至|和(?=[^和]{1,12}(?:之间|中间)))\s*")
_SPACES = regex(r"\s*")
MONEY_BEFORE = r"(?:[¥￥]|(?<![A-Za-z])(?i:rmb|cny)|人民币)\s?"  # ¥1099, RMB 360, 人民币360元
_MONEY_BEFORE = regex(MONEY_BEFORE)
_YUAN = "元"
MAX_ABSOLUTE = Decimal(10) ** 30


@dataclass(frozen=True, slots=True)
class Span:
    """``low`` to ``high`` in ``unit`` (``None``: no unit was written), read from ``[start, end)``.

    ``scale`` is what 万, 千, k or w contributed; ``arabic`` whether it began with a digit.
    """

    low: Decimal
    high: Decimal
    unit: Unit | None
    start: int
    end: int
    approximate: bool = False
    scale: int = 1
    arabic: bool = True

    @property
    def is_range(self) -> bool:
        return self.low != self.high


def read_span(text: str, start: int, units: UnitTable) -> Span | None:
    """The quantity or range that begins at ``start``: ``27.6万``, ``5.6s``, ``20-30万``, ``一到两年``, ``¥1099``."""
    first = _read_one(text, start, units)
    if first is None:
        return None
    to = _TO.match(text, first.end)
    second = _read_one(text, to.end(), units) if to and not first.approximate else None
    joined = _join(first, second) if second else None
    return joined or first


def _read_one(text: str, start: int, units: UnitTable) -> Span | None:
    money = _MONEY_BEFORE.match(text, start)
    number = read_number(text, money.end() if money else start)
    if number is None or number.high > MAX_ABSOLUTE:
        return None
    spaces = _SPACES.match(text, number.end)
    at = spaces.end() if spaces else number.end
    found = units.match(text, at)
    yuan = units.find(_YUAN) if money and (found is None or found[0].dimension != MONEY) else None
    if yuan:
        found = yuan, number.end
    if found is None:
        return _span(number, None, start, number.end)
    unit, end = found
    if text.startswith("半", end) and number.low == number.high:  # 两年半
        half = Decimal("0.5")
        number = Number(number.low + half, number.high + half, end, number.approximate, number.scale)
        end += 1
    return _span(number, unit, start, end)


def _span(number: Number, unit: Unit | None, start: int, end: int) -> Span:
    return Span(number.low, number.high, unit, start, end, number.approximate, number.scale, number.arabic)


def _join(first: Span, second: Span) -> Span | None:
    """``first`` to ``second``; what the first left out (万, the unit) it takes from the second."""
    low, unit = first.low, second.unit or first.unit
    if first.unit and second.unit:
        if first.unit.dimension != second.unit.dimension:
            return None
        low = low * first.unit.factor / second.unit.factor
    elif first.unit and second.scale != first.scale:
        return None  # 5秒到20万 is no range
    if first.scale == 1 and low * second.scale <= second.high and not first.unit:
        low *= second.scale
    low, high = min(low, second.high), max(low, second.high)
    return Span(low, high, unit, first.start, second.end, second.approximate, second.scale, first.arabic)
