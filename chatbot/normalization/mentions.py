"""Finds every known name in a text in one pass (Aho-Corasick), longest first, none overlapping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import ahocorasick

Target = TypeVar("Target")


@dataclass(frozen=True, slots=True)
class Mention(Generic[Target]):
    """A name found in a text: ``text[start:end] == alias``."""

    alias: str
    start: int
    end: int
    targets: frozenset[Target]


class MentionFinder(Generic[Target]):
    """Aliases → what they may mean. Latin letters and digits match only as whole words."""

    def __init__(self, aliases: Mapping[str, Iterable[Target]]) -> None:
        self.aliases = {alias: frozenset(targets) for alias, targets in aliases.items() if alias}
        self._automaton = ahocorasick.Automaton()
        for alias, targets in self.aliases.items():
            self._automaton.add_word(alias, (alias, targets))
        if self.aliases:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Mention[Target]]:
        """Mentions in reading order; where two overlap, the longer wins, then the earlier."""
        if not self.aliases:
            return []
        found = []
        for last, (alias, targets) in self._automaton.iter(text):
            start = last + 1 - len(alias)
            if _whole(text, start, last + 1):
                found.append(Mention(alias, start, last + 1, targets))
        found.sort(key=lambda m: (m.start - m.end, m.start))
        taken = [False] * len(text)
        kept = []
        for mention in found:
            if not any(taken[mention.start : mention.end]):
                taken[mention.start : mention.end] = [True] * (mention.end - mention.start)
                kept.append(mention)
        kept.sort(key=lambda m: m.start)
        return kept


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _whole(text: str, start: int, end: int) -> bool:
    """No Latin letter or digit is cut in two at either end."""
    left = start > 0 and _joined(text[start - 1], text[start])
    right = end < len(text) and _joined(text[end - 1], text[end])
    return not (left or right)


def _joined(a: str, b: str) -> bool:
    """Two neighbours that make one word; ``s5长`` and ``a6l2.0t``'s letter-digit seams are not checked here."""
    return _latin(a) and _latin(b)
