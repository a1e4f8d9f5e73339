"""Tells the operator's system that a person is wanted: in the background, signed, tried again, never lost in silence."""

import atexit
import heapq
import itertools
import logging
import os
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Protocol

from chatbot.backends.outbox import Letter, Outbox
from chatbot.backends.webhook import Delivery
from chatbot.conversation import FinishedTurn
from chatbot.frozen import dataclass
from chatbot.json_bytes import dumps

QUEUE_LENGTH = 100
GIVE_UP_SECONDS = 120.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
TRANSCRIPT_TURNS = 20
TRANSCRIPT_SECONDS = 3.0
"""How long the turn itself may take to reach the store, which is written to about once a second."""

_IDLE_SECONDS = 60.0
_LOG = logging.getLogger("chatbot.handoff")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of a transcript; ``at_ms`` is milliseconds since 1970."""

    trace_id: str
    at_ms: int
    sent: str
    answer: str
    answer_type: str


class Webhook(Protocol):
    """Delivers one body."""

    def post(self, message_id: str, body: bytes, now: float) -> Delivery: ...


Transcript = Callable[[str], Sequence[Exchange]]
"""The turns of a session so far, oldest first; may raise, then the letter goes without them."""


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    letter: Letter
    give_up_at: float


class HandoffWebhook:
    """The ``TurnObserver`` that sends a letter for each handoff.

    A turn never waits for it: a bounded queue and one thread, started on the first handoff of the process. A letter is
    on the disk before it is sent. It is tried for ``GIVE_UP_SECONDS``, with pauses that double and are drawn from half
    to one and a half of their length; then it stays in the outbox, for ``chatbot handoff retry`` and for the next
    handoff that succeeds.
    """

    def __init__(
        self,
        webhook: Webhook,
        outbox: Outbox,
        transcript: Transcript | None,
        *,
        give_up_seconds: float = GIVE_UP_SECONDS,
    ) -> None:
        """``transcript`` is ``None`` where turns are not stored."""
        self._webhook, self._outbox, self._transcript = webhook, outbox, transcript
        self._give_up_seconds = give_up_seconds
        self._queue: queue.Queue[Letter | None] = queue.Queue(QUEUE_LENGTH)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._numbers = itertools.count()
        self._due: list[_Due] = []

    def finished(self, turn: FinishedTurn) -> None:
        """Queue a letter when the turn ended in a handoff; a full queue drops it with a warning."""
        if turn.step.reply.answer_type != "handoff":
            return
        self._start()
        try:
            self._queue.put_nowait(letter_of(turn))
        except queue.Full:
            _LOG.error("handoff %s dropped: %d are waiting", turn.message.trace_id, QUEUE_LENGTH)

    def close(self, seconds: float = 5.0) -> None:
        """Put what is queued on the disk and stop; undelivered letters stay there. May be called twice."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._queue.put(None)
        self._thread.join(seconds)
        atexit.unregister(self.close)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # a fork leaves it behind
                self._thread = threading.Thread(target=self._run, name="handoff", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        while True:
            pause = max(0.0, self._due[0].at - time.monotonic()) if self._due else _IDLE_SECONDS
            try:
                letter = self._queue.get(timeout=pause)
            except queue.Empty:
                if self._due:
                    self._deliver(heapq.heappop(self._due))
                continue
            if letter is None:
                return
            self._keep(letter)
            now = time.monotonic()
            self._push(now, letter, now + self._give_up_seconds)

    def _push(self, at: float, letter: Letter, give_up_at: float) -> None:
        heapq.heappush(self._due, _Due(at, next(self._numbers), letter, give_up_at))

    def _deliver(self, due: _Due) -> None:
        letter = due.letter
        if "transcript" not in letter.body and not self._add_transcript(due):
            self._push(time.monotonic() + FIRST_PAUSE, letter, due.give_up_at)
            return
        delivery = deliver(self._webhook, letter)
        if delivery.taken:
            self._outbox.delivered(letter)
            self._send_left_ones()
            return
        at = time.monotonic() + pause_after(letter.attempts)
        if delivery.again and at < due.give_up_at:
            self._push(at, letter, due.give_up_at)
            return
        _LOG.error(
            "handoff %s was not taken after %d attempts (%s); it stays in the outbox → chatbot handoff retry",
            letter.body["trace_id"], letter.attempts, delivery.reason,
        )  # fmt: skip
        self._keep(letter)
        self._outbox.let_go(letter)

    def _send_left_ones(self) -> None:
        """The desk takes letters again: those that were given up, by whatever process, get one more try each."""
        for letter in self._outbox.take_all():
            if deliver(self._webhook, letter).taken:
                self._outbox.delivered(letter)
            else:
                self._outbox.let_go(letter)
                return

    def _keep(self, letter: Letter) -> None:
        try:
            self._outbox.keep(letter)
        except OSError as error:
            _LOG.warning("handoff %s is not on the disk: %s", letter.body["trace_id"], error.strerror)

    def _add_transcript(self, due: _Due) -> bool:
        """Put the last turns into the letter. ``False``: this turn is not in the store yet, look again soon."""
        letter, told, failed = due.letter, list[Exchange](), self._transcript is None
        try:
            told = list(self._transcript(letter.body["session_id"])) if self._transcript else []
        except Exception as error:  # whatever the store does, a person is wanted
            _LOG.warning("handoff %s goes without transcript: %s", letter.body["trace_id"], error)
            failed = True
        complete = letter.body["trace_id"] in (exchange.trace_id for exchange in told)
        waited = time.monotonic() - (due.give_up_at - self._give_up_seconds)
        if not complete and not failed and waited < TRANSCRIPT_SECONDS:
            return False
        letter.body["transcript"] = [asdict(one) for one in told[-TRANSCRIPT_TURNS:]]
        letter.body["transcript_complete"] = complete
        self._keep(letter)
        return True


def deliver(webhook: Webhook, letter: Letter) -> Delivery:
    """One attempt; the letter keeps count and reason."""
    delivery = webhook.post(letter.letter_id, body_bytes(letter), time.time())
    letter.attempts, letter.reason = letter.attempts + 1, delivery.reason
    if not delivery.taken:
        _LOG.warning("handoff webhook failed (attempt %d): %s", letter.attempts, delivery.reason)
    return delivery


def pause_after(attempts: int, draw: Callable[[], float] = random.random) -> float:
    """Seconds to wait after this many failed attempts: doubling, bounded, ±50 % so that many do not come at once."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** max(0, attempts - 1)) * (0.5 + draw()))


def letter_of(turn: FinishedTurn) -> Letter:
    """What the desk is told: who, what, why, and what the conversation was about."""
    message, step, at_ms = turn.message, turn.step, time.time_ns() // 1_000_000
    body = {
        "type": "handoff.requested",
        "trace_id": message.trace_id,
        "session_id": message.session_id,
        "at_ms": at_ms,
        "sent": message.sent,
        "answer": step.reply.answer,
        "entities": list(step.memory.entities),
        "reason": step.bad_case.reason if step.bad_case else "handoff",
        "kb_version": turn.kb_version,
        "context": {
            "entities": list(step.memory.entities),
            "attributes": ["/".join(path) for path in step.memory.attributes],
            "question": step.memory.question,
            "state": step.reply.state,
            "failures": step.memory.failures,
            "turns": step.memory.turns,
            "degraded": turn.degraded,
        },
    }
    return Letter(f"{at_ms}-{os.urandom(6).hex()}", body)


def body_bytes(letter: Letter) -> bytes:
    """The bytes that are sent and signed."""
    return dumps({"id": letter.letter_id, **letter.body})
