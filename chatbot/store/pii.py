"""Personal data taken out of texts before they are stored: each kind a pattern and, where there is one, a check.

Prices, mileages, model names and years must survive, so that every kind asks for more than digits in a row: a mobile
number's prefix, the check digit of an ID card (GB 11643: ISO 7064 MOD 11-2), the Luhn digit of a bank card, the form
of a plate (GA 36).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from chatbot.config import PII_KINDS
from chatbot.frozen import dataclass

KINDS = PII_KINDS
"""In the order in which they are looked for: a longer number first, so that no part of it is taken for another."""

_D = r"(?<![\dA-Za-z])(?<!\d\.)"  # not inside a longer number or code
_E = r"(?![\dA-Za-z])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTERS = "A-HJ-NP-Za-hj-np-z"
_DIGIT_OR_AT = re.compile(r"[\d@]")
_MANY_DIGITS = re.compile(r"\d{3}[\d -]{4}")
_MAY_HOLD = re.compile(rf"{_MANY_DIGITS.pattern}|@|[{_PROVINCES}][{_LETTERS}]|\d[号弄栋幢单室]")
"""Of no kind is what has no seven digits, no @, no beginning of a plate and no numbered house: most texts, in 1 µs."""

_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class _Kind:
    pattern: re.Pattern[str]
    shown: str
    holds: Callable[[str], bool] = lambda found: True


class Masker:
    """Replaces personal data of ``kinds`` by what it was: 13812345678 → [电话]. Immutable."""

    def __init__(self, kinds: Sequence[str] = KINDS) -> None:
        """``kinds`` are names of ``KINDS``."""
        self._kinds = [_KINDS[name] for name in KINDS if name in kinds]
        self.mask_known = lru_cache(_REMEMBERED)(self.mask)
        """``mask`` for texts that come again and again, as answers do."""

    def mask(self, text: str) -> str:
        """``text`` without personal data; the very same object when there is none."""
        if not _may_hold(text):
            return text
        for kind in self._kinds:
            text = kind.pattern.sub(lambda found, kind=kind: _replaced(found, kind), text)  # type: ignore[misc]
        return text

    def mask_id(self, name: str) -> str:
        """A session or trace id: one that is personal data becomes a hash, still the same for the same person."""
        if self.mask(name) == name:
            return name
        return "masked-" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:24]


def _may_hold(text: str) -> bool:
    if text.isascii():  # plates and addresses are not
        return "@" in text or _MANY_DIGITS.search(text) is not None
    return _DIGIT_OR_AT.search(text) is not None and _MAY_HOLD.search(text) is not None


def _replaced(found: re.Match[str], kind: _Kind) -> str:
    if not kind.holds(found[0]):
        return found[0]
    return found.expand(kind.shown)


def _is_id_card(text: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


def _is_bank_card(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 16 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


_KINDS: dict[str, _Kind] = {
    "id_card": _Kind(
        re.compile(
            rf"{_D}[1-8]\d{{5}}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx]{_E}"
        ),
        "[证件号]",
        _is_id_card,
    ),
    "bank_card": _Kind(
        re.compile(rf"{_D}[3-6]\d{{3}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?{_E}"),
        "[银行卡]",
        _is_bank_card,
    ),
    "phone": _Kind(
        re.compile(
            rf"{_D}(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{{4}}){{2}}(?!\d|\.\d|[万元块公里])(?!km)"
            rf"|{_D}0\d{{2,3}}-\d{{7,8}}{_E}"
        ),
        "[电话]",
    ),
    "plate": _Kind(
        re.compile(
            rf"[{_PROVINCES}][{_LETTERS}][·•. ]?"
            rf"(?:(?:\d{{5}}[A-Ka-k]|[A-HJKa-hjk][{_LETTERS}\d]\d{{4}}|(?=[{_LETTERS}\d]{{0,4}}\d)[{_LETTERS}\d]{{5}}))"
            rf"(?![A-Za-z\d]|款|年|万|元|版|km)"
        ),
        "[车牌]",
    ),
    "email": _Kind(
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"), "[邮箱]"
    ),
    "address": _Kind(
        re.compile(
            r"(?P<road>[路街巷弄村]|大道|胡同)\d{1,5}(?:-\d{1,4})?(?P<number>号(?!线|汽油|油)|弄)"
            r"|\d{1,4}(?P<part>号楼|号院|栋|幢|单元(?!电池|格)|室(?=$|[^\d\w]|[，。,.\s]))"
        ),
        r"\g<road>[门牌]\g<number>\g<part>",
    ),
}
