"""The operator's desk over a real database: feedback, and what does not exist."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import EngineConfig
from chatbot.errors import NotThereError
from chatbot.learning.desk import RELOAD_FILE, Desk
from chatbot.store.database import Database
from chatbot.store.records import TurnRow
from chatbot.store.sql_store import SqlStore

TURN = TurnRow(
    "turn-1", 1_000, "trace-1", "s1", "火星天气", False, 20, "{}", "v", "不会", "fallback", "none", "exception",
    0.0, "", "", "", "d",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore(Database(f"sqlite:///{tmp_path / 'store.db'}"))
    opened.turns.add([TURN])
    yield opened
    opened.close()


@pytest.fixture
def desk(store: SqlStore, tmp_path: Path) -> Desk:
    config = EngineConfig(
        source=tmp_path / "e.json",
        faq_data_dir=tmp_path,
        knowledge_graph_data_dir=tmp_path,
        state_dir=tmp_path / "state",
    )
    unused: Any = None
    return Desk(config, store, unused, unused)


def test_a_thumb_is_kept_once_for_a_known_answer_and_makes_a_bad_case(desk: Desk, store: SqlStore) -> None:
    assert desk.give("trace-1", "down", "打我电话 13800138000")
    assert desk.give("trace-1", "up", "又好了")
    (kept,) = store.feedback.since(0, 10)
    assert (kept.vote, kept.session_id, kept.trace_id) == ("down", "s1", "trace-1")
    assert "13800138000" not in kept.comment
    (case,) = store.cases.all("open", 10)
    assert (case.sent, case.reason) == ("火星天气", "thumbs_down")


def test_a_thumb_for_no_known_answer_is_not_kept(desk: Desk, store: SqlStore) -> None:
    assert not desk.give("trace-2", "up", "")
    assert list(store.feedback.since(0, 10)) == []


def test_a_proposal_that_does_not_exist_is_said_so(desk: Desk) -> None:
    with pytest.raises(NotThereError, match="nope"):
        desk.proposal("nope")


def test_a_reload_without_a_master_changes_the_file_that_is_watched_and_is_in_the_audit_log(
    desk: Desk, store: SqlStore, tmp_path: Path
) -> None:
    file = tmp_path / "state" / RELOAD_FILE
    desk.reload("admin")
    first = file.read_text()
    desk.reload("admin")
    assert file.read_text() != first
    assert [(one.actor, one.action) for one in store.audit.entries()] == [("admin", "reload")] * 2
