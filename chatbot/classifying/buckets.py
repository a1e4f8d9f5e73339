"""Where numbers stand in a large sorted table: by their first bits, since mixed numbers are spread evenly.

A binary search of half a million numbers misses the cache at most of its 19 steps. Here one table says where the
numbers begin that have the same first bits; few do, and they stand side by side.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
_MOST_BITS = 24


class Buckets:
    """An index over ``keys`` (n,), sorted and each there once; right for any numbers, quick for evenly spread ones."""

    def __init__(self, keys: Numbers) -> None:
        self._keys = keys
        bits = min(_MOST_BITS, len(keys).bit_length() + 1)
        self._shift = np.uint64(64 - bits)
        # where each run of first bits begins, and one end for all: 4 bytes each
        firsts = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._begins = np.append(np.searchsorted(keys, firsts), len(keys)).astype(np.int32)

    def find(self, wanted: Numbers) -> tuple[Places, NDArray[np.bool_]]:
        """For each of ``wanted``, its place, and whether it is there at all; else the place means nothing."""
        if not len(self._keys):
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
        first = (wanted >> self._shift).astype(np.int64)
        places, ends = self._begins[first].astype(np.int64), self._begins[first + 1]
        known = self._keys.take(places, mode="clip") == wanted
        left = np.flatnonzero((places + 1 < ends) & ~known)
        while len(left):
            places[left] += 1
            hit = self._keys[places[left]] == wanted[left]
            known[left] = hit
            left = left[~hit]
            left = left[places[left] + 1 < ends[left]]
        return places, known
