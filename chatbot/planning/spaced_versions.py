"""Versions typed one behind the other, a space between: E6先锋 疾风 长续航 零百各多少 asks of each, as with 、 between."""

import itertools
from collections.abc import Iterable
from functools import cached_property

from chatbot.normalization.text import normalize
from chatbot.regex import regex

_EACH = regex("各|分别|都")
_SPACES = regex(r"\s+")
_SHORTEST = 2  # characters of a piece of a name


class SpacedVersions:
    """Built once for a knowledge base."""

    def __init__(self, versions: Iterable[str]) -> None:
        """``versions`` are what the things of one series are told apart by."""
        self._versions = frozenset(versions)

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return tuple(sorted(map(normalize, self._versions)))

    def set_apart(self, said: str) -> str:
        """``said`` with 、 for each space between two versions; between two pieces of one name the space stays."""
        pieces = _SPACES.split(said.strip())
        if len(pieces) <= _SHORTEST or not _EACH.search(said):
            return said
        found = pieces[0]
        for before, behind in itertools.pairwise(pieces):
            found += ("、" if self._are_two(normalize(before), normalize(behind)) else " ") + behind
        return found

    def _are_two(self, before: str, behind: str) -> bool:
        """Whether one version ends ``before``, and ``behind`` is another, or begins with it: 进阶 of 进阶各跑多远."""
        second = _EACH.split(behind)[0]
        at = (i for i in range(len(before) - _SHORTEST + 1) if self._named(before[i:]))
        first = next((before[i:] for i in at), "")
        if not first or len(second) < _SHORTEST:
            return False
        named = self._named(second)
        return bool(named) and named.isdisjoint(self._named(first))

    def _named(self, piece: str) -> frozenset[str]:
        return frozenset(version for version in self._plain if piece in version)
