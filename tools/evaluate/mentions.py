"""Names as people shorten them, made from a graph's own names, and what the planner's linker makes of each.

A mention is an entity's name with keywords or words left out, in another order, cut short, run together, or with
a character that sounds the same. The truth is known because the name is. A mention that says the whole name of
another entity is not made.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han
from chatbot.planning.context import Context
from chatbot.planning.planner import Planner

_YEAR = re.compile(r"(?:19|20)(\d\d)款")
_SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[版型款]$")
_UNIT = re.compile(r"(?<=\d)(?:tsi|tfsi|km|turbo)$", re.IGNORECASE)
_ASKED = "{}多少钱"


@dataclass(frozen=True, slots=True)
class Mention:
    """``said`` is a way to name ``entity``; ``how`` lists what was done to its name."""

    said: str
    entity: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MentionFigures:
    """Counts over mentions: linked to the one meant, to one other, to several with or without the one meant, to none."""

    n: int
    right: int
    wrong: int
    asked: int
    misled: int
    missed: int
    failures: tuple[tuple[Mention, tuple[str, ...]], ...]

    @property
    def precision(self) -> float:
        """Of the mentions linked to one entity, those linked to the one meant."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of all mentions, those linked to the one meant, or to a few that it is among: the bot asks which."""
        return (self.right + self.asked) / self.n if self.n else 0.0

    def figures(self) -> dict[str, float]:
        return {
            "n": self.n,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "unique": round(self.right / self.n, 4) if self.n else 0.0,
            "wrong": self.wrong,
            "misled": self.misled,
            "missed": self.missed,
        }


def mentions(graph: KnowledgeGraph, count: int, seed: int = 0) -> tuple[Mention, ...]:
    """``count`` different mentions; the same seed gives the same."""
    return tuple(islice(_Maker(graph, random.Random(seed)).made(), count))


def measure(planner: Planner, made: Sequence[Mention], few: int = 12) -> MentionFigures:
    """What a question for the price of each is linked to; more than ``few`` entities count as none."""
    counts = dict.fromkeys(("right", "wrong", "asked", "misled", "missed"), 0)
    failures = []
    for mention in made:
        parts = planner.explain(_ASKED.format(mention.said), Context()).parts
        found = parts.things[0].names if len(parts.things) == 1 else ()
        verdict = _verdict(mention.entity, found, few)
        counts[verdict] += 1
        if verdict not in ("right", "asked"):
            failures.append((mention, tuple(name for thing in parts.things for name in thing.names[:3])))
    return MentionFigures(len(made), **counts, failures=tuple(failures))


def _verdict(entity: str, found: tuple[str, ...], few: int) -> str:
    if not found or len(found) > few:
        return "missed"
    if len(found) == 1:
        return "right" if found[0] == entity else "wrong"
    return "asked" if entity in found else "misled"


class _Maker:
    """Changes names at random."""

    def __init__(self, graph: KnowledgeGraph, chance: random.Random) -> None:
        self._graph, self._chance = graph, chance
        self._alike: dict[str, list[str]] = {}
        for char in sorted({c for path in graph.tree for word in path for c in word if has_han(c)}):
            self._alike.setdefault(readings(char)[0], []).append(char)
        self._trims: dict[tuple[str, ...], set[frozenset[str]]] = {}
        for entity in graph.entities:
            trims = self._trims.setdefault(entity.keywords[:2], set())
            trims.add(frozenset(entity.keywords[-1].split()))

    def made(self) -> Iterator[Mention]:
        seen: set[str] = set()
        entities = [entity for entity in self._graph.entities if len(entity.keywords) > 2]
        while True:
            mention = self._make(self._chance.choice(entities))
            if mention and mention.said not in seen:
                seen.add(mention.said)
                yield mention

    def _make(self, entity: Entity) -> Mention | None:
        how: list[str] = []
        brand, series, *middle, trim = entity.keywords
        words = self._fewer(trim.split(), how)
        others = self._trims[entity.keywords[:2]] - {frozenset(trim.split())}
        if frozenset(words) in others:
            return None  # that is another one's whole name
        words = [self._shorter(word, how) for word in words]
        years = [year for word in middle for year in self._year(word, how)]
        name = self._misheard(series.removeprefix(brand.removesuffix("汽车")) or series, how)
        lead = [brand] if self._chance.random() < 0.3 else []
        parts = [[*lead, name], years, words]
        if self._chance.random() < 0.3:
            how.append("reordered")
            parts = self._chance.choice(([parts[0], words, years], [years, parts[0], words]))
        joined = self._chance.random() < 0.5
        how += ["run together"] if joined else []
        said = _joined([word for part in parts for word in part], joined)
        return Mention(said, entity.name, tuple(dict.fromkeys(how))) if how else None

    def _fewer(self, words: list[str], how: list[str]) -> list[str]:
        if len(words) > 1 and self._chance.random() < 0.4:
            how.append("word left out")
            out = self._chance.randrange(len(words))
            return words[:out] + words[out + 1 :]
        return words

    def _shorter(self, word: str, how: list[str]) -> str:
        short = _UNIT.sub("", _SUFFIX.sub("", word)) if self._chance.random() < 0.6 else word
        if short != word:
            how.append("cut short")
        return short

    def _year(self, word: str, how: list[str]) -> list[str]:
        year = _YEAR.fullmatch(word)
        if not year:
            return [word]
        said = self._chance.choice((word, f"{year.group(1)}款", year.group(1), ""))
        if said != word:
            how.append("year shortened" if said else "year left out")
        return [said] if said else []

    def _misheard(self, word: str, how: list[str]) -> str:
        places = [i for i, char in enumerate(word) if has_han(char)]
        if len(places) < 2 or self._chance.random() > 0.25:
            return word
        at = self._chance.choice(places)
        alike = [c for c in self._alike.get(readings(word[at])[0], ()) if c != word[at]]
        if not alike:
            return word
        how.append("misheard")
        return word[:at] + self._chance.choice(alike) + word[at + 1 :]


def _joined(words: Sequence[str], together: bool) -> str:
    """``words`` with spaces between, or only where two numbers or two words of letters would run into one."""
    said = words[0]
    for word in words[1:]:
        left, right = said[-1], word[0]
        one = (left.isdigit() and right.isdigit()) or (
            left.isascii() and right.isascii() and left.isalpha() and right.isalpha()
        )
        said += word if together and not one else f" {word}"
    return said
