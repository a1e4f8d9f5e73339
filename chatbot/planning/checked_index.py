"""An index from strings to places that keeps no string: eight bytes an entry, where a ``dict`` takes two hundred.

It holds a checksum of each key, so what it gives for one may belong to another; whoever asks can tell, since they know
what the thing at a place would be asked by.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from zlib import crc32

import numpy as np

from chatbot.derived import Derived


class CheckedIndex:
    """Key → places, in the order in which they were told; reads only."""

    def __init__(self, entries: Callable[[], Iterable[tuple[str, int]]], kept: Derived, name: str) -> None:
        """``entries`` tells them where they are not ``kept`` under ``name``."""
        table = kept.numbers(name, lambda: _sorted(entries()))
        half = len(table) // 2
        self._sums, self._places = table[:half], table[half:]

    def candidates(self, key: str) -> Iterator[int]:
        """The places of ``key``, and sometimes one of another key."""
        wanted, sums = crc32(key.encode()), self._sums
        at = bisect_left(sums, wanted)
        while at < len(sums) and sums[at] == wanted:
            yield self._places[at]
            at += 1


def _sorted(entries: Iterable[tuple[str, int]]) -> "array[int]":
    """The checksums in order, then the places in step with them."""
    sums, places = array("I"), array("I")
    for key, place in entries:
        sums.append(crc32(key.encode()))
        places.append(place)
    unsorted = np.frombuffer(sums, np.uint32)
    order = np.argsort(unsorted, kind="stable")
    return array("I", np.concatenate([unsorted[order], np.frombuffer(places, np.uint32)[order]]).tobytes())
