"""A circuit breaker (Nygard, *Release It!*): a service that keeps failing is left alone for a while."""

import threading
import time
from collections.abc import Callable

FAILURES = 5
PAUSE_SECONDS = 5.0


class CircuitBreaker:
    """Closed until ``failures`` calls in a row failed; then open for ``pause`` seconds; then one call may try."""

    def __init__(
        self,
        failures: int = FAILURES,
        pause: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._pause, self._clock = failures, pause, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    def admits(self) -> bool:
        """Whether a call may be made now. Whoever is admitted says how it went with ``told``."""
        with self._lock:
            if self._failed < self._most:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._pause  # one tries; the others wait for what becomes of it
            return True

    def told(self, well: bool) -> None:
        """How an admitted call went."""
        with self._lock:
            self._failed = 0 if well else self._failed + 1
            if self._failed >= self._most:
                self._open_until = self._clock() + self._pause
