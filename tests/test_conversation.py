"""One turn: lock, load, step, save; and what happens when the session store does not play along."""

import json
from pathlib import Path

import pytest

from chatbot.app import build_machine
from chatbot.bad_cases import BadCaseLog
from chatbot.conversation import Conversation, FinishedTurn, TurnObserver
from chatbot.dialog.hearing import DialogSettings
from chatbot.errors import SessionBusyError, SessionStoreUnavailableError
from chatbot.reply import Message
from chatbot.session.base import Lease, Memory
from tests.dialog.world import A_LONG, knowledge


class Store:
    """A session store in a dictionary, whose steps can be made to fail."""

    def __init__(self) -> None:
        self.kept: dict[str, Memory] = {}
        self.locked: set[str] = set()
        self.acquire_error: Exception | None = None
        self.commit_error: Exception | None = None

    def acquire(self, session_id: str) -> Lease:
        if self.acquire_error:
            raise self.acquire_error
        self.locked.add(session_id)
        return Lease(session_id, "token", self.kept.get(session_id, Memory()))

    def commit(self, lease: Lease, memory: Memory) -> None:
        if self.commit_error:
            raise self.commit_error
        self.kept[lease.session_id] = memory
        self.locked.discard(lease.session_id)

    def release(self, lease: Lease) -> None:
        self.locked.discard(lease.session_id)

    def ping(self) -> None:
        pass


class Seen:
    """An observer that writes down what it was told."""

    def __init__(self) -> None:
        self.turns: list[FinishedTurn] = []

    def finished(self, turn: FinishedTurn) -> None:
        self.turns.append(turn)


def conversation(store: Store, *observers: TurnObserver) -> Conversation:
    known = knowledge()
    return Conversation(build_machine(), store, lambda: known, DialogSettings(), observers)


def test_a_question_goes_on_in_the_next_turn_of_the_same_session_only() -> None:
    talk = conversation(Store())
    talk.turn(Message("A型号有几个排气管", "one", "t1"))
    assert talk.turn(Message("第二个", "two", "t2")).entities == ()
    assert talk.turn(Message("第二个", "one", "t3")).entities == (A_LONG,)


def test_without_a_store_the_message_alone_is_answered_and_marked() -> None:
    store = Store()
    store.acquire_error = SessionStoreUnavailableError("gone")
    reply = conversation(store).turn(Message("标准续航升级版的报价", "one", "t"))
    assert (reply.degraded, reply.answer_type) == (True, "answer")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(SessionStoreUnavailableError("gone"), id="store gone meanwhile"),
        pytest.param(SessionBusyError("lock expired"), id="lock expired meanwhile"),
    ],
)
def test_a_turn_that_cannot_be_saved_is_answered_and_marked(error: Exception) -> None:
    store = Store()
    store.commit_error = error
    assert conversation(store).turn(Message("标准续航升级版的报价", "one", "t")).degraded


def test_a_busy_session_is_an_error_for_the_caller() -> None:
    store = Store()
    store.acquire_error = SessionBusyError("held")
    with pytest.raises(SessionBusyError):
        conversation(store).turn(Message("您好", "one", "t"))


def test_a_turn_that_breaks_unlocks_the_session() -> None:
    store = Store()

    def broken() -> object:
        raise LookupError("no knowledge")

    talk = Conversation(build_machine(), store, broken, DialogSettings())  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        talk.turn(Message("您好", "one", "t"))
    assert store.locked == set()


def test_observers_are_told_of_each_turn_with_its_version() -> None:
    seen = Seen()
    conversation(Store(), seen).turn(Message("您好", "one", "t"))
    assert [(turn.message.trace_id, turn.kb_version) for turn in seen.turns] == [("t", "v1")]


def test_bad_cases_are_written_with_their_trace_and_good_ones_are_not(tmp_path: Path) -> None:
    file = tmp_path / "state" / "bad.jsonl"
    talk = conversation(Store(), BadCaseLog(file))
    talk.turn(Message("您好", "one", "t1"))
    talk.turn(Message("这车能飞吗", "one", "t2"))
    talk.turn(Message("会不会游泳\ud800", "one", "t3"))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(row["trace_id"], row["reason"]) for row in rows] == [("t2", "unsure_1"), ("t3", "unsure_2")]


def test_a_bad_case_log_that_cannot_be_written_is_logged_and_the_turn_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    talk = conversation(Store(), BadCaseLog(tmp_path / "file" / "bad.jsonl"))
    assert talk.turn(Message("这车能飞吗", "one", "t")).answer_type == "recommend"
    assert "bad case not written" in caplog.text
