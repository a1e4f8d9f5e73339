"""What a part of an utterance may mean. A link carries its span and score; of several senses the grammar picks."""

import itertools
from collections.abc import Sequence
from typing import Literal, TypeAlias, TypeVar

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.plan import Clause, Path
from chatbot.once import once
from chatbot.planning.concepts import Way
from chatbot.regex import regex

_WHAT = ("什么", "啥")
_SHARE = 0.1
_AMONG = regex("的?(?:里面?|中|当中|里头)?的?")
Strength = Literal["most", "more", "plain"]


@dataclass(frozen=True, slots=True)
class AttributeSense:
    """An attribute: the paths it may stand in, best first."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class CategorySense:
    """A category of attributes (变速箱, 座椅): asked for by itself, it must be asked which of them is meant."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ValueSense:
    """A value of one attribute: the clause that holds for entities that have it."""

    path: Path
    clause: Clause


@dataclass(frozen=True, slots=True)
class DegreeSense:
    """最便宜, 更大, 快: ``path`` is what it measures (``None``: what stands beside it), ``way`` where the value goes."""

    word: str
    path: Path | None
    way: Way | None
    strength: Strength


@dataclass(frozen=True, slots=True)
class RoleSense:
    """A word of the grammar: 或者, 不要, 有几款, 哪个, …"""

    role: str


@dataclass(frozen=True, slots=True)
class QuantitySense:
    """A number with a unit or a bound."""

    phrase: QuantityPhrase


@dataclass(frozen=True, slots=True)
class EntitySense:
    """A thing that is named: the entities that fit; ``clause`` says the same as a condition, where one can."""

    names: tuple[str, ...]
    clause: Clause | None


Sense: TypeAlias = (
    AttributeSense | CategorySense | ValueSense | DegreeSense | RoleSense | QuantitySense | EntitySense
)


Kind = TypeVar("Kind")


def _first(senses: tuple[Sense, ...], kind: type[Kind]) -> Kind | None:
    for sense in senses:  # a scan asks this of every link, over and over: half the time of a generator
        if isinstance(sense, kind):
            return sense
    return None


@dataclass(frozen=True)
class Link:
    """``text[start:end]`` and what it may mean. ``score`` is 1 as written, 0.95 for a homophone, less for a slip."""

    start: int
    end: int
    text: str
    senses: tuple[Sense, ...]
    score: float = 1.0

    @once
    def attribute(self) -> AttributeSense | None:
        return _first(self.senses, AttributeSense)

    @property
    def category(self) -> CategorySense | None:
        return _first(self.senses, CategorySense)

    @property
    def value(self) -> ValueSense | None:
        return _first(self.senses, ValueSense)

    @property
    def degree(self) -> DegreeSense | None:
        return _first(self.senses, DegreeSense)

    @property
    def quantity(self) -> QuantityPhrase | None:
        sense = _first(self.senses, QuantitySense)
        return sense.phrase if sense else None

    @once
    def entity(self) -> EntitySense | None:
        return _first(self.senses, EntitySense)

    @once
    def roles(self) -> frozenset[str]:
        """What it may be as a word of the grammar."""
        return frozenset(s.role for s in self.senses if isinstance(s, RoleSense))

    def plays(self, *roles: str) -> bool:
        """Whether it may be a word of the grammar with one of ``roles``."""
        return not self.roles.isdisjoint(roles)


def is_scoped(link: Link, links: Sequence[Link], text: str) -> bool:
    """718最快的那个: a name right before the word of degree says among which."""
    return any(
        other.entity and other.end <= link.start and _AMONG.fullmatch(text[other.end : link.start])
        for other in links
    )


def roles_played(links: Sequence[Link], columns: Columns) -> frozenset[str]:
    """Every role that a word of ``links`` plays; of 有什么能源类型 that of 有哪些 too, though 什么 stands with the name."""
    played = frozenset(role for link in links for role in link.roles)
    what_there_is = any(
        before.plays("has")
        and before.end == link.start
        and link.text.startswith(_WHAT)
        and _often_known(link.attribute.paths, columns)
        for before, link in itertools.pairwise(links)
        if link.attribute
    )
    return played | {"list"} if what_there_is else played


def _often_known(paths: Sequence[Path], columns: Columns) -> bool:
    """Whether more than a few things have a value: the values of a few are not what there is."""
    found = columns.column(paths[0]) if paths else None
    return found is not None and len(found.rows) >= _SHARE * len(columns)
