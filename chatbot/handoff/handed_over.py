"""While a person has a conversation the bot is silent in it: what the customer says goes to the inbox."""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chatbot.errors import StoreUnavailableError
from chatbot.messages import say
from chatbot.reply import Message, Reply
from chatbot.store.base import InboxStore
from chatbot.store.pii import Masker
from chatbot.store.records import InboxKind, InboxRow

CHECK_SECONDS = 1.0
"""How long another machine, or a person at the console, may be ahead of what this process knows."""

WAIT_SECONDS = 0.2
"""How long a turn waits at the most to hear which conversation another worker has just handed over."""

MAX_OPEN = 2_000
_LOG = logging.getLogger("chatbot.handoff")
Turn = Callable[[Message], Reply]


class HandedOver:
    """Knows which sessions a person has, from memory: a turn costs one look into a set.

    ``open_inbox`` is called beside the first turn, after the fork; what is to be written before the inbox is open, and
    its tables are made, waits for that in memory: no turn does. What is stored is masked as turns are.

    The workers of one machine share ``stamp``, a file that is touched whenever a conversation changes hands: whoever
    sees it touched asks the inbox before the bot says anything.
    """

    def __init__(
        self, open_inbox: Callable[[], InboxStore], masker: Masker, stamp: Path | None = None
    ) -> None:
        self._open_inbox, self._masker, self._stamp = open_inbox, masker, stamp
        self._inbox: InboxStore | None = None
        self._early: list[InboxRow] = []
        self._opening, self._order = threading.Lock(), threading.Lock()
        self._open: frozenset[str] = frozenset()
        self._changes: dict[str, bool] = {}  # by session whether a person has it, since the last check began
        self._seen = self._touched()
        self._next_check = 0.0
        self._checking = threading.Lock()

    def watched(self, turn: Turn) -> Turn:
        """``turn``, except in the conversations a person has."""

        def watched_turn(message: Message) -> Reply:
            self._check_soon()
            if self._open and (session := self._masker.mask_id(message.session_id)) in self._open:
                return self._to_person(session, message, turn)
            reply = turn(message)
            if reply.answer_type == "handoff":
                self._request(message)
            return reply

        return watched_turn

    def since(self, session_id: str, after_ms: int) -> tuple[bool, Sequence[InboxRow]]:
        """Whether a person has the conversation, and what they have said after ``after_ms``.

        Raises:
            StoreUnavailableError: the inbox does not answer.
        """
        rows = self._opened().of_session(self._masker.mask_id(session_id))
        kinds = [row.kind for row in rows if row.kind in ("request", "handback")]
        said = [row for row in rows if row.kind == "agent" and row.at_ms > after_ms]
        return bool(kinds) and kinds[-1] == "request", said

    def _to_person(self, session: str, message: Message, turn: Turn) -> Reply:
        if message.sent.strip() == say("chip_back"):
            self._add(session, message, "handback")
            self._change(session, to_person=False)
            return turn(replace(message, sent="您好"))
        self._add(session, message, "customer")
        return Reply(
            say("with_person"),
            "handoff",
            "none",
            "question_intake",
            suggestions=(say("chip_back"),),
            why="人工接待中",
        )

    def _request(self, message: Message) -> None:
        """A lost request costs the inbox, not the answer; the webhook is told all the same."""
        session = self._masker.mask_id(message.session_id)
        try:
            self._add(session, message, "request")
        except StoreUnavailableError as error:
            _LOG.error("the inbox was not told of a handoff: %s", error.message)
            return
        self._change(session, to_person=True)

    def _change(self, session: str, *, to_person: bool) -> None:
        with self._order:
            self._changes[session] = to_person
            self._open = self._open | {session} if to_person else self._open - {session}
        if self._stamp is not None:
            try:
                self._stamp.touch()
            except OSError as error:  # other workers hear of it at their next check
                _LOG.warning("cannot touch %s: %s", self._stamp, error.strerror)

    def _touched(self) -> int:
        """When a conversation last changed hands, in nanoseconds; 0 for never."""
        try:
            return os.stat(self._stamp).st_mtime_ns if self._stamp is not None else 0
        except OSError:
            return 0

    def _add(self, session: str, message: Message, kind: InboxKind) -> None:
        now, text = time.time_ns() // 1_000_000, self._masker.mask(message.sent)
        row = InboxRow(uuid.uuid4().hex, now, session, kind, text, message.trace_id)
        with self._order:
            if self._inbox is None:
                self._early.append(row)  # the check that began with this turn opens the inbox
                return
        self._inbox.add(row)

    def _opened(self) -> InboxStore:
        """The inbox, once it has answered. For threads that may wait.

        Raises:
            StoreUnavailableError: it does not answer.
        """
        with self._opening:
            if self._inbox is None:
                inbox = self._open_inbox()
                inbox.open_sessions(1)
                self._hand_in(inbox)
                return inbox
            return self._inbox

    def _hand_in(self, inbox: InboxStore) -> None:
        """What came early, in order; the inbox is open when nothing is left."""
        while True:
            with self._order:
                if not self._early:
                    self._inbox = inbox
                    return
                row = self._early[0]
            inbox.add(row)
            with self._order:
                self._early = [one for one in self._early if one is not row]

    def _check_soon(self) -> None:
        touched = self._touched()
        news = touched != self._seen
        if (news or time.monotonic() >= self._next_check) and self._checking.acquire(blocking=False):
            self._next_check, self._seen = time.monotonic() + CHECK_SECONDS, touched
            check = threading.Thread(target=self._check, name="inbox-check", daemon=True)
            check.start()
            if news:
                check.join(WAIT_SECONDS)

    def _check(self) -> None:
        with self._order:
            self._changes.clear()
        try:
            told = dict.fromkeys(self._opened().open_sessions(MAX_OPEN), True)
            with self._order:  # what changed meanwhile may or may not be told
                told.update(self._changes)
                self._open = frozenset(session for session, to_person in told.items() if to_person)
        except StoreUnavailableError as error:
            _LOG.warning("the inbox does not answer: %s", error.message)
            self._give_up_early()
        finally:
            self._checking.release()

    def _give_up_early(self) -> None:
        """Nobody can see these requests: the bot goes on answering."""
        with self._order:
            lost, self._early = self._early, []
            self._open -= {row.session_id for row in lost}
        if lost:
            _LOG.error("the inbox was not told of %d messages", len(lost))
