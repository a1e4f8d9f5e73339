"""The journal: what was taken outlives the process that took it."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from chatbot.store import recorder as recorder_module
from chatbot.store import writer as writer_module
from chatbot.store.journal import Journal, leftovers
from chatbot.store.pii import Masker
from chatbot.store.recorder import TurnRecorder, kept_of, line_of, read_line
from chatbot.store.sql_store import open_store
from chatbot.store.writer import BackgroundWriter
from tests.store.rows import finished


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineConfig:
    monkeypatch.setattr(writer_module, "FLUSH_SECONDS", 0.05)
    monkeypatch.setattr(writer_module, "RETRY_SECONDS", (0.05,))
    monkeypatch.setattr(recorder_module, "_RECOVER_SECONDS", 0.05)
    return EngineConfig(
        source=tmp_path / "c.json",
        faq_data_dir=tmp_path,
        knowledge_graph_data_dir=tmp_path,
        state_dir=tmp_path,
    )


def stored(config: EngineConfig) -> list[str]:
    store = open_store(config)
    try:
        return [row.trace_id for row in store.turns.since(0, 9999)]
    finally:
        store.close()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def in_a_killed_child(work: Callable[[], None]) -> None:
    """``work`` in a fork that is killed as soon as it has returned."""
    child = os.fork()
    if child == 0:
        work()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def lines(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def test_turns_of_a_killed_process_are_stored_by_another(
    config: EngineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "FLUSH_SECONDS", 60.0)

    def talk() -> None:
        recorder = TurnRecorder(config)
        for number in range(30):
            recorder.finished(finished("能飞吗", f"lost{number}", bad="unsure_1"))

    in_a_killed_child(talk)
    monkeypatch.setattr(writer_module, "FLUSH_SECONDS", 0.05)
    recorder = TurnRecorder(config)
    recorder.finished(finished("您好", "later"))
    assert eventually(lambda: len(stored(config)) == 31)
    store = open_store(config)
    assert len(store.cases.all("open", 99)) == 30
    store.close()
    recorder.close()
    assert lines(config.state_dir / "journal") == []


def test_the_living_keep_their_files_and_a_row_is_stored_once(config: EngineConfig) -> None:
    one, two = TurnRecorder(config), TurnRecorder(config)
    for number in range(10):
        one.finished(finished("您好", f"a{number}"))
        two.finished(finished("您好", f"b{number}"))
        time.sleep(0.02)
    one.close()
    two.close()
    assert sorted(stored(config)) == sorted(f"{who}{number}" for who in "ab" for number in range(10))


def test_what_is_stored_is_taken_out_of_the_journal(config: EngineConfig) -> None:
    recorder = TurnRecorder(config)
    for number in range(50):
        recorder.finished(finished("您好", f"t{number}"))
    assert len(lines(config.state_dir / "journal")) == 50
    assert eventually(lambda: recorder.writer.waiting == 0)
    assert eventually(lambda: lines(config.state_dir / "journal") == [])
    recorder.close()
    assert list((config.state_dir / "journal").iterdir()) == []


def test_what_a_locked_database_did_not_take_before_the_stop_is_stored_at_the_next_start(
    config: EngineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.store.database.BUSY_MS", 20)
    recorder = TurnRecorder(config)
    recorder.finished(finished("您好", "t0"))
    assert eventually(lambda: recorder.writer.waiting == 0)
    locker = sqlite3.connect(config.state_dir / "store.db", isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    recorder.finished(finished("您好", "t1"))
    recorder.writer.close(0.3)
    locker.execute("ROLLBACK")
    locker.close()
    again = TurnRecorder(config)
    again.finished(finished("您好", "t2"))
    again.close()
    assert sorted(stored(config)) == ["t0", "t1", "t2"]


def test_no_personal_data_is_in_the_journal(config: EngineConfig) -> None:
    recorder = TurnRecorder(config)
    recorder.finished(finished("我是13812345678"))
    assert "[电话]" in b"".join(lines(config.state_dir / "journal")).decode()
    assert b"13812345678" not in b"".join(lines(config.state_dir / "journal"))
    recorder.close()


def test_a_line_gives_back_its_rows_and_a_torn_one_gives_none() -> None:
    kept = kept_of(finished("能飞吗", bad="unsure_1"), Masker())
    line = line_of(kept)
    assert read_line(line) == kept
    assert read_line(line[:-3]) is None
    assert read_line(b'{"turn": {"of": "another version"}, "case": null}') is None


def test_a_line_after_one_that_was_written_in_part_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, write = Journal(tmp_path), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    journal.write(b'{"cut":"off"}')
    monkeypatch.setattr(os, "write", write)
    journal.write(b'{"whole":1}')
    journal.close(keep=True)
    assert next(iter(leftovers(tmp_path)))[-1] == b'{"whole":1}'
    assert journal.missed == 1


def test_a_disk_that_takes_no_journal_costs_no_turn(
    config: EngineConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (config.state_dir / "journal").write_text("in the way")
    recorder = TurnRecorder(config)
    recorder.finished(finished("您好", "t0"))
    recorder.close()
    assert stored(config) == ["t0"]
    assert "rows are in memory alone" in caplog.text


def test_a_reader_that_fails_leaves_the_files_for_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(b"{}")
    journal.close(keep=True)
    for _ in leftovers(tmp_path):
        break
    assert [found for found in leftovers(tmp_path) if found] == [[b"{}"]]
    assert list(leftovers(tmp_path)) == []


def test_without_a_journal_rows_are_kept_in_memory_as_before() -> None:
    taken: list[int] = []

    class Sink:
        def write(self, batch: object) -> None:
            taken.extend(batch)  # type: ignore[call-overload]

        def tidy(self) -> None:
            return

        def close(self) -> None:
            return

    writer: BackgroundWriter[int] = BackgroundWriter(Sink, 10)
    writer.put(1)
    writer.close()
    assert taken == [1]
