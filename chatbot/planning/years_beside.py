"""Model years that are said from what is spoken of: 老款呢, 新的那款, 同年的舒享 of a car, the older one of two of a series."""

import re
from collections.abc import Iterable

from chatbot.knowledge_graph.graph import Entity
from chatbot.normalization.name_parts import SUFFIX
from chatbot.normalization.text import normalize
from chatbot.planning.context import Context
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_PAIR, _SHORTEST = 2, 2
_THAT_ONE = "的(?:那|这)一?[款个台辆]的?"
_ASKS = "的(?=呢|.{0,8}(?:呢|吗|么|没|多少|几|什么|啥)[啊呀]?$)"
_SAID = regex(
    "(?P<same>(?:同年|同一年|同年份)(?:款|的)?)"
    f"|(?P<older>老款|旧款|老版|上一代|去年的?款|[老旧]{_THAT_ONE}|^(?:那|那么)?[老旧]{_ASKS})"
    f"|(?P<newer>新款|新版|最新款|改款后|最?新{_THAT_ONE}|^(?:那|那么)?新{_ASKS})"
)
_YEAR = regex(r"\d{4}款")
_NAMES_A_YEAR = regex(r"\d\d款")


class YearsBeside:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._graph = vocabulary.graph

    def beside(self, text: str, context: Context) -> str:
        """A normalised ``text`` with such a year in figures; unchanged where nothing is spoken of that has such kin."""
        if not any(char in text for char in "年款版代新老旧"):
            return text
        said = _SAID.search(text)
        if said is None or _NAMES_A_YEAR.search(text) or _names_a_series(text):
            return text
        rest = text[: said.start()] + text[said.end() :]
        year = self._of_several(said, rest, context) or self._beside_one(said, context.entities)
        if not year:
            return text
        begins = text.startswith(("那", "那么")) or said.start() == 0
        return f"{text[: said.start()]}{year}{text[said.end() :]}" if begins or rest == text else year + rest

    def _of_several(self, said: re.Match[str], rest: str, context: Context) -> str:
        """The last or the first year of those that differ in it; empty where no several are spoken of."""
        years = sorted({year for one in self._several(rest, context) if (year := _year_of(one))})
        if said["same"] or len(years) < _PAIR:
            return ""
        return years[0] if said["older"] else years[-1]

    def _several(self, rest: str, context: Context) -> Iterable[Entity]:
        """Of the series spoken of those whose version is named (活力版呢新的那款); else the two that were told side by side."""
        near = context.near(self._graph)
        kin = [self._graph.by_name[name] for name in self._graph.kin(near)] if near else []
        if named := [one for one in kin if (version := _version(one)) and version in rest]:
            return named
        told = context.entities if len(context.entities) == _PAIR else context.shown
        two = [self._graph.by_name[name] for name in told]
        if len(two) == _PAIR and len({one.keywords[:_PAIR] for one in two}) == 1:
            return two
        return ()

    def _beside_one(self, said: re.Match[str], focus: tuple[str, ...]) -> str:
        """The year next to that of the one in focus, of its kin."""
        if len(focus) != 1:
            return ""
        own = _year_of(self._graph.by_name[focus[0]])
        kin = {_year_of(self._graph.by_name[other]) for other in self._graph.kin(focus[0])} - {own, ""}
        if said["same"]:
            return own
        older = sorted(year for year in kin if year < own)
        newer = sorted(year for year in kin if year > own)
        among = older[-1:] if said["older"] else newer[-1:]
        return among[0] if among else ""


def _year_of(entity: Entity) -> str:
    return next((word for word in entity.keywords if _YEAR.fullmatch(word)), "")


def _version(entity: Entity) -> str:
    """活力 of 活力版; empty where it is too short to be told from other words."""
    word = normalize(entity.keywords[-1]).rstrip(SUFFIX) if entity.keywords else ""
    return word if len(word) >= _SHORTEST else ""


def _names_a_series(text: str) -> bool:
    return re.search("[a-z]", text) is not None
