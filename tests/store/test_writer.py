"""The background writer: nothing waits for it, and nothing acknowledged is lost."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from chatbot.errors import StoreRefusedError, StoreUnavailableError
from chatbot.store import writer as module
from chatbot.store.writer import BackgroundWriter


class ListSink:
    """Keeps what it is given; ``fault`` may raise first."""

    def __init__(self, fault: Callable[[Sequence[int]], None] = lambda batch: None) -> None:
        self.rows: list[int] = []
        self.fault, self.closed = fault, False

    def write(self, batch: Sequence[int]) -> None:
        self.fault(batch)
        self.rows += batch

    def tidy(self) -> None:
        return

    def close(self) -> None:
        self.closed = True


class Counts:
    def __init__(self) -> None:
        self.written = self.dropped = 0

    def rows_written(self, count: int) -> None:
        self.written += count

    def rows_dropped(self, count: int) -> None:
        self.dropped += count


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.01)
    monkeypatch.setattr(module, "RETRY_SECONDS", (0.01,))


@pytest.fixture
def started() -> Iterator[Callable[..., BackgroundWriter[int]]]:
    writers: list[BackgroundWriter[int]] = []

    def start(sink: ListSink, bound: int = 1000) -> BackgroundWriter[int]:
        writers.append(BackgroundWriter(lambda: sink, bound))
        writers[-1].tally = Counts()
        return writers[-1]

    yield start
    for writer in writers:
        writer.close(0.1)


Start = Callable[..., BackgroundWriter[int]]


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()


def test_rows_arrive_in_order_and_close_drains(started: Start) -> None:
    sink = ListSink()
    writer = started(sink)
    for number in range(900):
        assert writer.put(number)
    writer.close()
    assert sink.rows == list(range(900)) and sink.closed
    assert isinstance(writer.tally, Counts) and writer.tally.written == 900


def test_while_the_database_is_away_rows_wait_and_are_written_when_it_is_back(
    started: Start, caplog: pytest.LogCaptureFixture
) -> None:
    away = threading.Event()
    away.set()

    def fault(batch: Sequence[int]) -> None:
        if away.is_set():
            raise StoreUnavailableError("database is locked")

    sink = ListSink(fault)
    writer = started(sink)
    for number in range(20):
        writer.put(number)
    assert eventually(lambda: "20 rows wait: database is locked" in caplog.text)
    away.clear()
    assert eventually(lambda: sink.rows == list(range(20)))


def test_past_the_bound_new_rows_are_dropped_counted_and_said_while_put_does_not_wait(
    started: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(batch: Sequence[int]) -> None:
        raise StoreUnavailableError("disk full")

    writer = started(ListSink(fault), bound=5)
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        taken = [writer.put(number) for number in range(8)]
    assert time.monotonic() - began < 1
    assert taken == [True] * 5 + [False] * 3
    assert isinstance(writer.tally, Counts) and writer.tally.dropped == 3
    assert "rows dropped so far" in caplog.text
    writer.close(0.05)
    assert writer.tally.dropped == 8


def test_one_row_that_is_refused_does_not_hold_up_the_others(started: Start) -> None:
    def fault(batch: Sequence[int]) -> None:
        if 3 in batch:
            raise StoreRefusedError("no")

    sink = ListSink(fault)
    writer = started(sink)
    for number in range(6):
        writer.put(number)
    writer.close()
    assert sink.rows == [0, 1, 2, 4, 5]
    assert isinstance(writer.tally, Counts) and (writer.tally.written, writer.tally.dropped) == (5, 1)


def test_a_sink_that_cannot_be_opened_is_tried_again() -> None:
    sink, tries = ListSink(), []

    def open_sink() -> ListSink:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("no such folder")
        return sink

    writer: BackgroundWriter[int] = BackgroundWriter(open_sink, 10)
    writer.put(1)
    assert eventually(lambda: sink.rows == [1])
    writer.close()


def test_a_fork_writes_its_own_rows_and_not_those_of_its_parent(started: Start, tmp_path: object) -> None:
    holding = threading.Event()
    sink = ListSink(lambda batch: holding.wait(5) and None)  # type: ignore[func-returns-value]
    writer = started(sink)
    writer.put(1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        holding.set()
        writer.put(2)
        writer.close()
        os.write(writing, repr(sink.rows).encode())
        os._exit(0)
    os.waitpid(child, 0)
    holding.set()
    writer.close()
    assert os.read(reading, 100) == b"[2]" and sink.rows == [1]
    os.close(reading)
    os.close(writing)
