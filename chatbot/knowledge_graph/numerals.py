"""Numbers as people write them: digits, Chinese numerals, 万/千/k/w, 三四十, 三十来, 30多, 十几."""

from decimal import Decimal

from chatbot.frozen import dataclass
from chatbot.regex import regex

MAX_DIGITS = 18
ABOUT = Decimal("0.1")  # 来, 左右: this share to either side

DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_POWER = {"十": 10, "百": 100, "千": 1000}
_COUNTED = frozenset("座门缸款台辆挡档速排")
_SECTION = {"万": 10**4, "亿": 10**8}
_ARABIC = regex(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
NUMERAL = (
    r"[\d零〇一二两俩三四五六七八九十百千万亿半]"  # what a number, and so a quantity or a date, begins with
)
_HAN = regex("[零〇一二两俩三四五六七八九十百千万亿]+(?:点[零〇一二两三四五六七八九]+)?|半")
_SCALE = regex(r"个?(?:达不溜|达布溜|大不溜|w(?![a-z0-9]))|k(?![a-z0-9])|[百千万亿]+")
_KILO_UNIT = regex("千[瓦米克]")
_MULTIPLIER = {"k": 1000, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Number:
    """A number or an interval read from a text; ``end`` is the position behind it.

    ``approximate`` when the interval was said vaguely; ``scale`` is 10,000 when it was said in 万 or w, 1,000
    for 千 or k, else 1 (it is in the numbers already); ``arabic`` when it began with a digit.
    """

    low: Decimal
    high: Decimal
    end: int
    approximate: bool = False
    scale: int = 1
    arabic: bool = True


def read_number(text: str, start: int = 0) -> Number | None:
    """The number that begins at ``start``, as long as it goes, or ``None``."""
    found = _ARABIC.match(text, start)
    if found:
        digits = found.group().replace(",", "")
        if len(digits) > MAX_DIGITS:
            return None
        exact = Decimal(digits)
        return _with_scale(text, Number(exact, exact, found.end()))
    run = _HAN.match(text, start)
    if run is None:
        return None
    said = run.group()
    if len(said) > 1 and _KILO_UNIT.match(text, run.end() - 1):
        said = said[:-1]  # 三百千瓦 is 300 kW
    if said[-2:-1] == "万" and said[-1] in DIGIT and text[run.end() : run.end() + 1] in _COUNTED:
        said = said[:-1]  # 三四十万七座 has seven seats
    between = chinese_interval(said)
    if between is None:
        return None
    scale = _MULTIPLIER.get(said[-1], 1)
    end = start + len(said)
    return _with_scale(text, Number(*between, end, between[0] != between[1], scale, arabic=False))


def _with_scale(text: str, number: Number) -> Number:
    """``number`` with what may follow it: 多, 来, 几, 个半, then 万, 千, k, w, then 多 again."""
    low, high, end, approximate = number.low, number.high, number.end, number.approximate
    mark = text[end : end + 1]
    following = text[end + 1 : end + 2]
    if (mark == "多" and following != "少") or (mark == "几" and low % 10 == 0 and low > 0):
        high, end, approximate = low + _step(low), end + 1, True
    elif mark == "来" and low % 10 == 0 and low > 0 and following:
        low, high, end, approximate = low * (1 - ABOUT), high * (1 + ABOUT), end + 1, True
    elif text.startswith("个半", end):
        low, high, end = low + Decimal("0.5"), high + Decimal("0.5"), end + 2
    found = None if _KILO_UNIT.match(text, end) else _SCALE.match(text, end)
    scale = 1
    if found:
        scale, end = _scale_of(found.group()), found.end()
        if text[end : end + 1] == "多" and text[end + 1 : end + 2] != "少" and low == high:
            high, end, approximate = low + 1, end + 1, True
    low, high = low * scale, high * scale
    return Number(low, high, end, approximate, scale * number.scale, number.arabic)


def _scale_of(words: str) -> int:
    if words[0] not in _MULTIPLIER:
        return 10**4
    product = 1
    for char in words:
        product *= _MULTIPLIER[char]
    return product


def _step(number: Decimal) -> Decimal:
    """How far 多 reaches: to the next number as round as this one (30多 → 40, 500多 → 600, 35多 → 36)."""
    step = Decimal(1)
    while number and number % (step * 10) == 0:
        step *= 10
    return step


def chinese_interval(run: str) -> tuple[Decimal, Decimal] | None:
    """``三十二`` → (32, 32); ``三四十`` → (30, 40); ``None`` for what is no number, such as a lone 百."""
    if run == "半":
        return Decimal("0.5"), Decimal("0.5")
    first, second = (DIGIT.get(char) for char in (run + "  ")[:2])
    if first and second == first + 1 and (len(run) == 2 or run[2] in _POWER or run[2] in _SECTION):
        low, high = parse_chinese(run[0] + run[2:]), parse_chinese(run[1:])
        return None if low is None or high is None else (low, high)
    exact = parse_chinese(run)
    return None if exact is None else (exact, exact)


def parse_chinese(run: str) -> Decimal | None:
    """The value of a Chinese numeral: ``一千零五十``, ``十二万``, ``三点五``, ``二零二四``, ``一万二``."""
    whole, _, fraction = run.partition("点")
    value = _parse_whole(whole)
    if value is None:
        return None
    return Decimal(f"{value}.{''.join(str(DIGIT[char]) for char in fraction) or 0}").normalize()


def _parse_whole(run: str) -> int | None:
    if not run or len(run) > MAX_DIGITS or (run[0] not in DIGIT and run[0] != "十"):
        return None
    if all(char in DIGIT for char in run):
        return int("".join(str(DIGIT[char]) for char in run))
    total = section = digit = 0
    last_unit, pending = 1, False
    for char in run:
        if char in DIGIT:
            digit, pending = DIGIT[char], char not in "零〇"
            if char in "零〇":
                last_unit = 1
        elif char in _POWER:
            section += (digit if pending else 1) * _POWER[char]
            digit, pending, last_unit = 0, False, _POWER[char]
        else:
            below = section + digit
            total = (total + below) * 10**8 if char == "亿" else total + below * 10**4
            section = digit = 0
            pending, last_unit = False, _SECTION[char]
    if pending and last_unit >= 100:  # 一万二 is 12,000; 三百五 is 350
        digit *= last_unit // 10
    return total + section + digit
