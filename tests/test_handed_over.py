"""While a person has a conversation the bot is silent in it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chatbot.errors import StoreUnavailableError
from chatbot.handoff.handed_over import HandedOver
from chatbot.reply import Message, Reply
from chatbot.store.pii import Masker
from chatbot.store.records import InboxRow


@dataclass
class Inbox:
    """An ``InboxStore`` in a list. ``away``: it does not answer."""

    rows: list[InboxRow] = field(default_factory=list)
    away: bool = False

    def add(self, row: InboxRow) -> None:
        self._here()
        self.rows.append(row)

    def of_session(self, session_id: str) -> Sequence[InboxRow]:
        self._here()
        return [row for row in self.rows if row.session_id == session_id]

    def open_sessions(self, limit: int) -> Sequence[str]:
        self._here()
        state = {row.session_id: row.kind for row in self.rows if row.kind in ("request", "handback")}
        return [session for session, kind in state.items() if kind == "request"]

    def waiting(self, limit: int) -> Sequence[InboxRow]:
        last = {row.session_id: row for row in self.rows}
        return [last[session] for session in self.open_sessions(limit)]

    def _here(self) -> None:
        if self.away:
            raise StoreUnavailableError("away")


def bot(message: Message) -> Reply:
    kind = "handoff" if message.sent == "转人工" else "answer"
    return Reply(f"bot: {message.sent}", kind, "none", "question_intake")  # type: ignore[arg-type]


def said(text: str, session: str = "s1") -> Message:
    return Message(text, session, "t")


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def handed_over(inbox: Inbox) -> HandedOver:
    return HandedOver(lambda: inbox, Masker(("phone",)))


def test_after_a_handoff_messages_go_to_the_inbox_masked(handed_over: HandedOver, inbox: Inbox) -> None:
    turn = handed_over.watched(bot)
    assert turn(said("您好")).answer == "bot: 您好"
    assert turn(said("转人工")).answer_type == "handoff"
    silent = turn(said("我的电话 13812345678"))
    assert (silent.answer_type, silent.suggestions) == ("handoff", ("回到机器人",))
    assert eventually(lambda: len(inbox.rows) == 2)
    assert [(row.kind, row.text) for row in inbox.rows] == [
        ("request", "转人工"),
        ("customer", "我的电话 [电话]"),
    ]
    assert turn(said("您好", "s2")).answer == "bot: 您好"


def test_the_customer_can_go_back_to_the_bot(handed_over: HandedOver, inbox: Inbox) -> None:
    turn = handed_over.watched(bot)
    turn(said("转人工"))
    assert turn(said("回到机器人")).answer == "bot: 您好"
    assert turn(said("贷款")).answer == "bot: 贷款"
    assert eventually(lambda: [row.kind for row in inbox.rows] == ["request", "handback"])


def test_a_person_hands_back_and_another_worker_notices(handed_over: HandedOver, inbox: Inbox) -> None:
    turn = handed_over.watched(bot)
    turn(said("转人工"))
    assert eventually(lambda: bool(inbox.rows))
    inbox.add(InboxRow("m", 5, "s1", "agent", "在的", author="小王"))
    assert handed_over.since("s1", 4) == (True, [inbox.rows[-1]])
    assert handed_over.since("s1", 5) == (True, [])
    inbox.add(InboxRow("n", 6, "s1", "handback", ""))
    assert handed_over.since("s1", 5) == (False, [])
    deadline = time.monotonic() + 5
    while turn(said("贷款")).answer != "bot: 贷款":
        assert time.monotonic() < deadline, "the bot never came back"
        time.sleep(0.05)


def test_an_inbox_that_is_away_costs_the_inbox_and_not_the_answer(
    handed_over: HandedOver, inbox: Inbox
) -> None:
    inbox.away = True
    turn = handed_over.watched(bot)
    assert turn(said("转人工")).answer == "bot: 转人工"
    assert eventually(lambda: turn(said("贷款")).answer == "bot: 贷款")


def test_an_inbox_that_opens_slowly_holds_up_no_turn_and_gets_everything_in_order() -> None:
    inbox, open_now = Inbox(), threading.Event()

    def opened() -> Inbox:
        open_now.wait(10)
        return inbox

    turn = HandedOver(opened, Masker()).watched(bot)
    began = time.monotonic()
    assert turn(said("转人工")).answer_type == "handoff"
    assert turn(said("在吗")).answer_type == "handoff" and turn(said("急", "s2")).answer == "bot: 急"
    assert time.monotonic() - began < 1 and inbox.rows == []
    open_now.set()
    assert eventually(lambda: len(inbox.rows) == 2)
    turn(said("还在吗"))
    assert [row.text for row in inbox.rows] == ["转人工", "在吗", "还在吗"]


def test_another_worker_is_silent_from_the_next_message_on(inbox: Inbox, tmp_path: Path) -> None:
    stamp = tmp_path / "handoff.stamp"
    one, other = (HandedOver(lambda: inbox, Masker(), stamp).watched(bot) for _ in range(2))
    assert [turn(said("您好")).answer for turn in (one, other)] == ["bot: 您好"] * 2
    assert eventually(lambda: not any(thread.name == "inbox-check" for thread in threading.enumerate()))
    one(said("转人工"))
    assert other(said("还在吗")).answer_type == "handoff"
    other(said("回到机器人"))
    assert one(said("续航多少")).answer == "bot: 续航多少"
    assert [row.kind for row in inbox.rows] == ["request", "customer", "handback"]


def test_a_check_that_began_before_a_handoff_does_not_undo_it(inbox: Inbox) -> None:
    asked, answer = threading.Event(), threading.Event()

    class Slow(Inbox):
        def open_sessions(self, limit: int) -> Sequence[str]:
            found = super().open_sessions(limit)
            if limit > 1:
                asked.set()
                answer.wait(5)
            return found

    handed_over = HandedOver(lambda: Slow(inbox.rows), Masker())
    turn = handed_over.watched(bot)
    turn(said("您好"))
    assert asked.wait(5)
    turn(said("转人工"))
    answer.set()
    assert eventually(lambda: not any(thread.name == "inbox-check" for thread in threading.enumerate()))
    assert turn(said("还在吗")).answer_type == "handoff"


def test_a_state_folder_that_cannot_be_written_costs_no_handoff(inbox: Inbox, tmp_path: Path) -> None:
    turn = HandedOver(lambda: inbox, Masker(), tmp_path / "missing" / "handoff.stamp").watched(bot)
    turn(said("您好"))
    assert turn(said("转人工")).answer_type == "handoff"
    assert turn(said("还在吗")).answer_type == "handoff"
