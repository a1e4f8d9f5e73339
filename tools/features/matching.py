"""Where the rows of a new version stood in the last one, found at the price of what changed."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096
_Row = TypeVar("_Row", bound=Hashable)


def matched(new: Sequence[_Row], old: Sequence[_Row]) -> NDArray[np.int64]:
    """Of each of ``new`` its place in ``old``, -1 where it is not found; of rows that stand there twice one may be missed.

    What begins and what ends alike is compared in blocks: only between them is each row looked up, a hundred thousand
    rows of which one changed are nearly all of the former.
    """
    new, old = list(new), list(old)  # a list is no tuple of the same
    first = _alike(new, old)
    last = min(_alike(new[::-1], old[::-1]), min(len(new), len(old)) - first)
    places = np.arange(len(new), dtype=np.int64)
    places[len(new) - last :] += len(old) - len(new)
    between = dict(zip(old[first : len(old) - last], range(first, len(old)), strict=False))
    places[first : len(new) - last] = [between.get(row, -1) for row in new[first : len(new) - last]]
    return places


def _alike(one: Sequence[_Row], other: Sequence[_Row]) -> int:
    """How many at the beginning of both are the same."""
    end, at = min(len(one), len(other)), 0
    while at < end and one[at : min(at + _BLOCK, end)] == other[at : min(at + _BLOCK, end)]:
        at += _BLOCK
    while at < end and one[at] == other[at]:
        at += 1
    return min(at, end)
