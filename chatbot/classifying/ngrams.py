"""Character n-grams as 64-bit numbers: read from many texts at once by numpy, no string made for any of them.

An n-gram's number is a polynomial over its code points modulo 2^64, mixed as in SplitMix64 (Steele, Lea & Flood,
OOPSLA 2014) so that all bits count. With 10^7 different n-grams, the chance that any two share a number is 3·10^-6.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]

_EDGE = 2
"""The code point that stands before and after each text: n-grams know where a text begins and ends."""
_GAPS = (2, 3)
_SKIP = 8
"""Added to a gap, it is the size that keeps these pairs apart from n-grams."""
_BASE = np.uint64(0x100000001B3)
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_A, _MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_27, _30, _31 = np.uint64(27), np.uint64(30), np.uint64(31)


@dataclass(frozen=True, slots=True)
class Ngrams:
    """All n-grams of some texts: ``keys`` (n,), and for each the number of the text it is of, ``rows`` (n,)."""

    keys: Keys
    rows: Places


@dataclass(frozen=True, slots=True)
class Joined:
    """All code points of some texts with an edge before, between and after them; which are edges; the text of each."""

    codes: Keys
    edges: NDArray[np.bool_]
    rows: Places


def read_ngrams(texts: Sequence[str], longest: int, namespace: int = 0) -> Ngrams:
    """The 1- to ``longest``-grams of each text, marks of its two edges included.

    The same n-gram has another number in another ``namespace``: first and second sequence keep apart.
    """
    return ngrams_of(join(texts), longest, namespace)


def read_skips(texts: Sequence[str], namespace: int = 0) -> Ngrams:
    """Pairs of characters of each text with one or two others between them."""
    return skips_of(join(texts), namespace)


def ngrams_of(joined: Joined, longest: int, namespace: int = 0) -> Ngrams:
    """``read_ngrams`` of texts that are joined already."""
    codes, edges, rows = joined.codes, joined.edges, joined.rows
    keys, places = [], []
    number = np.zeros(len(codes), dtype=np.uint64)
    inside = np.zeros(len(codes), dtype=bool)  # whether an edge lies between first and last
    for size in range(1, min(longest, len(codes)) + 1):
        count = len(codes) - size + 1
        number = number[:count] * _BASE + codes[size - 1 :]
        inside = inside[:count] | edges[size - 2 : size - 2 + count] if size > 2 else inside[:count]
        only_edges = edges[:count] & edges[size - 1 :] if size < 3 else False
        kept = np.flatnonzero(~(inside | only_edges))
        keys.append(number[kept] + _start(size, namespace))
        places.append(rows[kept])
    return Ngrams(mixed(np.concatenate(keys)), np.concatenate(places))


def skips_of(joined: Joined, namespace: int = 0) -> Ngrams:
    """``read_skips`` of texts that are joined already."""
    codes, edges, rows = joined.codes, joined.edges, joined.rows
    keys, places = [], []
    for gap in _GAPS:
        same = rows[:-gap] == rows[gap:]  # so the second is no edge: that belongs to the next text
        kept = np.flatnonzero(same & ~edges[:-gap])
        keys.append(codes[kept] * _BASE + codes[kept + gap] + _start(_SKIP + gap, namespace))
        places.append(rows[kept])
    return Ngrams(mixed(np.concatenate(keys)), np.concatenate(places))


def join(texts: Sequence[str]) -> Joined:
    """``texts`` one after the other."""
    edge = chr(_EDGE)
    joined = edge + edge.join(text.replace(edge, "") for text in texts) + edge
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    edges = codes == _EDGE
    return Joined(codes.astype(np.uint64), edges, np.cumsum(edges) - 1)  # an edge begins the text after it


def mixed(numbers: Keys) -> Keys:
    """``numbers`` spread over all 64 bits."""
    mix = (numbers ^ (numbers >> _30)) * _MIX_A
    mix = (mix ^ (mix >> _27)) * _MIX_B
    return np.asarray(mix ^ (mix >> _31), dtype=np.uint64)


@lru_cache(maxsize=64)
def _start(size: int, namespace: int) -> np.uint64:
    """Added before mixing: it sends other sizes and namespaces to other places."""
    return np.uint64((_GOLDEN * (namespace * 16 + size)) % 2**64)
