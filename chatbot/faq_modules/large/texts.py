"""Many texts as a few arrays that open by memory map: nothing is decoded before it is asked for."""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass

_HASH_BASE, _HASH_MASK = np.uint64(0x9E3779B97F4A7C15), (1 << 64) - 1
CharIds = NDArray[np.uint16] | NDArray[np.uint32]


class TextSequence(Sequence[str]):
    """A sequence of texts of which each is decoded when it is asked for; slices are tuples."""

    @abstractmethod
    def one(self, place: int) -> str:
        """The text at ``place``, which is in range."""

    @abstractmethod
    def every(self) -> list[str]:
        """All of them at once, which is much quicker than one by one."""

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(self.one(each) for each in range(*place.indices(len(self))))
        size = len(self)
        if not -size <= place < size:
            raise IndexError(place)
        return self.one(place % size)


class Lines(TextSequence):
    """UTF-8 texts one after another: text ``i`` is ``blob[starts[i]:starts[i + 1]]``."""

    def __init__(self, blob: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self.blob, self.starts = blob, starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def one(self, place: int) -> str:
        return self.blob[self.starts[place] : self.starts[place + 1]].tobytes().decode()

    def every(self) -> list[str]:
        joined = self.blob.tobytes()
        return [joined[first:last].decode() for first, last in pairwise(self.starts.tolist())]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Lines":
        """``texts`` in one block."""
        encoded = [text.encode() for text in texts]
        blob = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        return cls(blob, _starts(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))))


@dataclass(frozen=True)
class CodedTexts(TextSequence):
    """Texts as ids of characters: text ``i`` is ``chars[starts[i]:starts[i + 1]]``, id ``c`` the character ``alphabet[c]``."""

    alphabet: NDArray[np.uint32]
    chars: CharIds
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def one(self, place: int) -> str:
        ids = self.chars[self.starts[place] : self.starts[place + 1]]
        return self.alphabet[ids].tobytes().decode("utf-32-le")

    def some(self, places: NDArray[np.int64]) -> list[str]:
        """The texts at ``places``, at a fraction of what they cost one by one."""
        firsts = self.starts.take(places)
        lengths = self.starts.take(places + 1) - firsts
        codes = self.alphabet.take(self.chars.take(spread(firsts, lengths)[0]))
        joined, ends = codes.tobytes().decode("utf-32-le"), lengths.cumsum().tolist()
        return [joined[first:last] for first, last in pairwise([0, *ends])]

    def every(self) -> list[str]:
        joined = self.alphabet[self.chars].tobytes().decode("utf-32-le")
        return [joined[first:last] for first, last in pairwise(self.starts.tolist())]

    def lengths(self) -> NDArray[np.int64]:
        """Characters of each text."""
        return np.diff(self.starts)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "CodedTexts":
        """``texts`` by the characters they have, ascending."""
        codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
        present = np.zeros(0x110000, dtype=np.bool_)
        present[codes] = True
        alphabet = np.flatnonzero(present).astype(np.uint32)
        id_of = np.zeros(0x110000, dtype=np.uint32)
        id_of[alphabet] = np.arange(len(alphabet))
        chars: CharIds = id_of[codes]
        if len(alphabet) < 1 << 16:
            chars = chars.astype(np.uint16)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        return cls(alphabet, chars, _starts(lengths))


def coded(texts: Sequence[str]) -> CodedTexts:
    """``texts`` as they are where they are coded already, else ``CodedTexts.of`` them."""
    return texts if isinstance(texts, CodedTexts) else CodedTexts.of(texts)


@dataclass(frozen=True)
class ExactTexts:
    """Where a text stands word for word: hashes ascending, and the place of the text each belongs to."""

    hashes: NDArray[np.uint64]
    places: NDArray[np.int32]

    @classmethod
    def of(cls, texts: CodedTexts) -> "ExactTexts":
        """The places of all ``texts``."""
        hashes = text_hashes(texts.alphabet[texts.chars], texts.starts)
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], order.astype(np.int32))

    def find(self, text: str, texts: CodedTexts) -> list[int]:
        """The places of ``text`` in ``texts``, those it was made of; ascending."""
        wanted = _text_hash(text)
        first, last = self.hashes.searchsorted(wanted, "left"), self.hashes.searchsorted(wanted, "right")
        return [place for place in self.places[first:last].tolist() if texts.one(place) == text]


def spread(
    firsts: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of spans that begin at ``firsts`` and are ``counts`` long, one after another, and the span of each."""
    rows = np.arange(len(counts)).repeat(counts)
    before = counts.cumsum()
    places = np.arange(len(rows))
    places += (firsts - before + counts).take(rows)
    return places, rows


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _text_hash(text: str) -> np.uint64:
    """What ``text_hashes`` gives a single text, at a tenth of the cost."""
    found, base = 0, int(_HASH_BASE)
    for char in reversed(text):
        found = (found + ord(char) + 1) * base & _HASH_MASK
    return np.uint64(found)


def text_hashes(codes: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A polynomial hash of each span of ``codes``, modulo 2^64; collisions are found by comparing the texts."""
    lengths = np.diff(starts)
    longest = int(lengths.max(initial=0))
    powers = np.cumprod(np.full(longest + 1, _HASH_BASE), dtype=np.uint64)
    at = np.arange(len(codes)) - np.repeat(starts[:-1], lengths)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers[at], out=sums[1:])
    hashes: NDArray[np.uint64] = sums[starts[1:]] - sums[starts[:-1]]
    return hashes
