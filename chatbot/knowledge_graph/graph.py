"""The knowledge graph in memory: entities, their leaves, and the attribute tree they share."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.name_ends import shared_ends
from chatbot.normalization.text import normalize

Path = tuple[str, ...]

_YEAR = re.compile(r"(?:19|20)?\d\d年?款")
_UNIT_IN_NAME = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*$")


def display_name(name: str) -> str:
    """An attribute's name as people say it: ``最大功率(kW)`` → ``最大功率``."""
    return _UNIT_IN_NAME.sub("", name) or name


def unit_in_name(name: str) -> str:
    """The unit an attribute's name carries: ``最大功率(kW)`` → ``kW``; empty when there is none."""
    found = _UNIT_IN_NAME.search(name)
    return found.group(1) if found and found.start() else ""


_PAIR = 2
_SAYS_WHAT = re.compile("[\u4e00-\u9fff]{2,4}")
_WHETHER = re.compile(
    "(?:是否|能否|可否|有无|是不是|能不能|可不可以|需不需要|要不要|用不用|有没有)(?:需要?|必须|要|支持|包含|包括|含有?|带有?|有|可以?|能)?(?=..)"
)


def asked_whether(name: str) -> str:
    """What an attribute's name asks whether it is so: 空腹 of 是否空腹, 胸部CT of 是否含胸部CT; empty where it asks nothing."""
    found = _WHETHER.match(name)
    return display_name(name)[found.end() :] if found else ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its name, its keywords from general (brand) to special (trim), and its leaves."""

    name: str
    keywords: tuple[str, ...]
    leaves: Mapping[Path, str]
    file: str

    @property
    def telling_leaves(self) -> tuple[Path, ...]:
        """The leaves that say more than the keywords do: not the brand of what is called by it; all where none does."""
        return tuple(filter(self.tells_more, self.leaves)) or tuple(self.leaves)

    def tells_more(self, path: Path) -> bool:
        """Whether its value at ``path`` says more than the keywords do."""
        return self.leaves[path] not in self.keywords


@dataclass(frozen=True, slots=True)
class AttributeNode:
    """A node of the attribute tree: a category when it has children, else a leaf.

    ``count`` is how many entities have something at or below it.
    """

    path: Path
    children: tuple[Path, ...]
    count: int

    @property
    def name(self) -> str:
        return display_name(self.path[-1])

    @property
    def is_leaf(self) -> bool:
        return not self.children


def build_tree(entities: Sequence[Entity]) -> dict[Path, AttributeNode]:
    """The union of all entities' trees, in order of first appearance; the root is the path ``()``."""
    children: dict[Path, dict[Path, None]] = {(): {}}
    counts: dict[Path, int] = {}
    above: dict[Path, list[Path]] = {}  # a leaf and all that it is below; most entities have the same leaves
    for entity in entities:
        seen: set[Path] = set()
        for path in entity.leaves:
            if path not in above:
                above[path] = [path[:depth] for depth in range(1, len(path) + 1)]
                for node in above[path]:
                    children.setdefault(node[:-1], {}).setdefault(node)
                    children.setdefault(node, {})
            seen.update(above[path])
        for node in seen:
            counts[node] = counts.get(node, 0) + 1
    return {
        path: AttributeNode(path, tuple(below), counts.get(path, len(entities)))
        for path, below in children.items()
    }


def series_depth(entities: Iterable[Entity]) -> int:
    """How many keywords name a series: brand and series, or the first alone where no name has more than two."""
    return 2 if any(len(entity.keywords) > 2 for entity in entities) else 1


@dataclass(frozen=True)
class KnowledgeGraph:
    """All entities. ``version`` is a hash of the files they were read from."""

    entities: tuple[Entity, ...]
    version: str = ""
    tree: Mapping[Path, AttributeNode] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Entity]:
        return {entity.name: entity for entity in self.entities}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Entity name → its index in ``entities``."""
        return {entity.name: index for index, entity in enumerate(self.entities)}

    @cached_property
    def short_names(self) -> Mapping[str, str]:
        """Entity name → series and trim where no other entity shares them, else with the year, else all.

        Of two keywords the second alone where it is a name by itself: 护心套餐, among others of which no two are called alike.
        A year that stands between the two is left out, and what is of many series; a model, which is of one, stays.
        """
        if self._sold_under_one_name:
            return {entity.name: entity.keywords[-1] for entity in self.entities}
        telling = self._tells_models_apart
        tails = {entity.name: _tails(entity.keywords, telling) for entity in self.entities}
        owners = Counter(
            said for ways in tails.values() for said in {normalize(" ".join(way)) for way in ways}
        )
        return {
            name: " ".join(next((way for way in ways if owners[normalize(" ".join(way))] == 1), (name,)))
            for name, ways in tails.items()
        }

    @cached_property
    def _sold_under_one_name(self) -> bool:
        """Whether names of two levels end in what is sold, as no version's does, and no two are called alike."""
        last = [normalize(entity.keywords[-1]) for entity in self.entities if len(entity.keywords) > 1]
        alike = len({*last}) < len(self.entities)
        return self.series_depth == 1 and not alike and bool(shared_ends(last))

    @cached_property
    def _tells_models_apart(self) -> bool:
        """Whether most of what stands between the second and the last keyword is of one series alone."""
        series: dict[str, set[tuple[str, ...]]] = {}
        for entity in self.entities:
            for word in (one for one in entity.keywords[2:-1] if not _YEAR.match(one)):
                series.setdefault(word, set()).add(entity.keywords[:2])
        alone = sum(len(those) == 1 for those in series.values())
        return alone * 2 > len(series)

    @cached_property
    def series_depth(self) -> int:
        """How many of the leading keywords name a series."""
        return series_depth(self.entities)

    def series(self, name: str) -> tuple[str, ...]:
        """The keywords that name the series of an entity."""
        return self.by_name[name].keywords[: self.series_depth]

    @cached_property
    def by_series(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The keywords that name a series → the names of the entities that have them."""
        found: dict[tuple[str, ...], list[str]] = {}
        for entity in self.entities:
            found.setdefault(entity.keywords[: self.series_depth], []).append(entity.name)
        return {lead: tuple(names) for lead, names in found.items()}

    @cached_property
    def level_names(self) -> Mapping[str, str]:
        """What the first two keywords are: the leaf that says the same, else 品牌 and 系列.

        Of names of two parts the first is a kind and the second the thing itself, by the word that all end in.
        """
        two = all(len(entity.keywords) <= _PAIR for entity in self.entities)
        plain = ("类别", "名称") if two else ("品牌", "系列")
        return {str(at + 1): _level_name(self.entities, at) or name for at, name in enumerate(plain)}

    def kin(self, name: str) -> tuple[str, ...]:
        """Every entity of the same series as ``name``; none of a name that is not there."""
        return self.by_series[self.series(name)] if name in self.by_name else ()

    def of_one_series(self, names: Iterable[str]) -> bool:
        """Whether no two of ``names`` are of different series."""
        series = map(self.series, names)
        first = next(series, None)
        return all(one == first for one in series)

    def is_series(self, names: Collection[str]) -> bool:
        """Whether ``names`` are all the entities of one series."""
        return bool(names) and set(self.kin(next(iter(names)))) == set(names)

    def value(self, entity: str, path: Path) -> str | None:
        """The raw text of a leaf, or ``None`` when the entity does not have it."""
        return self.by_name[entity].leaves.get(path)

    def leaves_below(self, path: Path) -> tuple[Path, ...]:
        """All leaves at or below ``path``, in tree order."""
        node = self.tree[path]
        if node.is_leaf:
            return (path,)
        return tuple(leaf for child in node.children for leaf in self.leaves_below(child))

    def has(self, entity: str, path: Path) -> bool:
        """Whether the entity has anything at or below ``path``."""
        leaves = self.by_name[entity].leaves
        return path in leaves or any(leaf[: len(path)] == path for leaf in leaves)


def _level_name(entities: Sequence[Entity], at: int) -> str:
    """The leaf that every entity has and that says its keyword number ``at``, else the word that all of these end in."""
    held = [entity for entity in entities if len(entity.keywords) > at]
    if not held:
        return ""
    same = (path for path, text in held[0].leaves.items() if text == held[0].keywords[at])
    for path in same:
        if all(entity.leaves.get(path) == entity.keywords[at] for entity in held):
            return display_name(path[-1])
    first, words = held[0].keywords[at], {entity.keywords[at] for entity in held}
    ends = (first[-size:] for size in (4, 3, 2) if len(words) > 1)
    shared = (end for end in ends if _SAYS_WHAT.fullmatch(end) and all(word.endswith(end) for word in words))
    return next(shared, "") if all(len(entity.keywords) <= _PAIR for entity in entities) else ""


def _tails(keywords: tuple[str, ...], telling: bool) -> list[tuple[str, ...]]:
    """Ways to name an entity, short to long: series + trim; series + year + trim; all. ``telling``: none is left out."""
    if len(keywords) < 3:
        return [keywords]
    return [*([] if telling else [(keywords[1], keywords[-1])]), keywords[1:], keywords]
