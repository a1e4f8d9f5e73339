"""Every word the planner knows of one graph, in one automaton; entities apart, since they come from the linker."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import field
from functools import cached_property, partial
from itertools import filterfalse

import numpy as np

from chatbot.derived import Derived
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import FLAG_CODE, Columns
from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, display_name
from chatbot.knowledge_graph.plan import KEYWORDS, Clause, Condition, keyword_level
from chatbot.knowledge_graph.units import built_in_units
from chatbot.normalization.attribute import AttributeLinker
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.postings import packed
from chatbot.normalization.text import normalize
from chatbot.planning.absent import Absent, absent_words, other_makes
from chatbot.planning.asked_times import paced
from chatbot.planning.asked_units import asked_in_units
from chatbot.planning.attribute_names import level_words, short_forms, telling_endings
from chatbot.planning.called_so import said_by_names
from chatbot.planning.concepts import Comparative, Concepts, Way, praise, settled, trims
from chatbot.planning.counting import counting_words
from chatbot.planning.groups import BrandGroup, group_clauses
from chatbot.planning.links import AttributeSense, CategorySense, DegreeSense, RoleSense, Sense, ValueSense
from chatbot.planning.names_or_values import names_one_thing
from chatbot.planning.own_counters import asked_by_counters
from chatbot.planning.roles import role_words
from chatbot.planning.stored_senses import meanings
from chatbot.planning.valued_names import displacements, valued_names
from chatbot.planning.values_index import MAX_ENDS, ValueWords
from chatbot.planning.word_forms import OTHER_WAY, PACE, WHICH_KIND, forms, only_compared, too_much
from chatbot.regex import regex

_MEASURE = regex(r"\d+(?:\.\d+)?(?:km|s|l|t|kw|kwh)")  # of a name only beside another part of it
_EXTENTS = ("长度", "宽度", "高度")
_MOSTLY = 0.5  # of an attribute's values are measures: it is a number


@dataclass(frozen=True)
class Vocabulary:
    """Built once for a knowledge base; reads only."""

    graph: KnowledgeGraph
    columns: Columns
    entities: EntityLinker
    attributes: AttributeLinker
    concepts: Concepts
    comparatives: tuple[Comparative, ...]
    value_words: Mapping[str, str]
    fillers: tuple[str, ...] = ()
    makes: tuple[tuple[str, ...], ...] = ()
    groups: tuple[BrandGroup, ...] = ()
    derived: Derived = field(default_factory=Derived)
    elsewhere: frozenset[str] = frozenset()  # built-in words of another trade, which are no kinds it lacks

    @cached_property
    def finder(self) -> MentionFinder[Sense]:
        """All words; a word's senses are its targets."""
        words = meanings(self.derived, self._words)
        return MentionFinder(words, lambda senses: any(not isinstance(s, RoleSense) for s in senses))

    def _words(self) -> Iterator[tuple[str, Sense]]:
        roles = role_words()
        yield from ((word, RoleSense("filler")) for word in self.fillers)
        yield from ((word, RoleSense(role)) for word, played in roles.items() for role in played)
        attributes = self._attribute_words()
        yield from ((word, AttributeSense(paths)) for word, paths in attributes.items())
        categories = self._category_words()
        yield from ((w, CategorySense(p)) for w, p in categories.items() if w not in attributes)
        yield from ((w, AttributeSense(p)) for w, p in self._kind_words(categories) if w not in attributes)
        for entry, path in settled(self.comparatives, self._measured_by):
            if path or not entry.concept or entry.word in PACE:
                said = entry.word.rpartition("+")[2]
                for word, strength in forms(entry.word):
                    yield word, DegreeSense(said, path, entry.way, strength)
                for word in too_much(entry.word):
                    yield word, DegreeSense(said, path, OTHER_WAY[entry.way], "more")
        yield from paced(self.columns.paths, self.dimension)
        yield from self._praising({entry.word for entry in self.comparatives})
        yield from counting_words(self.columns, self.dimension, attributes)
        if price := next(iter(self.concepts.paths("价格")), None):
            yield from ((w, DegreeSense("便宜", price, "down", "most")) for w in trims()["便宜"])
            yield from ((w, DegreeSense("贵", price, "up", "most")) for w in trims()["贵"])
        for word, clause in self._groups.items():
            if clause:
                yield word, ValueSense(keyword_level(1), clause)
        names = {normalize(node.name) for path, node in self.graph.tree.items() if path}
        others = [word for words in self.concepts.words.values() for word in words]
        values = ValueWords(self.columns, self.value_words, [*roles, *self.fillers], names, others)
        senses = values.senses()
        yield from said_by_names(senses, self.columns, self.graph)
        yield from valued_names(attributes, senses)
        yield from displacements(self.columns, self.concepts, senses)

    @staticmethod
    def _praising(known: Container[str]) -> Iterator[tuple[str, Sense]]:
        """最顶, 更拉胯: better or worse by whatever stands beside them."""
        ways: Mapping[str, Way | None] = {"better": None, "worse": "worse"}
        for which, words in praise().items():
            for word in (one for one in words if one not in known):
                yield from (
                    (said, DegreeSense(word, None, ways[which], s)) for said, s in only_compared(word)
                )

    def _measured_by(self, concept: str) -> Path | None:
        """The attribute that a word of degree is about; the length is a part of 长*宽*高 where there is one."""
        part = self.part(concept[0]) if concept in _EXTENTS else None
        return part or next(iter(self.concepts.paths(concept)), None)

    def _attribute_words(self) -> Mapping[str, tuple[Path, ...]]:
        """The linker's names, leaves only, then the concepts' words it does not have."""
        words: dict[str, tuple[Path, ...]] = {}
        for word, paths in self.attributes.aliases.items():
            named = (path for path in self.attributes.prefer(paths) if self.graph.tree[path].is_leaf)
            leaves = dict.fromkeys(self.columns.head(path) for path in named)
            if leaves and not (word.startswith("有没有") and word[3:] in self.attributes.aliases):
                words[word] = tuple(leaves)  # 有没有四驱 asks of a thing that is a word by itself
        for name, said in self.concepts.words.items():
            if places := self.concepts.paths(name):
                for word in said:
                    words.setdefault(word, places)
        short = short_forms(self.columns.paths, self.graph.entities, self.entities.names)
        endings = telling_endings(self.columns, self.flags, {**short, **words}.keys())
        for word, path in (short | endings).items():
            words.setdefault(word, (path,))
        words |= {word: (path,) for word, path in asked_in_units(self.columns, built_in_units(), words)}
        words |= {word: (path,) for word, path in asked_by_counters(self.columns, words)}
        return {**dict.fromkeys(level_words(self.graph), (keyword_level(1),)), **words}

    def _category_words(self) -> Mapping[str, tuple[Path, ...]]:
        """变速箱, 座椅: names and synonyms of what has attributes below it."""
        named = {word: self.attributes.prefer(paths) for word, paths in self.attributes.aliases.items()}
        tree = self.graph.tree
        return {w: paths for w, paths in named.items() if not any(tree[p].is_leaf for p in paths)}

    def _kind_words(
        self, categories: Mapping[str, tuple[Path, ...]]
    ) -> Iterator[tuple[str, tuple[Path, ...]]]:
        """变速箱是什么, 哪种变速箱: the attribute of a category that says which kind it is."""
        for word, paths in categories.items():
            kinds = [path for category in paths for path in self._kinds_below(category)]
            if kinds:
                yield from ((form.format(word), tuple(kinds)) for form in WHICH_KIND)

    def _kinds_below(self, category: Path) -> list[Path]:
        below = [path for path, node in self.graph.tree.items() if node.is_leaf and path[:-1] == category]
        return [
            self.columns.head(p)
            for p in below
            if p[-1] in (f"{category[-1]}{kind}" for kind in ("类型", "种类", "形式"))
        ]

    @cached_property
    def keyword_of(self) -> Mapping[bytes, tuple[Condition, ...]]:
        """Packed positions of entities → the keyword conditions that pick just them, the most general first."""
        found: dict[tuple[int, str], list[int]] = {}
        for index, entity in enumerate(self.graph.entities):
            for level, word in enumerate(entity.keywords, 1):
                found.setdefault((level, word), []).append(index)
        result: dict[bytes, tuple[Condition, ...]] = {}
        for (level, word), rows in sorted(found.items(), key=lambda item: item[0][0]):
            condition = Condition((*KEYWORDS, str(level)), "=", word)
            result[packed(rows)] = (*result.get(packed(rows), ()), condition)
        return result

    @cached_property
    def common_words(self) -> frozenset[str]:
        """Values and words of degree that are also parts of some entity's name (SUV, 混动), but no whole keyword."""
        return frozenset(self.derived.json("common words", self._common_words))

    def _common_words(self) -> list[str]:
        whole = {normalize(word) for entity in self.graph.entities for word in entity.keywords}
        brands = {
            name
            for name in self.entities.names
            if any(
                c.attribute[2] in ("1", "2") and name in normalize(str(c.value)).replace(" ", "")
                for c in self.keyword_of.get(self.entities.rows(name), ())
            )  # v8 picks 红旗国礼 alone, and does not name it
        }
        measures = frozenset(name for name in self.entities.names if _MEASURE.fullmatch(name))
        said = self.finder.aliases
        kinds = (ValueSense, DegreeSense, RoleSense)  # asked of each set of senses once: most share theirs
        common = {senses for senses in set(said.values()) if any(isinstance(s, kinds) for s in senses)}
        apart = whole | brands
        words = (w for w, senses in said.items() if senses in common and w not in apart)
        one = partial(names_one_thing, senses_of=said, entities=self.entities, columns=self.columns)
        return sorted(measures.union(filterfalse(one, words)))

    @cached_property
    def flags(self) -> frozenset[Path]:
        """Attributes whose values say whether a thing is there."""
        found = set()
        for path in self.columns.paths:
            column = self.columns.column(path)
            if column is not None and (column.flags != FLAG_CODE[None]).any():
                found.add(path)
        return frozenset(found)

    def values_of(self, word: str) -> tuple[ValueSense, ...]:
        """What ``word`` may mean as a value."""
        return tuple(s for s in self.finder.aliases.get(word, ()) if isinstance(s, ValueSense))

    def words_for(self, clause: Clause) -> tuple[str, ...]:
        """The words that mean just this value: 两驱, 两轮驱动."""
        return self._said_for.get(clause, ())

    @cached_property
    def _said_for(self) -> Mapping[Clause, tuple[str, ...]]:
        found: dict[Clause, list[str]] = {}
        for word, senses in self.finder.aliases.items():
            for sense in senses:
                if isinstance(sense, ValueSense):
                    found.setdefault(sense.clause, []).append(word)
        return {clause: tuple(words) for clause, words in found.items()}

    def may_be_of_it(self, piece: str) -> bool:
        """Whether unknown words may be a part of a name, of an attribute or of a value, or of what the graph has none of."""
        if self.entities.in_some_name(piece) or self.lacks(piece) or self.lacks_make(piece):
            return True
        return any(piece[at : at + 2] in self._pairs for at in range(len(piece) - 1))

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """Every two neighbouring characters of the names of attributes and of the values that classify."""
        said = {normalize(display_name(path[-1])) for path in self.columns.paths} | set(
            self.classifying_texts()
        )
        return frozenset(text[at : at + 2] for text in said for at in range(len(text) - 1))

    def classifying_texts(self) -> Iterator[str]:
        """The texts of the attributes that have few different values."""
        columns = filter(None, map(self.columns.column, self.columns.paths))
        return (text for column in columns if column.distinct <= MAX_ENDS for text in column.plain)

    def part(self, label: str) -> Path | None:
        """The attribute with a part of that name: 长 of 长*宽*高; the one that most entities have."""
        return self._parts.get(label)

    @cached_property
    def _parts(self) -> Mapping[str, Path]:
        columns = filter(None, map(self.columns.column, self.columns.paths))
        fewest_first = sorted(columns, key=lambda column: (len(column.rows), column.path))
        return {label: (*column.path, label) for column in fewest_first for label in column.labels}

    def lacks(self, text: str) -> str:
        """The first word of ``text`` for a kind of thing that this graph has none of: 柴油, 氢能."""
        return self._absent.kind(text)

    def lacks_make(self, text: str) -> str:
        """The first car make in ``text`` that no entity of the graph is of: 小鹏."""
        return self._absent.make(text)

    @cached_property
    def _absent(self) -> Absent:
        words = absent_words(self.value_words, self._groups, self.finder.aliases, self.elsewhere)
        return Absent(words, other_makes(self.makes, self.graph))

    @cached_property
    def _groups(self) -> Mapping[str, Clause | None]:
        """德系, BBA: what each word for a group of makes stands for; ``None`` where the graph has none of them."""
        brands = {entity.keywords[0] for entity in self.graph.entities if entity.keywords}
        return group_clauses(self.groups, brands)

    def has(self, name: str, path: Path) -> bool:
        """Whether an entity has anything at ``path``, or wherever else that attribute stands."""
        return any(self.graph.has(name, place) for place in self.columns.places(path))

    def dimension(self, path: Path) -> str:
        """What an attribute is mostly measured in; empty when it holds no numbers."""
        if path not in self._dimensions:
            self._dimensions[path] = self._mostly(path)
        return self._dimensions[path]

    def _mostly(self, path: Path) -> str:
        found = self.columns.resolve(path)
        if found is None or found[0].main is None:
            return ""
        column = found[0]
        measured = np.zeros(column.distinct, np.bool_)
        measured[column.text_of] = True
        return found[0].main.dimension if measured[column.codes].mean() >= _MOSTLY else ""

    @cached_property
    def _dimensions(self) -> dict[Path, str]:
        return {}

    def unit(self, path: Path) -> str:
        """The unit that most of an attribute's numbers are in; empty when they have none."""
        found = self.columns.resolve(path)
        return found[0].main.unit if found and found[0].main else ""

    def dimensions(self, path: Path) -> frozenset[str]:
        """Everything an attribute is measured in."""
        found = self.columns.resolve(path)
        return frozenset(group.dimension for group in found[0].groups) if found else frozenset()
