"""What the words of a name leave open: worked out from the raw keywords by plain loops, apart from the linker that it judges.

A name that says all there is of one entity means that one; words that several names hold leave all of these open.
"""

import re
from dataclasses import dataclass

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.normalization.text import normalize

SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[版型款]$")
_KIND = re.compile(r"\([^)]*\)$|新能源$")


@dataclass(frozen=True, slots=True)
class Said:
    """What of a name is said: ``words`` of its last keyword, ``year`` (empty: none) and the series, with its brand or not."""

    entity: Entity
    series: str
    year: str
    middle: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """``text`` names what is in ``least``, and nothing outside ``most``; ``way`` is how."""

    way: str
    text: str
    least: frozenset[str]
    most: frozenset[str]


class Truth:
    """Which entities of a graph the words of a name leave open."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._entities = [entity for entity in graph.entities if len(entity.keywords) > 2]

    def of(self, said: Said) -> tuple[frozenset[str], frozenset[str]]:
        """(least, most)."""
        wanted = _squeezed(said.series)
        most = [e for e in self._entities if wanted in self._lead(e) and self._holds(e, said)]
        exact = (
            [e for e in most if wanted in self._own(e)]
            or [e for e in most if wanted in self._bare(e)]
            or most
        )
        tokens = {_squeezed(word) for word in said.words}
        whole = [e for e in exact if tokens <= {_squeezed(w) for w in e.keywords[-1].split()}] or exact
        complete = [e for e in whole if self._telling(e) <= tokens]
        complete = [
            e for e in complete if set(e.keywords[2:-1]) - {e.keywords[2]} == set(said.middle)
        ] or complete
        least = (complete if tokens else []) or whole
        return frozenset(e.name for e in least), frozenset(e.name for e in most)

    @staticmethod
    def _lead(entity: Entity) -> str:
        return _squeezed("".join(entity.keywords[:2]))

    @staticmethod
    def _own(entity: Entity) -> set[str]:
        brand, series = _squeezed(entity.keywords[0]).removesuffix("汽车"), _squeezed(entity.keywords[1])
        bare = series.removeprefix(brand)
        return {series, bare, brand + bare}

    @staticmethod
    def _bare(entity: Entity) -> set[str]:
        brand = _squeezed(entity.keywords[0]).removesuffix("汽车")
        bare = _squeezed(_KIND.sub("", entity.keywords[1])).removeprefix(brand)
        return {bare, brand + bare}

    @staticmethod
    def _telling(entity: Entity) -> set[str]:
        """The words of the last keyword that the series does not have: 75KM of 海狮05 DM-i DM-i 75KM."""
        series = _squeezed(entity.keywords[1])
        return {word for word in map(_squeezed, entity.keywords[-1].split()) if word not in series}

    @staticmethod
    def _holds(entity: Entity, said: Said) -> bool:
        rest = _squeezed("".join(entity.keywords[1:]))
        year = not said.year or any(word == said.year for word in entity.keywords[2:-1])
        middle = all(word in entity.keywords[2:-1] for word in said.middle)
        return year and middle and all(_squeezed(SUFFIX.sub("", word)) in rest for word in said.words)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\-.:·/'()]", "", normalize(text).replace("é", "e"))
