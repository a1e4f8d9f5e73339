"""Finished turns → rows: masked, with all that ``replay`` needs. Runs in the writer's thread, not in the turn."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.config import EngineConfig
from chatbot.conversation import FinishedTurn
from chatbot.json_bytes import dumps
from chatbot.reply import FaqEvidence, Reply
from chatbot.reply_json import outcome_object
from chatbot.session.base import Memory
from chatbot.session.codec import encode_memory
from chatbot.store.base import Store
from chatbot.store.pii import Masker
from chatbot.store.records import BadCaseRow, TurnRow
from chatbot.store.writer import BackgroundWriter, Sink

LOW_MARGIN = 0.7
"""An FAQ answer below this probability: the next standard question may be as near as 2 × 0.7 - 1 = 0.4 behind it."""

_TIDY_SECONDS = 3600.0
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn in the queue, with its id and time."""

    turn_id: str
    at_ms: int
    turn: FinishedTurn


class TurnRecorder:
    """The ``TurnObserver`` that keeps turns in the store. ``finished`` costs a few microseconds."""

    def __init__(self, config: EngineConfig) -> None:
        self.writer: BackgroundWriter[Taken] = BackgroundWriter(
            lambda: _open_sink(config), config.store_queue_rows
        )

    def finished(self, turn: FinishedTurn) -> None:
        """Queue the turn; past the bound it is dropped and counted."""
        now = time.time_ns()  # ids sort by time, as the turns of one millisecond would not
        self.writer.put(Taken(f"{now:016x}{secrets.token_hex(8)}", now // 1_000_000, turn))

    def close(self) -> None:
        """Write what is waiting."""
        self.writer.close()


def _open_sink(config: EngineConfig) -> Sink[Taken]:
    # SQLAlchemy costs 0.3 s: imported here, in the writer's thread, after the first turn was answered
    from chatbot.store.sql_store import open_store

    return StoreSink(open_store(config), Masker(config.pii_masks), config.store_retention_days)


class StoreSink:
    """Writes queued turns into a store, and purges it once an hour of what is older than ``retention_days``."""

    def __init__(self, store: Store, masker: Masker, retention_days: int) -> None:
        self._store, self._masker, self._days = store, masker, retention_days
        self._tidy_at = time.monotonic()

    def write(self, batch: Sequence[Taken]) -> None:
        """All of ``batch`` in one transaction."""
        rows = [turn_row(taken, self._masker) for taken in batch]
        cases = [
            bad_case_row(row, taken.turn) for row, taken in zip(rows, batch, strict=True) if row.bad_reason
        ]
        self._store.turns.add(rows, cases)

    def tidy(self) -> None:
        """Purge, when it is time again."""
        if self._days and time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_SECONDS
            self._store.turns.purge(time.time_ns() // 1_000_000 - self._days * _DAY_MS)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def turn_row(taken: Taken, masker: Masker) -> TurnRow:
    """The row of a finished turn, without personal data."""
    turn, message = taken.turn, taken.turn.message
    reply = turn.step.reply
    said, answer = _clean(message.sent), _clean(reply.answer)
    sent, before = masker.mask(said), _masked(turn.before, masker)
    return TurnRow(
        turn_id=taken.turn_id,
        at_ms=taken.at_ms,
        trace_id=masker.mask_id(message.trace_id),
        session_id=masker.mask_id(message.session_id),
        sent=sent,
        masked=sent != said or before != turn.before,
        rows_limit=message.rows_limit,
        memory=encode_memory(before).decode("utf-8", "replace"),
        kb_version=turn.kb_version,
        answer=masker.mask(answer),
        answer_type=reply.answer_type,
        answer_source=reply.answer_source,
        state=reply.state,
        confidence=float(reply.confidence),
        question=_clean(question_of(reply)),
        entities="\n".join(reply.entities),
        attribute=reply.attribute or "",
        digest=digest(reply, message.rows_limit),
        bad_reason=bad_reason(turn),
        degraded=turn.degraded,
    )


def bad_case_row(row: TurnRow, turn: FinishedTurn) -> BadCaseRow:
    """The bad case of the turn that ``row`` is of."""
    nearest = turn.step.bad_case.nearest if turn.step.bad_case else (row.question,)
    return BadCaseRow(
        row.turn_id, row.at_ms, row.trace_id, row.session_id, row.sent, row.bad_reason,
        "\n".join(filter(None, nearest)), row.kb_version,
    )  # fmt: skip


def bad_reason(turn: FinishedTurn) -> str:
    """Why the turn did not help; empty when it did.

    Beside what the dialogue itself says (refused, unsure, missing, handoff): ``asked_twice``, the same thing was
    asked back a second time running, and ``low_margin``, an FAQ answer below ``LOW_MARGIN``.
    """
    step, reply = turn.step, turn.step.reply
    if step.bad_case:
        return step.bad_case.reason
    pending = step.memory.pending
    if reply.answer_type == "clarify" and pending and turn.before.pending and not step.memory.guiding:
        return "asked_twice" if pending.kind == turn.before.pending.kind else ""
    low = reply.answer_type == "answer" and reply.answer_source == "faq" and reply.confidence < LOW_MARGIN
    return "low_margin" if low else ""


def question_of(reply: Reply) -> str:
    """The standard question that was answered; empty for anything else."""
    return next((e.question for e in reply.evidence if isinstance(e, FaqEvidence)), "")


def digest(reply: Reply, rows_limit: int) -> str:
    """A hash of everything the reply says and stands on, as the contract's bytes."""
    return hashlib.sha256(dumps(outcome_object(reply, rows_limit))).hexdigest()


def _masked(memory: Memory, masker: Masker) -> Memory:
    """Only a pending question holds what was said."""
    if memory.pending is None:
        return memory
    utterance = masker.mask(memory.pending.utterance)
    return replace(memory, pending=replace(memory.pending, utterance=utterance))


def _clean(text: str) -> str:
    """What every database takes: no NUL, no lone surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
