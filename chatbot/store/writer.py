"""Rows written in the background: a bounded queue and one thread a process, so that no turn waits for a database."""

import atexit
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from chatbot.errors import ChatbotError, StoreRefusedError
from chatbot.service import Tally
from chatbot.store.journal import Journal

BATCH = 500
FLUSH_SECONDS = 1.0
RETRY_SECONDS = (1.0, 2.0, 5.0)
DRAIN_SECONDS = 8.0
_SAY_AGAIN_SECONDS = 10.0
_LOG = logging.getLogger("chatbot.store")
T = TypeVar("T", contravariant=True)
Item = TypeVar("Item")


class Sink(Protocol[T]):
    """Where a batch goes. ``write`` returns when it is on the disk; else it raises as the stores do."""

    def write(self, batch: Sequence[T]) -> None: ...

    def tidy(self) -> None:
        """Called about once a second."""

    def close(self) -> None: ...


class NoTally:
    """Counts nothing."""

    def rows_written(self, count: int) -> None:
        return

    def rows_dropped(self, count: int) -> None:
        return


class BackgroundWriter(Generic[Item]):
    """Takes rows at any time and writes them when it can.

    ``put`` waits for no database: past ``bound`` rows the new one is dropped, counted and, at most every ten seconds,
    logged. A batch that could not be written stays at the head of the queue and is tried again. The thread starts with
    the first row, so after the fork; the sink is opened in it. With a ``journal`` folder a row's line is on a file
    there when ``put`` returns, until the row is in the sink.
    """

    def __init__(self, open_sink: Callable[[], Sink[Item]], bound: int, journal: Path | None = None) -> None:
        self._open_sink, self._bound, self._journal_folder = open_sink, bound, journal
        self.tally: Tally = NoTally()
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._pid = os.getpid()
        self._rows: deque[Item] = deque()
        self._journal = Journal(self._journal_folder) if self._journal_folder else None
        self._rolled = 0
        self._lock, self._starting, self._order = threading.Lock(), threading.Lock(), threading.Lock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._dropped, self._said_at = 0, -_SAY_AGAIN_SECONDS
        self._drain_until = float("inf")

    def put(self, row: Item, line: bytes = b"") -> bool:
        """Whether ``row`` was taken. ``line`` is what the journal keeps of it."""
        if self._pid != os.getpid():
            self._start_afresh()
        if self._thread is None:
            self._start()
        if len(self._rows) >= self._bound or self._closing.is_set():
            self._drop(1)
            return False
        with self._order:  # a row is in the file that is current when it joins the queue
            if self._journal is not None:
                self._journal.write(line)
            self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._wake.set()
        return True

    @property
    def waiting(self) -> int:
        """Rows not yet on the disk."""
        return len(self._rows)

    def close(self, seconds: float = DRAIN_SECONDS) -> None:
        """Write what is waiting, for at most ``seconds``.

        What is left then stays in the journal for the next start; without one it is dropped, counted and logged.
        """
        if self._pid != os.getpid() or self._thread is None:
            return
        self._drain_until = time.monotonic() + seconds
        self._closing.set()
        self._wake.set()
        self._thread.join(seconds + 1)
        atexit.unregister(self.close)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                atexit.register(self.close)
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        sink: Sink[Item] | None = None
        failures = 0
        while not (self._closing.is_set() and (not self._rows or time.monotonic() >= self._drain_until)):
            if not self._closing.is_set() and len(self._rows) < BATCH:
                self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            try:
                sink = sink or self._open_sink()
                self._flush(sink)
                failures = 0
            except Exception as error:  # whatever it is, turns go on and rows stay
                self._say(f"{len(self._rows)} rows wait: {_reason(error)}")
                pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                failures += 1
                self._closing.wait(pause) if not self._closing.is_set() else time.sleep(0.2)
        self._end(sink)

    def _end(self, sink: Sink[Item] | None) -> None:
        with self._order:
            if self._journal is not None:
                self._journal.close(keep=bool(self._rows))
            if self._rows and self._journal is not None and not self._journal.missed:
                _LOG.warning("store: %d rows wait in the journal for the next start", len(self._rows))
            elif self._rows:
                self._drop(len(self._rows))
        if sink is not None:
            sink.close()

    def _flush(self, sink: Sink[Item]) -> None:
        while self._rows:
            self._roll()
            while self._rolled > 0:
                self._write(sink, [self._rows[place] for place in range(min(BATCH, self._rolled))])
        sink.tidy()

    def _roll(self) -> None:
        """The rows that wait now are next; those that come meanwhile go to the other file."""
        if self._rolled <= 0:
            with self._order:
                self._rolled = len(self._rows)
                if self._journal is not None:
                    self._journal.roll()

    def _write(self, sink: Sink[Item], batch: Sequence[Item]) -> None:
        try:
            sink.write(batch)
        except StoreRefusedError:
            self._one_by_one(sink, batch)
            return
        self._forget(len(batch))
        self.tally.rows_written(len(batch))

    def _one_by_one(self, sink: Sink[Item], batch: Sequence[Item]) -> None:
        for row in batch:
            try:
                sink.write([row])
                self.tally.rows_written(1)
            except StoreRefusedError as error:
                _LOG.error("a row was refused for good: %s", error.message)
                self.tally.rows_dropped(1)
            self._forget(1)

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self._rows.popleft()
        self._rolled -= count
        if self._rolled <= 0 and self._journal is not None:
            self._journal.forget()

    def _drop(self, count: int) -> None:
        with self._lock:
            self._dropped += count
            self.tally.rows_dropped(count)
        self._say(f"{self._dropped} rows dropped so far: {self._bound} are waiting")

    def _say(self, what: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= _SAY_AGAIN_SECONDS or self._closing.is_set():
            self._said_at = now
            _LOG.warning("store: %s", what)


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, ChatbotError) else f"{type(error).__name__}: {error}"
