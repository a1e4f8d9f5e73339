"""How often someone may ask: a token bucket a subject, kept as one number (the generic cell rate algorithm).

Source: ITU-T I.371, virtual scheduling. A subject may send ``count`` requests at once, and then one every
``seconds / count``. Stored is the *theoretical arrival time*: when the bucket would be full again.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from chatbot.frozen import dataclass

Kind = Literal["token", "session", "address", "login"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` at once and ``count`` each ``seconds`` on average."""

    count: int
    seconds: float

    @property
    def interval_us(self) -> int:
        """Microseconds until the bucket holds one more."""
        return max(1, round(self.seconds * 1_000_000 / self.count))

    @property
    def burst_us(self) -> int:
        """Microseconds from empty to full."""
        return self.interval_us * self.count


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is counted: ``name`` is what they are called in the store, never a secret."""

    kind: Kind
    name: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first subject that was over its limit, and the seconds until it may try again."""

    subject: Subject
    seconds: float


class RateLimiter(Protocol):
    """Promises: ``take`` counts one request for every subject or, when one is over its limit, for none.

    Thread-safe. Where counts cannot be reached ``take`` returns ``None`` (it fails open) within 50 ms, and from then on
    at once until they can be reached again.
    """

    def take(self, subjects: Sequence[Subject]) -> Refusal | None: ...

    def close(self) -> None:
        """Let go of connections. May be called twice."""


class LocalLimiter:
    """A ``RateLimiter`` of this process alone, for one worker and for what must not fail open.

    Remembers the ``bound`` subjects that were seen last.
    """

    def __init__(self, bound: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._bound, self._clock, self._lock = bound, clock, threading.Lock()
        self._full_at: OrderedDict[tuple[str, str], int] = OrderedDict()

    def take(self, subjects: Sequence[Subject]) -> Refusal | None:
        """As promised; never fails open."""
        now = round(self._clock() * 1_000_000)
        with self._lock:
            wanted = []
            for subject in subjects:
                key = (subject.kind, subject.name)
                full_at = max(self._full_at.get(key, 0), now) + subject.limit.interval_us
                early = full_at - subject.limit.burst_us - now
                if early > 0:
                    return Refusal(subject, early / 1_000_000)
                wanted.append((key, full_at))
            for key, full_at in wanted:
                self._full_at[key] = full_at
                self._full_at.move_to_end(key)
            while len(self._full_at) > self._bound:
                self._full_at.popitem(last=False)
        return None

    def close(self) -> None:
        """Nothing is open."""
