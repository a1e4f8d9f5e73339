"""Conversations handed to a person, out of the store."""

import time
import uuid
from collections.abc import Sequence

from chatbot.errors import NotThereError
from chatbot.store.base import Store
from chatbot.store.records import InboxKind, InboxRow
from chatbot.web.admin.values import InboxMessage, InboxThread

_THREADS = 200
_NOTES = {"request": "顾客请求人工", "handback": "交回给机器人"}


class StoreInbox:
    """An ``Inbox`` over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def threads(self) -> Sequence[InboxThread]:
        """As promised; one whose last word was a person's waits for nothing."""
        return [
            InboxThread(row.session_id, row.at_ms, row.text, row.kind != "agent")
            for row in self._store.inbox.waiting(_THREADS)
        ]

    def messages(self, session_id: str) -> Sequence[InboxMessage]:
        """As promised: what the bot said before, then what people said."""
        rows = self._store.inbox.of_session(session_id)
        if not rows:
            raise NotThereError("没有这段对话 → 回到收件箱")
        said = [
            (turn.at_ms, who)
            for turn in self._store.turns.of_session(session_id)
            for who in (
                InboxMessage("customer", turn.sent, turn.at_ms),
                InboxMessage("bot", turn.answer, turn.at_ms),
            )
        ]
        return [
            message
            for _, message in sorted([*said, *((row.at_ms, _message(row)) for row in rows)], key=_time)
        ]

    def say(self, session_id: str, text: str, actor: str) -> None:
        """As promised."""
        self._add(session_id, "agent", text, actor)

    def hand_back(self, session_id: str, actor: str) -> None:
        """As promised."""
        self._add(session_id, "handback", "", actor)
        self._store.audit.append(actor, "hand_back", session_id)

    def _add(self, session_id: str, kind: InboxKind, text: str, actor: str) -> None:
        if not self._store.inbox.of_session(session_id):
            raise NotThereError("没有这段对话 → 回到收件箱")
        now = time.time_ns() // 1_000_000
        self._store.inbox.add(InboxRow(uuid.uuid4().hex, now, session_id, kind, text, author=actor))


def _time(pair: tuple[int, InboxMessage]) -> int:
    return pair[0]


def _message(row: InboxRow) -> InboxMessage:
    if row.kind == "agent":
        return InboxMessage("agent", row.text, row.at_ms, row.author)
    if row.kind == "customer":
        return InboxMessage("customer", row.text, row.at_ms)
    return InboxMessage("note", _NOTES[row.kind], row.at_ms)
