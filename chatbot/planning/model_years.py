"""Years that are said from where one stands: 今年款 and 去年款 of a series, 老款, 今年上市.

What is newest in the graph stands for this year, so that the same question has the same answer on any day.
"""

import re
from collections.abc import Mapping
from functools import cached_property

from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_OF_MODEL = regex(
    r"(?P<new>今年的?新?款|今年新出的?款|最新款|最新的?年款|新款|新版|现款)|(?P<old>去年的?款|去年的?老款|上一?年款|老款|旧款|上一?款|老版)"
)
_LAUNCHED = regex(
    r"(?P<when>今年|去年|前年)(?P<what>(?:新|刚|才)?(?:上市|上(?=的(?:新)?车)|出来?|发布|推出|上新|开卖|面世|发售)的?)(?!厂|了?吗)"
)
_PART_OF_YEAR = regex("[今去前]年(?=[上下]半年|[初底末]|(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月)")
_TWO_YEARS = regex(r"(?<=\d款)(?=(?:20)?2\d款)")  # 新款老款价格
_YEAR_OF_MODEL = regex(r"(\d{4})款")
_YEAR = regex(r"(?:19|20)\d\d")
_TWO = 2
_BEFORE = {"今年": 0, "去年": 1, "前年": 2}


class ModelYears:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def written(self, text: str) -> str:
        """A normalised ``text`` with such years in figures; unchanged where nothing says which one is meant."""
        if "年" in text:
            text = _PART_OF_YEAR.sub(self._part_of_year, text)
            text = _LAUNCHED.sub(self._launched, text)
        if _OF_MODEL.search(text) is None or _YEAR_OF_MODEL.search(text):
            return text
        years = self._years(text)
        return (
            _TWO_YEARS.sub("和", _OF_MODEL.sub(lambda found: _model(found, years), text)) if years else text
        )

    def _part_of_year(self, found: re.Match[str]) -> str:
        """去年下半年 is 2025年下半年, likewise."""
        return f"{self._latest - _BEFORE[found.group()]}年" if self._latest else found.group()

    def _launched(self, found: re.Match[str]) -> str:
        """今年上市 is 2026年上市, where the last car is of that year."""
        if not self._latest:
            return found.group()
        what = "上市的" if found["what"].endswith("的") else "上市"
        return f"{self._latest - _BEFORE[found['when']]}年{what}"

    def _years(self, text: str) -> tuple[int, ...]:
        """The model years of the one series that the text names, the newest first; those of all where it names none."""
        rest = _OF_MODEL.sub(" ", text)
        graph = self._vocabulary.graph
        named = self._vocabulary.entities.link(rest, fuzzy=False, besides=self._vocabulary.common_words)
        series = {graph.by_name[name].keywords[:2] for link in named for name in link.candidates}
        if not series and "年" in text:
            return tuple(sorted({year for years in self._of_series.values() for year in years}, reverse=True))
        return self._of_series.get(next(iter(series)), ()) if len(series) == 1 else ()

    @cached_property
    def _of_series(self) -> Mapping[tuple[str, ...], tuple[int, ...]]:
        found: dict[tuple[str, ...], set[int]] = {}
        for entity in self._vocabulary.graph.entities:
            year = _YEAR_OF_MODEL.fullmatch(entity.keywords[2]) if len(entity.keywords) > 2 else None
            if year:
                found.setdefault(entity.keywords[:2], set()).add(int(year.group(1)))
        return {series: tuple(sorted(years, reverse=True)) for series, years in found.items()}

    @cached_property
    def _latest(self) -> int:
        path = next(iter(self._vocabulary.concepts.paths("上市")), None)
        column = self._vocabulary.columns.column(path) if path else None
        years = [int(year.group()) for text in column.plain if (year := _YEAR.match(text))] if column else []
        return max(years, default=0)


def _model(found: re.Match[str], years: tuple[int, ...]) -> str:
    """The newest of the series, or the one before it where there is just that one older."""
    if found["new"] and len(years) > 1:
        return f"{years[0]}款"
    older = found["old"] and (len(years) == _TWO or (len(years) > 1 and "年" in found.group()))
    return f"{years[1]}款" if older else found.group()
