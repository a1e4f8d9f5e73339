"""Finds every known name in a text in one pass (Aho-Corasick), longest first, none overlapping."""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Generic, NamedTuple, TypeAlias, TypeVar

import ahocorasick

Target = TypeVar("Target")
Cut: TypeAlias = Callable[[str, str, int], bool]
_LATIN = frozenset(string.ascii_letters + string.digits)


class Mention(NamedTuple, Generic[Target]):
    """A name found in a text: ``text[start:end] == alias``. A tuple: a turn makes dozens, at a third of the cost."""

    alias: str
    start: int
    end: int
    targets: frozenset[Target]


class MentionFinder(Generic[Target]):
    """Aliases → what they may mean. Latin letters and digits match only as whole words."""

    def __init__(
        self, aliases: Mapping[str, Iterable[Target]], told: Callable[[frozenset[Target]], bool] | None = None
    ) -> None:
        """``told`` says of what an alias means whether it says more than a word said in passing."""
        # most aliases mean what others do: one set for all of them
        alike: dict[frozenset[Target], frozenset[Target]] = {}
        sets = ((alias, frozenset(targets)) for alias, targets in aliases.items() if alias)
        self.aliases = {alias: alike.setdefault(targets, targets) for alias, targets in sets}
        self._automaton = ahocorasick.Automaton()
        for alias, targets in self.aliases.items():
            edges = alias[0] in _LATIN, alias[-1] in _LATIN
            self._automaton.add_word(alias, (alias, targets, len(alias), *edges))
        telling = {targets for targets in alike if told and told(targets)}
        self._told = frozenset(alias for alias, targets in self.aliases.items() if targets in telling)
        if self.aliases:
            self._automaton.make_automaton()

    def find(self, text: str, begins: Cut | None = None, ends: Cut | None = None) -> list[Mention[Target]]:
        """Mentions in reading order; where two overlap, the longer wins, then what says more, then the earlier.

        是多少钱 is 是 and 多少钱, not 是多少 and 钱.

        ``begins`` and ``ends`` say of an alias, the text and where it begins or ends there, whether it may do so inside a
        run of letters and digits.
        """
        if not self.aliases:
            return []
        found = []
        for last, (alias, targets, length, opens_latin, ends_latin) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if (
                opens_latin
                and start > 0
                and text[start - 1] in _LATIN
                and not _may(begins, alias, text, start)
            ):
                continue  # a Latin word or a number is not cut in two
            if ends_latin and end < len(text) and text[end] in _LATIN and not _may(ends, alias, text, end):
                continue
            found.append((-length, start, alias, targets))
        if len(found) > 1:
            found.sort(key=self._rank if self._told else _by_length)
            found = _apart(found)
        return [Mention(alias, start, start - shorter, targets) for shorter, start, alias, targets in found]

    def may_mean(self, text: str) -> Iterator[frozenset[Target]]:
        """What any name in ``text`` means, cut words and names inside others included: a bound on what ``find`` finds."""
        return (targets for _, (_, targets, *_) in self._automaton.iter(text)) if self.aliases else iter(())

    def _rank(self, found: "_Found[Target]") -> tuple[int, bool, int]:
        return found[0], found[2] not in self._told, found[1]


def _apart(found: "list[_Found[Target]]") -> "list[_Found[Target]]":
    """Those that do not overlap with one that stands before them in ``found``; by where they start."""
    taken, kept = 0, []
    for one in found:
        place = ((1 << -one[0]) - 1) << one[1]
        if not taken & place:
            taken |= place
            kept.append(one)
    kept.sort(key=_by_start)
    return kept


_Found: TypeAlias = tuple[int, int, str, frozenset[Target]]  # length below zero, start, alias, targets
_by_length, _by_start = itemgetter(0, 1), itemgetter(1)


def _may(cut: Cut | None, alias: str, text: str, at: int) -> bool:
    return cut is not None and cut(alias, text, at)
