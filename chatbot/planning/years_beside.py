"""Model years that are said from the car in focus: 老款呢, 新款的, 同年的舒享 of one that was just spoken of."""

import re
from collections.abc import Sequence

from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_SAID = regex(
    "(?P<same>(?:同年|同一年|同年份)(?:款|的)?)|(?P<older>老款|旧款|老版|上一代|去年的?款)|(?P<newer>新款|新版|最新款|改款后)"
)
_YEAR = regex(r"\d{4}款")
_NAMES_A_YEAR = regex(r"\d\d款")


class YearsBeside:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def beside(self, text: str, focus: Sequence[str]) -> str:
        """A normalised ``text`` with such a year in figures; unchanged where no one car is spoken of, or has no such kin."""
        if len(focus) != 1 or not any(char in text for char in "年款版代"):
            return text
        said = _SAID.search(text)
        if said is None or _NAMES_A_YEAR.search(text) or self._names_a_series(text):
            return text
        year = self._year(said, focus[0])
        return f"{text[: said.start()]}{year}{text[said.end() :]}" if year else text

    def _year(self, said: re.Match[str], name: str) -> str:
        own = self._of(name)
        kin = {self._of(other) for other in self._vocabulary.graph.kin(name)} - {own, ""}
        if said["same"]:
            return own
        older = sorted(year for year in kin if year < own)
        newer = sorted(year for year in kin if year > own)
        among = older[-1:] if said["older"] else newer[-1:]
        return among[0] if among else ""

    def _of(self, name: str) -> str:
        words = self._vocabulary.graph.by_name[name].keywords
        return next((word for word in words if _YEAR.fullmatch(word)), "")

    def _names_a_series(self, text: str) -> bool:
        return re.search("[a-z]", text) is not None
