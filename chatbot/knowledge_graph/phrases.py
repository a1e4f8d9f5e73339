"""Quantities in what a person says: ``30万以内``, ``500公里以上``, ``20-30万``, ``5秒内``, ``不到10万``, ``三十来万``.

Works on text as ``normalize`` leaves it; spans are positions in the text that was given.
"""

import re
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.numerals import ABOUT, NUMERAL
from chatbot.knowledge_graph.plan import Comparator, Condition, Path
from chatbot.knowledge_graph.quantities import MONEY_BEFORE, Span, read_span
from chatbot.knowledge_graph.units import COUNT, DATE, MONEY, UnitTable
from chatbot.knowledge_graph.values import date_interval
from chatbot.regex import regex

_LOWEST = "最低"  # 最低30万; 价格最低10个 ranks
_MIN = "大于等于|高于等于|不低于|不少于|不小于|不短于|至少|最少|起码|≥|>="
_OVER = "高于|大于|多于|超过|超|长于|破|>"
_MAX = "小于等于|低于等于|不超过|不超|不高于|不大于|不多于|至多|最多|顶多|最高|没超过|跑进|进|≤|<="
_UNDER = "不到|低于|小于|少于|没到|不足|短于|<"
_ABOUT = "大概|大约|差不多|约莫|约|接近"
_BEFORE = regex(
    f"(?:(?P<ge>{_MIN})|(?P<le>{_MAX})|(?P<lt>{_UNDER})|(?P<gt>{_OVER})|(?P<about>{_ABOUT})|(?P<least>{_LOWEST})|(?P<nearly>快要?|将近|[小近])|从|在)$"
)
_AFTER = regex(
    r"\s?(?:的?(?:价格?|预算|这个价))?(?:(?P<ge>以上|及以上|起步|起|往上|开外|打底|\+)|(?P<le>以下|以内|之内|内(?![存饰置部容胆径地])|封顶|往下|打住|为止)"
    r"|(?P<about>左右|上下|附近|前后|样子|之间|中间|区间)|(?P<over>出头|冒头|多一点|多点)|(?P<more>多(?=的|$|[,。!?呢吗])))"
)
_DATE = regex(
    r"((?:19|20)\d\d)(?:年(?:(1[0-2]|0?[1-9])月|(?P<half>[上下]半年)|(?P<edge>[底末初]))?|[.\-/](?P<dash>1[0-2]|0[1-9])(?!\d))(?:份)?"
    r"(?:(?P<ge>以后|之后|及以后|后|以来|起)|(?P<le>以前|之前|前))?(?!款)"
)
_TO_DATE = regex(r"\s*(?:--?|~|到|至)\s*(?=(?:19|20)\d\d)")
_START = regex(f"{MONEY_BEFORE}(?={NUMERAL})|{NUMERAL}")
_NOT_BEFORE = regex(r"[a-z0-9.第这那哪前后]$")
_RUN = regex(f"{NUMERAL}+")
_POINTS_AT = regex("[这那后]$")
_BEHIND_A_WORD = regex("[a-z]{2}$")
_LONGEST_BEFORE = 8
_ONLY_OF = {"least", "nearly"}
_NEARLY = 0.9
_COUNTED = "座缸门"
_SEVERAL = (2, 10)  # 几十 is from twenty to a hundred
_ORDINAL_UNITS = {"个", "位", "门"}


@dataclass(frozen=True, slots=True)
class QuantityPhrase:
    """A typed constraint: ``low`` to ``high`` in ``unit``, ``None`` for an open side, read from ``[start, end)``.

    ``low_open``/``high_open``: the bound itself is not meant (不到10万, 超过5秒). A plain quantity (20万) has
    ``low == high``. ``approximate``: 左右, 来, 多 or 大概 was said, and the interval is already widened.
    ``assumed``: no unit was said; 万, w, 千 and k are then taken for money, any other number is bare.
    Dates have dimension 日期 and ``low``/``high`` as text (``2024``, ``2024.03``).
    """

    text: str
    start: int
    end: int
    low: float | str | None
    high: float | str | None
    unit: str
    dimension: str
    low_open: bool = False
    high_open: bool = False
    approximate: bool = False
    assumed: bool = False

    @property
    def exact(self) -> bool:
        """A plain quantity, with no comparison and no range."""
        return self.low is not None and self.low == self.high

    def conditions(self, attribute: Path) -> tuple[Condition, ...]:
        """The conditions on ``attribute`` that this phrase means; joined by 且."""
        if self.exact and self.low is not None:
            return (Condition(attribute, "=", self.low, self.unit),)
        bounds: list[Condition] = []
        if self.low is not None:
            above: Comparator = ">" if self.low_open else ">="
            bounds.append(Condition(attribute, above, self.low, self.unit))
        if self.high is not None:
            below: Comparator = "<" if self.high_open else "<="
            bounds.append(Condition(attribute, below, self.high, self.unit))
        return tuple(bounds)

    def around(self, share: float = float(ABOUT)) -> "QuantityPhrase":
        """A plain quantity widened by ``share`` to either side (20万 as a budget); anything else as it is."""
        if not self.exact or not isinstance(self.low, float):
            return self
        return QuantityPhrase(
            self.text, self.start, self.end,
            _round(self.low * (1 - share)), _round(self.low * (1 + share)),
            self.unit, self.dimension, approximate=True, assumed=self.assumed,
        )  # fmt: skip


def find_quantities(text: str, units: UnitTable, bare: bool = False) -> tuple[QuantityPhrase, ...]:
    """All quantities and dates in ``text``, left to right, none overlapping.

    A number without unit, scale or comparison counts only with ``bare`` (an answer to 预算多少). Counts after
    第, 这, 那, 哪, 前, 后 are no quantities, nor are numbers inside a name (a6l, 2.0t, 2024款).
    """
    found: list[QuantityPhrase] = []
    start = _START.search(text)
    while start:
        at, since = start.start(), found[-1].end if found else 0
        phrase = _date_at(text, at, since) or _quantity_at(text, at, since, units, bare)
        if phrase:
            found.append(phrase)
        behind = (
            _RUN.match(text, at) if at and _POINTS_AT.match(text[at - 1]) else None
        )  # no 十个 within 那三十个
        start = _START.search(text, phrase.end if phrase else behind.end() if behind else at + 1)
    return tuple(found)


def parse_quantity(text: str, units: UnitTable) -> QuantityPhrase | None:
    """The first quantity of ``text``, bare numbers included."""
    return next(iter(find_quantities(text, units, bare=True)), None)


def _date_at(text: str, at: int, since: int) -> QuantityPhrase | None:
    found = _DATE.match(text, at)
    if found is None or _NOT_BEFORE.search(text[since:at]):
        return None
    if (to := _TO_DATE.match(text, found.end())) and not (found["le"] or found["ge"]):
        one, other = _date_at(text[: found.end()], at, since), _date_at(text, to.end(), to.end())
        if one and other and one.exact and other.exact:
            return QuantityPhrase(text[at : other.end], at, other.end, one.low, other.high, "", DATE)
    month = found[2] or found["dash"]
    said = f"{found[1]}.{int(month):02d}" if month else found[1]
    if date_interval(said) is None:
        return None
    low, high = (None if found["le"] else said), (None if found["ge"] else said)
    if found["half"]:
        first, last = ("01", "06") if found["half"] == "上半年" else ("07", "12")
        low, high = (None if found["le"] else f"{said}.{first}"), (None if found["ge"] else f"{said}.{last}")
    if found["edge"]:
        first, last = ("01", "03") if found["edge"] == "初" else ("10", "12")
        low, high = (None if found["le"] else f"{said}.{first}"), (None if found["ge"] else f"{said}.{last}")
    strict = {"low_open": False, "high_open": bool(found["le"])}
    if found["ge"] and found["ge"] in ("以后", "之后", "后") and month:
        strict["low_open"] = True
    return QuantityPhrase(found.group(), at, found.end(), low, high, "", DATE, **strict)


def _quantity_at(text: str, at: int, since: int, units: UnitTable, bare: bool) -> QuantityPhrase | None:
    """The quantity that begins at ``at``, with the comparison around it; nothing before ``since`` belongs to it."""
    span = read_span(text, at, units)
    if span is None:
        return None
    head = text[since:at][-_LONGEST_BEFORE:]
    before = _BEFORE.search(head)
    after = _AFTER.match(text, span.end)
    said_before = before if before and before.lastgroup else None
    if said_before and said_before.lastgroup in _ONLY_OF and not _may_be_said(text, said_before, span, after):
        said_before = None
    counted = text[span.end - 1] in _COUNTED  # 那五座的呢
    amount = span.scale >= 1000 or after is not None or counted  # 那三十万左右的呢
    if not said_before and _NOT_BEFORE.search(head) and not (amount and _may_precede(head, span)):
        return None
    if not _is_quantity(text, span, bool(after or said_before), bare):
        return None
    if text[at - 1 : at] == "几" and text[at] in "十百" and span.scale >= 1000 and not (said_before or after):
        several = (span.low * _SEVERAL[0], span.high * _SEVERAL[1])
        span, at = replace(span, low=several[0], high=several[1], approximate=True), at - 1
    start = at - len(head) + said_before.start() if said_before else at
    return _phrase(text, span, start, said_before, after)


def _may_precede(head: str, span: Span) -> bool:
    """Whether an amount may stand right behind ``head``: 那三十万, suv三十万; in digits that may be the name of a car."""
    measured = span.scale >= 1000 or span.unit is not None
    spelled = not span.arabic and measured and _BEHIND_A_WORD.search(head) is not None
    return spelled or _POINTS_AT.search(head) is not None


def _may_be_said(text: str, before: re.Match[str], span: Span, after: re.Match[str] | None) -> bool:
    """最低 and 小 bound an amount of something, 小 and 快 one of money or what is rounded up to tens."""
    if after is not None or span.is_range:
        return False
    if before.lastgroup == "least":
        counted = text[span.end - 1] in _COUNTED
        return (
            counted or span.scale >= 1000 or (span.unit is not None and span.unit.name not in _ORDINAL_UNITS)
        )
    return span.scale >= 1000 and not span.approximate


def _is_quantity(text: str, span: Span, compared: bool, bare: bool) -> bool:
    following, last = text[span.end : span.end + 1], text[span.end - 1 : span.end]
    runs_on = following.isascii() and following.isalpha() and last.isascii()  # a6l, but 30万suv
    if runs_on or following == "款":
        return False
    if text[span.start : span.end + 1] == "一起":
        return False
    if span.unit is None:
        return compared or span.scale >= 1000 or span.approximate or span.is_range or (bare and span.arabic)
    if text[span.start : span.end] in ("十分", "一度", "一门", "一位", "一天", "半天"):
        return compared
    said = text[span.start : span.end]
    if span.unit.name == "t" and "." in said and "吨" not in said and not (compared or span.is_range):
        return False  # 2.0t is an engine
    return (
        compared
        or span.arabic
        or span.unit.name not in _ORDINAL_UNITS
        or text[span.start : span.end][0] not in "一几"
    )


def _phrase(
    text: str, span: Span, start: int, before: re.Match[str] | None, after: re.Match[str] | None
) -> QuantityPhrase:
    said = _said(before) | _said(after)
    if before and before.group() == "破" and span.unit and span.unit.dimension == "时间":
        said = {"lt"}  # 破5秒 is faster than that
    low: float | None = float(span.low)
    high: float | None = float(span.high)
    low_open = high_open = False
    approximate = span.approximate
    if "nearly" in said:  # 小二十万, 快30万
        low, approximate = _round(float(span.low) * _NEARLY), True
    elif {"ge", "gt", "least"} & said:
        high, low_open = None, "gt" in said
    elif {"le", "lt"} & said:
        low, high_open = None, "lt" in said
    elif "over" in said and not span.is_range:  # 二十万出头
        high = _round(float(span.high * (1 + ABOUT)))
        approximate = True
    elif "more" in said and not span.is_range:  # 4米多, 20万多
        one_more = float(span.high) + float(span.scale)
        high, approximate = (
            _round(max(float(span.high * (1 + ABOUT)), min(one_more, float(span.high) * 1.5))),
            True,
        )
    elif "about" in said and not span.is_range:
        low = _round(float(span.low * (1 - ABOUT)))
        high = _round(float(span.high * (1 + ABOUT)))
        approximate = True
    end = after.end() if after else span.end
    unit, dimension = (span.unit.name, span.unit.dimension) if span.unit else ("", COUNT)
    assumed = span.unit is None
    if assumed and span.scale >= 1000:
        unit, dimension = "元", MONEY
    return QuantityPhrase(
        text[start:end], start, end, low, high, unit, dimension, low_open, high_open, approximate, assumed
    )


def _said(found: re.Match[str] | None) -> set[str]:
    return {name for name, words in found.groupdict().items() if words} if found else set()


def _round(number: float) -> float:
    return float(f"{number:.12g}")
