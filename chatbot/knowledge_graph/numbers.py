"""Attributes as numbers, one entry an entity: spread from the columns once, kept while they are in use."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import Column, Columns, Float, Mask
from chatbot.knowledge_graph.plan import Path

KEPT = 48  # attributes; 18 bytes an entity each (42 MiB for 50,000 entities)

Place = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """An attribute in one dimension: interval, whether an entity has a value, whether it is a number of it.

    ``keys`` is what is sorted by: the middle of a range, the closed end of an open one. All read-only.
    """

    low: Float
    high: Float
    keys: Float
    present: Mask
    usable: Mask


class NumberCache:
    """``of(places, dimension)``: the attribute whose value is in the first of ``places`` that an entity has.

    A place is the path of a column and a part of it (``""``: the first measure). Thread-safe.
    """

    def __init__(self, columns: Columns, kept: int = KEPT) -> None:
        self._columns = columns
        self.of: Callable[[tuple[Place, ...], str], Numbers] = lru_cache(maxsize=kept)(self._spread)

    def _spread(self, places: tuple[Place, ...], dimension: str) -> Numbers:
        n = len(self._columns)
        low, high = np.zeros(n), np.zeros(n)
        present, usable = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for path, part in places:
            column = self._columns.column(path)
            if column:
                _fill(column, part, dimension, low, high, present, usable)
        if np.array_equal(low, high):
            high = keys = low
        else:
            keys = _keys(low, high)
        for array in (low, high, keys, present, usable):
            array.setflags(write=False)
        return Numbers(low, high, keys, present, usable)


def _fill(
    column: Column, part: str, dimension: str, low: Float, high: Float, present: Mask, usable: Mask
) -> None:
    lows, highs, has = column.measures(dimension, part)
    rows, codes = column.rows, column.codes
    if present.any():
        fresh = ~present[rows]
        rows, codes = rows[fresh], codes[fresh]
    low[rows], high[rows] = lows[codes], highs[codes]
    usable[rows], present[rows] = has[codes], True


def _keys(low: Float, high: Float) -> Float:
    bottom = np.where(np.isfinite(low), low, high)
    top = np.where(np.isfinite(high), high, low)
    keys: Float = bottom + (top - bottom) / 2
    return keys
