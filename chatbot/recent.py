"""The last results by key, for what is asked word for word again and again. Thread-safe."""

import threading
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
M = TypeVar("M")


class Recent(Generic[K, V]):
    """At most ``size`` results; the one stored longest ago goes first."""

    def __init__(self, size: int) -> None:
        self._size, self._results = size, dict[K, V]()
        self._changing = threading.Lock()

    def get(self, key: K, missing: M) -> V | M:
        """The result for ``key``, or ``missing``."""
        return self._results.get(key, missing)

    def keep(self, key: K, result: V) -> None:
        """Remember ``result``."""
        with self._changing:
            if len(self._results) >= self._size:
                del self._results[next(iter(self._results))]
            self._results[key] = result
