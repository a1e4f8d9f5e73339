"""Words and the entities they stand for: sorted positions kept small, bit masks only while they are in use.

At 50,000 entities a mask takes 6 kB whatever it holds; most words stand for one entity or a few.
"""

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from chatbot.derived import Derived

REMEMBERED = 1024  # masks


def mask_of(rows: Iterable[int]) -> int:
    """The positions as bits of one number."""
    positions = list(rows)
    held = bytearray(max(positions, default=0) // 8 + 1)
    for row in positions:
        held[row // 8] |= 1 << row % 8
    return int.from_bytes(held, "little")


def bits(mask: int) -> list[int]:
    """Positions of the set bits, ascending."""
    found: list[int] = []
    digits = bin(mask)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found


def packed(rows: Iterable[int]) -> bytes:
    """Positions, each once and ascending, as 32-bit numbers: equal sets have equal bytes."""
    return array("I", sorted(set(rows))).tobytes()


class Postings(Mapping[str, int]):
    """Word → mask of entities. Built once, reads only; words for the same entities share their positions."""

    def __init__(self, words: Mapping[str, Iterable[int]]) -> None:
        shared: dict[bytes, bytes] = {}
        self._rows: dict[str, bytes] = {}
        for word, rows in words.items():
            key = packed(rows)
            self._rows[word] = shared.setdefault(key, key)
        self._mask = lru_cache(maxsize=REMEMBERED)(_unpacked_mask)

    @classmethod
    def kept(
        cls, derived: Derived, name: str, words: Callable[[], Mapping[str, Iterable[int]]]
    ) -> "Postings":
        """Those of ``words``, which tells them where they are not ``derived`` already under ``name``."""
        made = cache(lambda: cls(words())._numbered())  # at most once for both parts
        numbers, ends = derived.json(name, lambda: made()[:2])
        flat = derived.numbers(f"rows of {name}", lambda: made()[2]).tobytes()
        sets = [flat[4 * start : 4 * end] for start, end in itertools.pairwise((0, *ends))]
        held = cls({})
        held._rows = {word: sets[number] for word, number in numbers.items()}
        return held

    def _numbered(self) -> "tuple[dict[str, int], list[int], array[int]]":
        """Word → number of its set of rows, where each set ends among all, and all of them."""
        number = {rows: at for at, rows in enumerate(dict.fromkeys(self._rows.values()))}
        ends = list(itertools.accumulate(len(rows) // 4 for rows in number))
        flat = array("I", b"".join(number))
        return {word: number[rows] for word, rows in self._rows.items()}, ends, flat

    def rows(self, word: str) -> bytes:
        """The entities of ``word`` as ``packed`` makes them. ``KeyError`` for a word that is not here."""
        return self._rows[word]

    def __getitem__(self, word: str) -> int:
        return self._mask(self._rows[word])

    def __contains__(self, word: object) -> bool:
        return word in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _unpacked_mask(rows: bytes) -> int:
    return mask_of(array("I", rows))
