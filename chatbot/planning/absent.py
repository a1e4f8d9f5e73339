"""Words for what a graph does not hold: kinds of things (柴油) and makes (小鹏), so that it can be said."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.text import normalize
from chatbot.regex import regex

PARTS = regex(r"[+/!：]")


@dataclass(frozen=True)
class Absent:
    """``kinds`` and ``makes`` that people ask for and the graph has none of."""

    kinds: tuple[str, ...]
    makes: tuple[str, ...]

    def kind(self, text: str) -> str:
        """The first of the kinds in ``text``; empty when there is none."""
        return found.group() if (found := self._any_kind.search(text)) else ""

    def make(self, text: str) -> str:
        """The first of the makes in ``text``; empty when there is none."""
        if self._like_makes.search(text) is None:
            return ""
        found = [name for name in self.makes if name in text]
        stems = (name.removesuffix("汽车") for name in self.makes if name.endswith("汽车"))
        found += [
            stem for stem in stems if re.search(rf"{stem}\s?[a-z]{{0,2}}\d", text)
        ]  # 深蓝s7, not 深蓝色
        return min(found, key=text.find, default="")

    @cached_property
    def _any_kind(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.kinds)) or r"(?!)")

    @cached_property
    def _like_makes(self) -> re.Pattern[str]:
        """One look, where there is mostly none of them."""
        stems = {re.escape(name.removesuffix("汽车")) for name in self.makes}
        return re.compile("|".join(sorted(stems)) or r"(?!)")


def absent_words(
    value_words: Mapping[str, str],
    groups: Iterable[str],
    known: Container[str],
    elsewhere: Container[str] = (),
) -> tuple[str, ...]:
    """The words of values and of groups of makes that are not ``known`` in the graph, but those of trades ``elsewhere``."""
    meant = [part for said in value_words.values() if "：" not in said for part in PARTS.split(said)]
    words = dict.fromkeys((*value_words, *meant, *groups))
    return tuple(word for word in words if word not in known and word not in elsewhere and len(word) >= 2)


def other_makes(makes: Sequence[tuple[str, ...]], graph: KnowledgeGraph) -> tuple[str, ...]:
    """The names of the makes that no entity is of."""
    brands = {normalize(word) for entity in graph.entities for word in entity.keywords[:2]}
    others = (names for names in makes if not any(name in brand for name in names for brand in brands))
    return tuple(name for names in others for name in names)
