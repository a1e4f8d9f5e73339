"""Numerals as they are dictated inside names: 海豹零六gt五零五海浪版 → 海豹06gt505海浪版, where a name has such a number."""

import re
from collections.abc import Iterable

from chatbot.knowledge_graph.numerals import DIGIT, parse_chinese

_RUN = re.compile(r"(?<![十百千万亿点第几])[零〇一二三四五六七八九]{2,4}(?![十百千万亿点半多几来个款年])")
_YEAR = re.compile(r"(?<![零一二三四五六七八九十])二([零一二三四五六七八九])款")
_POINT = re.compile(r"([零一二两三四五六七八九])点([零一二三四五六七八九])\s?(?=[tl](?![a-z]))")
_RANGE = re.compile(
    r"(\d{2,4}|[一二两三四五六七八九][零一二三四五六七八九十百]{1,6})(?:公里|千米)(?=([\u4e00-\u9fff]{2}))"
)
_DIGITS = re.compile(r"[\d零一二三四五六七八九][a-z]+$")  # 零六gt五零五: two numbers, not one word
_NUMERAL = re.compile(r"[\d零〇一二两三四五六七八九]")
_NUMBER = re.compile(r"\d{2,4}")


class SpokenNames:
    """Built once for the names of a graph."""

    def __init__(self, names: Iterable[str]) -> None:
        known = list(names)
        self._names = frozenset(known)
        self._numbers = {number for name in known for number in _NUMBER.findall(name)}
        self._ranges = {
            found
            for name in known
            for found in re.findall(r"\d{2,4}km[\u4e00-\u9fff]{2}", name.replace("km ", "km"))
        }

    def written(self, text: str) -> str:
        """A normalised ``text`` with the numerals of names in digits."""
        if _NUMERAL.search(text) is None:
            return text
        text = _RUN.sub(self._digits, text)
        text = _YEAR.sub(self._year, text)
        text = _POINT.sub(lambda found: f"{DIGIT[found[1]]}.{DIGIT[found[2]]}", text)
        return _RANGE.sub(self._range, text)

    def _year(self, found: re.Match[str]) -> str:
        """二四款 is 24款, where there is such a year."""
        year = f"2{DIGIT[found.group(1)]}款"
        return year if year in self._names else found.group()

    def _digits(self, found: re.Match[str]) -> str:
        digits = "".join(str(DIGIT[char]) for char in found.group())
        if digits not in self._numbers:
            return found.group()
        before = found.string[found.start() - 1 : found.start()]
        return (
            f" {digits}"
            if before.isascii() and before.isalnum() and _DIGITS.search(found.string[: found.start()])
            else digits
        )

    def _range(self, found: re.Match[str]) -> str:
        said = found.group(1)
        number = said if said.isdigit() else str(parse_chinese(said) or "")
        return f"{number}km" if f"{number}km{found.group(2)}" in self._ranges else found.group()
