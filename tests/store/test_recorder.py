"""Finished turns as rows, and the store's faults: turns go on, and what was acknowledged stays."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from chatbot.conversation import FinishedTurn
from chatbot.dialog.state import Step
from chatbot.errors import StoreUnavailableError
from chatbot.reply import FaqEvidence, Message, Reply
from chatbot.session.base import Memory, Option, Pending
from chatbot.session.codec import decode_memory
from chatbot.store import database as database_module
from chatbot.store import writer as writer_module
from chatbot.store.database import Database
from chatbot.store.pii import Masker
from chatbot.store.recorder import StoreSink, TurnRecorder, bad_reason, digest, turn_row
from chatbot.store.sql_store import SqlStore, open_store
from tests.store.rows import finished, turn

FAQ = FaqEvidence("问价格", 3, "多少钱", 0.9, "fuzzy_closest_faq_match", "answers/通用")


def row(turn: FinishedTurn) -> object:
    return turn_row("id", 1, turn, Masker())


def asking(kind: str = "entity") -> Memory:
    return Memory(pending=Pending(kind, (Option("甲", "甲"),), "13812345678的车多少钱"))  # type: ignore[arg-type]


def test_a_turn_is_stored_with_all_that_replay_needs_and_without_personal_data() -> None:
    told = finished("我是13812345678")
    told = replace(
        told, before=asking(), message=replace(told.message, session_id="13812345678", rows_limit=7)
    )
    stored = turn_row("id", 5, told, Masker())
    assert (stored.sent, stored.masked, stored.rows_limit) == ("我是[电话]", True, 7)
    assert "13812345678" not in repr(stored)
    before = decode_memory(stored.memory.encode(), "s")
    assert before.pending is not None and before.pending.utterance == "[电话]的车多少钱"


def test_a_turn_without_personal_data_is_stored_word_for_word() -> None:
    stored = turn_row("id", 5, finished("27.6万的多少钱"), Masker())
    assert (stored.sent, stored.masked, stored.trace_id) == ("27.6万的多少钱", False, "t")


def test_what_no_database_takes_is_taken_out() -> None:
    assert turn_row("id", 5, finished("多\0少\ud800钱"), Masker()).sent == "多少?钱"


def test_the_digest_is_of_what_is_said_and_stands_behind_it() -> None:
    reply = Reply("27.6万", "answer", "faq", "answering", 0.9, evidence=(FAQ,))
    one = digest(reply, 20)
    assert one == digest(replace(reply, kb_version="v9"), 20)
    assert one != digest(replace(reply, suggestions=("续航",)), 20)
    assert turn_row("1", 5, finished("多少钱", reply=reply), Masker()).question == "问价格"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (finished("您好"), ""),
        (finished("能飞吗", bad="unsure_1"), "unsure_1"),
        (finished("q", reply=Reply("a", "answer", "faq", "answering", 0.69, evidence=(FAQ,))), "low_margin"),
        (finished("q", reply=Reply("a", "answer", "faq", "answering", 0.7, evidence=(FAQ,))), ""),
        (finished("q", reply=Reply("a", "answer", "kg", "answering", 0.5)), ""),
    ],
)
def test_what_did_not_help_is_a_bad_case(told: FinishedTurn, reason: str) -> None:
    assert bad_reason(told) == reason


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (Memory(), asking(), ""),
        (asking(), asking(), "asked_twice"),
        (asking("attribute"), asking("entity"), ""),
        (asking(), replace(asking(), guiding=True), ""),
    ],
    ids=["asked once", "asked twice", "asked for two things", "a choice narrowed down"],
)
def test_the_same_thing_asked_back_twice_is_a_bad_case(before: Memory, after: Memory, reason: str) -> None:
    step = Step(Reply("哪一款？", "clarify", "guide", "normalization"), after)
    assert bad_reason(FinishedTurn(Message("q", "s", "t"), before, step, "v1")) == reason


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineConfig:
    monkeypatch.setattr(writer_module, "FLUSH_SECONDS", 0.01)
    monkeypatch.setattr(writer_module, "RETRY_SECONDS", (0.05,))
    monkeypatch.setattr(database_module, "BUSY_MS", 50)
    return EngineConfig(
        source=tmp_path / "c.json",
        faq_data_dir=tmp_path,
        knowledge_graph_data_dir=tmp_path,
        state_dir=tmp_path,
    )


@pytest.fixture
def recorder(config: EngineConfig) -> Iterator[TurnRecorder]:
    recorder = TurnRecorder(config)
    yield recorder
    recorder.close()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def test_turns_told_to_the_recorder_are_in_the_store_after_close(
    config: EngineConfig, recorder: TurnRecorder
) -> None:
    for number in range(20):
        recorder.finished(finished("能飞吗", f"t{number}", bad="unsure_1"))
    recorder.close()
    store = open_store(config)
    assert [found.trace_id for found in store.turns.since(0, 99)] == [f"t{number}" for number in range(20)]
    assert len(store.cases.all("open", 99)) == 20
    wanted = digest(finished("能飞吗").step.reply, 20)
    assert {found.digest for found in store.turns.since(0, 99)} == {wanted}
    store.close()


def test_a_locked_database_keeps_turns_waiting_and_loses_none(
    config: EngineConfig, recorder: TurnRecorder
) -> None:
    recorder.finished(finished("第一句", "t0"))
    assert eventually(lambda: recorder.writer.waiting == 0)
    with sqlite3.connect(config.state_dir / "store.db", isolation_level=None) as locker:
        locker.execute("BEGIN EXCLUSIVE")
        recorder.finished(finished("第二句", "t1"))
        time.sleep(0.3)
        assert recorder.writer.waiting == 1
        locker.execute("ROLLBACK")
    locker.close()
    assert eventually(lambda: recorder.writer.waiting == 0)
    store = open_store(config)
    assert [found.trace_id for found in store.turns.since(0, 9)] == ["t0", "t1"]
    store.close()


def test_a_full_database_is_unavailable_keeps_what_it_acknowledged_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    store = SqlStore(database)
    store.turns.add([turn("kept")])
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreUnavailableError, match="full"):
        store.turns.add([turn("big", sent="长" * 100_000)])
    assert [found.turn_id for found in store.turns.since(0, 9)] == ["kept"]
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    store.turns.add([turn("big", sent="长" * 100_000)])
    assert len(list(store.turns.since(0, 9))) == 2
    database.close()


def test_a_read_only_database_is_unavailable_with_the_reason(tmp_path: Path) -> None:
    writable = Database(f"sqlite:///{tmp_path / 'store.db'}")
    SqlStore(writable).turns.add([turn("kept")])
    writable.close()
    database = Database(f"sqlite:///file:{tmp_path / 'store.db'}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailableError, match="readonly"):
        SqlStore(database).turns.add([turn("new")])
    database.close()


def test_old_turns_are_purged_when_the_writer_has_nothing_else_to_do(tmp_path: Path) -> None:
    store = SqlStore(Database(f"sqlite:///{tmp_path / 'store.db'}"))
    now = time.time_ns() // 1_000_000
    store.turns.add([turn("old", at_ms=now - 8 * 86_400_000), turn("new", at_ms=now)])
    StoreSink(store, 0, tmp_path / "journal").tidy()
    assert len(list(store.turns.since(0, 9))) == 2
    StoreSink(store, 7, tmp_path / "journal").tidy()
    assert [found.turn_id for found in store.turns.since(0, 9)] == ["new"]
    store.close()
