"""What people call the things a graph may hold: words every graph can use, resolved to its own attributes.

The operator's ``comparatives.txt`` and ``value_synonyms.txt`` stand beside these and win over them.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path as FilePath
from typing import Literal

from chatbot.derived import Derived
from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import AttributeNode, Path, display_name
from chatbot.normalization.lexicon import read_lines
from chatbot.normalization.text import normalize
from chatbot.planning.words import built_in
from chatbot.regex import regex

Way = Literal["up", "down", "worse"]  # worse: against the way the attribute gets better

_NOTHING: Mapping[str, Sequence[str]] = {}
_COMMON = 5  # entities that have an attribute before it goes before those that a package of options has
_CHOICES = regex(r"\[([^\]]*)\]")
_SIGNS: dict[str, Way | None] = {"↑": "up", "↓": "down", "—": None}


@dataclass(frozen=True, slots=True)
class Comparative:
    """A word of degree: what it measures (``""``: whatever stands beside it) and which way the value goes."""

    word: str
    concept: str
    way: Way | None


class Concepts:
    """The concepts of ``words/concepts.txt`` found in one graph: ``paths(name)``, best first, and the words for each."""

    def __init__(
        self,
        tree: Mapping[Path, AttributeNode],
        called: Mapping[str, Sequence[str]] = _NOTHING,
        derived: Derived | None = None,
    ) -> None:
        """``called`` says what the operator has for words for an attribute: a 保费 that is called 多少钱 is a price."""
        self._tree, kept = tree, derived or Derived()
        told = kept.json("concepts", lambda: self._told(called))
        self.words = {name: tuple(words) for name, words, _ in told}
        self._named = {name: _paths(found) for name, _, found in told}
        groups = kept.json("kin", lambda: [self._alike(line.split()) for line in built_in("kin")])
        kin = [[(tuple(path), holding) for path, holding in group] for group in groups]
        self._kin = {
            path: (path, *(p for p, _ in group if p != path))
            for group in kin
            for path, holding in group
            if not holding
        }
        self._every: dict[str, tuple[Path, ...]] = {}
        self._needed = {
            (path, other): holding
            for group in kin
            for other, holding in group
            for path, _ in group
            if holding and path != other
        }

    @cached_property
    def _leaves(self) -> list[tuple[AttributeNode, str]]:
        leaves = [node for path, node in self._tree.items() if path and node.is_leaf]
        return [(node, display_name(node.path[-1]).lower()) for node in leaves]

    @cached_property
    def _names(self) -> str:
        return "\n".join(said for _, said in self._leaves)

    def _told(self, called: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str], tuple[Path, ...]]]:
        """Each concept, the words for it, and the attributes it stands for."""
        found = []
        for line in built_in("concepts"):
            name, patterns, words = (part.strip() for part in line.split(": "))
            said = list(dict.fromkeys(said for word in words.split() for said in spelled_out(word)))
            found.append((name, said, self._find(patterns.split()) or self._called_so(said, called)))
        return found

    def kin(self, path: Path) -> tuple[Path, ...]:
        """``path``, then the attributes that measure the same, most entities first."""
        return self._kin.get(path, (path,))

    def needed(self, path: Path, other: Path) -> str:
        """What a value of ``other``, one of its kin, must hold to tell ``path``: 座 of 5门7座SUV; mostly nothing."""
        return self._needed.get((path, other), "")

    def _alike(self, patterns: list[str]) -> list[tuple[Path, str]]:
        """The leaves that measure the same, most entities first, and what text a value of each must hold to tell it."""
        wanted = [pattern.lower().partition(":")[::2] for pattern in patterns]
        found = [
            (node, holding) for node, said in self._leaves for p, holding in wanted if fnmatchcase(said, p)
        ]
        found.sort(key=lambda row: -row[0].count)
        return list({node.path: holding for node, holding in found}.items())

    def _find(self, patterns: Iterable[str]) -> tuple[Path, ...]:
        """Leaves whose name begins or ends with the first pattern that any does, else those that hold one.

        Most entities first, then the shorter: 车系 is 品牌系列 rather than 全景可视泊车系统.
        """
        holding = {pattern: self._with(pattern) for pattern in map(str.lower, patterns)}
        for fewest, fits in itertools.product((_COMMON, 1), (_at_an_end, _inside)):
            for pattern, those in holding.items():
                found = [(said != pattern, -node.count, len(node.path[-1]), node.path)
                         for node, said in those if node.count >= fewest and fits(pattern, said)]  # fmt: skip
                if found:
                    return tuple(path for *_, path in sorted(found, key=lambda row: row[:3]))
        return ()

    def _called_so(self, words: Sequence[str], called: Mapping[str, Sequence[str]]) -> tuple[Path, ...]:
        """Leaves that the operator calls by any of ``words``, most entities first."""
        names = {name for name, said in called.items() if not set(words).isdisjoint(said)}
        found = [node for node, _ in self._leaves if node.path[-1] in names] if names else []
        return tuple(node.path for node in sorted(found, key=lambda node: -node.count))

    def _with(self, pattern: str) -> list[tuple[AttributeNode, str]]:
        """The leaves in whose name ``pattern`` stands; most patterns stand in none, which one search tells."""
        return [row for row in self._leaves if pattern in row[1]] if pattern in self._names else []

    def paths(self, name: str) -> tuple[Path, ...]:
        """The attribute a concept, or an attribute's own name, stands for: its best path, or nothing."""
        found = self._named.get(name)
        return (found or self._find([name]))[:1]

    def every(self, name: str) -> tuple[Path, ...]:
        """All attributes that a concept may be, best first, whichever of them a thing has."""
        if name not in self._every:
            lines = (line.split(": ") for line in built_in("concepts"))
            patterns = next((line[1].split() for line in lines if line[0] == name), ())
            found = [path for pattern in patterns for path in self._find([pattern])]
            self._every[name] = tuple(dict.fromkeys(found))
        return self._every[name]


def _paths(found: Iterable[Sequence[str]]) -> tuple[Path, ...]:
    return tuple(tuple(path) for path in found)


def spelled_out(pattern: str) -> list[str]:
    """Every way through ``[充满/充一次电][要/得/][多久/几小时]``; an empty choice leaves its part out."""
    parts = _CHOICES.split(pattern)
    choices = [part.split("/") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(one) for one in itertools.product(*choices)]


def _at_an_end(pattern: str, name: str) -> bool:
    return name.startswith(pattern) or name.endswith(pattern)


def _inside(pattern: str, name: str) -> bool:
    return pattern in name


def comparatives(file: FilePath | None) -> tuple[Comparative, ...]:
    """The built-in words of degree, then those of ``comparatives.txt``, which win; a built-in word may have several.

    Raises:
        DataError: a line that is not ``word|word ⇥ attribute ⇥ ↑``.
    """
    rows = [tuple(line.split("\t")) for line in built_in("comparatives")]
    known: dict[str, list[Comparative]] = {}
    for words, concept, sign in rows:
        for word in words.split():
            known.setdefault(word, []).append(Comparative(word, concept.strip("*"), _SIGNS[sign]))
    for number, line in read_lines(file) if file else []:
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or parts[2] not in _SIGNS or not parts[0]:
            raise DataError(
                file or "", f"“{line[:40]}”不是“说法⇥属性⇥↑或↓”", line=number, hint="三栏，用 Tab 隔开；说不上好坏写 —"
            )  # fmt: skip
        for word in parts[0].split("|"):
            said = normalize(word)
            known.setdefault(said, []).append(Comparative(said, parts[1].strip("*"), _SIGNS[parts[2]]))
    return tuple(entry for entries in known.values() for entry in entries)


def settled(
    entries: Iterable[Comparative], measured_by: Callable[[str], Path | None]
) -> Iterator[tuple[Comparative, Path | None]]:
    """Each word once, with what it measures: the last of its concepts that the graph has (充电快: the time, or the power)."""
    found: dict[str, tuple[Comparative, Path | None]] = {}
    for entry in entries:
        path = measured_by(entry.concept) if entry.concept else None
        if path or not (entry.word in found and found[entry.word][1]):
            found[entry.word] = entry, path
    yield from found.values()


def trims() -> Mapping[str, tuple[str, ...]]:
    """The words for the cheapest and for the dearest trim, by 便宜 and 贵."""
    rows = (line.split(": ") for line in built_in("trims"))
    return {word: tuple(said.split()) for word, said in rows}


def praise() -> Mapping[str, tuple[str, ...]]:
    """The adjectives of praise and of blame, by ``better`` and ``worse``."""
    rows = (line.split(": ") for line in built_in("praise"))
    return {which: tuple(said.split()) for which, said in rows}


def values_built_in() -> dict[str, str]:
    """The built-in words for values, each with what it stands for."""
    rows = (line.split("\t") for line in built_in("values"))
    return {word: meant for meant, words in rows for word in words.split()}


def value_words(file: FilePath | None) -> Mapping[str, str]:
    """Word → the parts of values it stands for: ``a+b`` either, ``a/b`` the first that the graph has.

    Raises:
        DataError: a line of ``value_synonyms.txt`` that is not ``value ⇥ word|word``.
    """
    known = values_built_in()
    for number, line in read_lines(file) if file else []:
        meant, tab, words = line.partition("\t")
        if not tab or not words.strip():
            raise DataError(
                file or "", f"“{line[:40]}”不是“值⇥说法|说法”", line=number, hint="用一个 Tab 隔开"
            )
        known.update({normalize(word): normalize(meant) for word in words.split("|") if word.strip()})
    return known
