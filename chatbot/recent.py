"""The last results by key, for what is asked word for word again and again. Thread-safe."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
M = TypeVar("M")

_MARKS_A_RESULT = 4


class Recent(Generic[K, V]):
    """At most ``size`` results. Once it is full, a key is let in the second time it comes, for the one stored longest ago.

    So what comes but once pushes nothing out: most questions never come again, and popular ones do all the time. It is
    the doorkeeper of TinyLFU (Einziger, Friedman, Manes: *TinyLFU: A Highly Efficient Cache Admission Policy*, 2017),
    over the hashes of the last keys that were turned away, four times ``size`` of them.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._results, self._turned_away = OrderedDict[K, V](), OrderedDict[int, None]()
        self._changing = threading.Lock()

    def get(self, key: K, missing: M) -> V | M:
        """The result for ``key``, or ``missing``."""
        return self._results.get(key, missing)

    def keep(self, key: K, result: V) -> None:
        """Remember ``result``, or that ``key`` has come."""
        with self._changing:
            if len(self._results) < self._size or key in self._results or self._comes_again(key):
                if len(self._results) >= self._size and key not in self._results:
                    self._results.popitem(last=False)
                self._results[key] = result

    def _comes_again(self, key: K) -> bool:
        mark = hash(key)
        if mark in self._turned_away:
            del self._turned_away[mark]
            return True
        if len(self._turned_away) >= _MARKS_A_RESULT * self._size:
            self._turned_away.popitem(last=False)
        self._turned_away[mark] = None
        return False
