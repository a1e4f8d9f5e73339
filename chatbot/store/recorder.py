"""Finished turns → rows: masked, with all that ``replay`` needs, in the journal before the reply goes out."""

import contextlib
import hashlib
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import orjson

from chatbot.config import EngineConfig
from chatbot.conversation import FinishedTurn
from chatbot.errors import StoreRefusedError, StoreUnavailableError
from chatbot.frozen import dataclass
from chatbot.json_bytes import dumps, loads
from chatbot.reply import FaqEvidence, Reply
from chatbot.reply_json import outcome_object
from chatbot.session.base import Memory
from chatbot.session.codec import encode_memory
from chatbot.store.base import Store
from chatbot.store.journal import FOLDER as JOURNAL
from chatbot.store.journal import leftovers
from chatbot.store.pii import Masker
from chatbot.store.records import BadCaseRow, TurnRow
from chatbot.store.writer import BATCH, BackgroundWriter, Sink

LOW_MARGIN = 0.7
"""An FAQ answer below this probability: the next standard question may be as near as 2 × 0.7 - 1 = 0.4 behind it."""

_PURGE_SECONDS, _RECOVER_SECONDS = 3600.0, 2.0
_DAY_MS = 86_400_000
_LOG = logging.getLogger("chatbot.store")


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one turn, as they wait in the queue."""

    turn: TurnRow
    case: BadCaseRow | None = None


class TurnRecorder:
    """The ``TurnObserver`` that keeps turns in the store.

    ``finished`` makes the row and appends it to the journal, 35 µs; SQL is the writer's thread's.
    """

    def __init__(self, config: EngineConfig) -> None:
        self._masker = Masker(config.pii_masks)
        self.writer: BackgroundWriter[Kept] = BackgroundWriter(
            lambda: _open_sink(config), config.store_queue_rows, config.state_dir / JOURNAL
        )

    def finished(self, turn: FinishedTurn) -> None:
        """Queue the turn; past the bound it is dropped and counted."""
        try:
            kept = kept_of(turn, self._masker)
            self.writer.put(kept, line_of(kept))
        except Exception:  # whatever cannot be stored, the turn was answered
            _LOG.exception("a turn was not stored")
            self.writer.tally.rows_dropped(1)

    def close(self) -> None:
        """Write what is waiting."""
        self.writer.close()


def kept_of(turn: FinishedTurn, masker: Masker) -> Kept:
    """The rows of a turn that has just finished."""
    now = time.time_ns()  # ids sort by time, as the turns of one millisecond would not
    row = turn_row(f"{now:016x}{secrets.token_hex(8)}", now // 1_000_000, turn, masker)
    return Kept(row, bad_case_row(row, turn) if row.bad_reason else None)


def line_of(kept: Kept) -> bytes:
    """The rows as the journal has them."""
    try:
        return orjson.dumps((kept.turn, kept.case))
    except TypeError:  # a lone surrogate out of an operator's file
        return dumps((asdict(kept.turn), kept.case and asdict(kept.case)))


def read_line(line: bytes) -> Kept | None:
    """The rows in a line of the journal; ``None`` for one that was cut off, or that another version wrote."""
    try:
        turn, case = loads(line)
        return Kept(TurnRow(**turn), BadCaseRow(**case) if case else None)
    except (ValueError, TypeError, RecursionError):
        return None


def _open_sink(config: EngineConfig) -> Sink[Kept]:
    # SQLAlchemy costs 0.3 s: imported here, in the writer's thread, after the first turn was answered
    from chatbot.store.sql_store import open_store

    return StoreSink(open_store(config), config.store_retention_days, config.state_dir / JOURNAL)


class StoreSink:
    """Writes queued turns into a store; sees to what killed processes left in the journal, and to what is too old."""

    def __init__(self, store: Store, retention_days: int, journal: Path) -> None:
        self._store, self._days, self._journal = store, retention_days, journal
        self._purge_at = self._recover_at = time.monotonic()

    def write(self, batch: Sequence[Kept]) -> None:
        """All of ``batch`` in one transaction."""
        self._store.turns.add([one.turn for one in batch], [one.case for one in batch if one.case])

    def tidy(self) -> None:
        """Recover and purge, when it is time again."""
        now = time.monotonic()
        if now >= self._recover_at:
            self._recover()
            self._recover_at = now + _RECOVER_SECONDS
        if self._days and now >= self._purge_at:
            self._purge_at = now + _PURGE_SECONDS
            self._store.turns.purge(time.time_ns() // 1_000_000 - self._days * _DAY_MS)

    def close(self) -> None:
        """Look for leftovers a last time, and close the store."""
        with contextlib.suppress(StoreUnavailableError):
            self._recover()
        self._store.close()

    def _recover(self) -> None:
        for lines in leftovers(self._journal):
            found = [kept for kept in map(read_line, lines) if kept is not None]
            for start in range(0, len(found), BATCH):
                self._add_again(found[start : start + BATCH])
            if lines:
                _LOG.warning("%d of %d rows that a killed process left were written", len(found), len(lines))

    def _add_again(self, batch: Sequence[Kept]) -> None:
        try:
            self.write(batch)
        except StoreRefusedError as error:
            if len(batch) > 1:
                for one in batch:
                    self._add_again([one])
            else:
                _LOG.error("a row was refused for good: %s", error.message)


def turn_row(turn_id: str, at_ms: int, turn: FinishedTurn, masker: Masker) -> TurnRow:
    """The row of a finished turn, without personal data."""
    message, reply = turn.message, turn.step.reply
    said = _clean(message.sent)
    sent, before = masker.mask(said), _masked(turn.before, masker)
    unchanged = before is turn.before and turn.payload
    return TurnRow(
        turn_id=turn_id,
        at_ms=at_ms,
        trace_id=masker.mask_id(message.trace_id),
        session_id=masker.mask_id(message.session_id),
        sent=sent,
        masked=sent is not said or before is not turn.before,
        rows_limit=message.rows_limit,
        memory=(turn.payload if unchanged else encode_memory(before)).decode("utf-8", "replace"),
        kb_version=turn.kb_version,
        answer=masker.mask_known(_clean(reply.answer)),
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
    """The standard question that was answered, or understood and asked of which entity; else empty."""
    return next((e.question for e in reply.evidence if isinstance(e, FaqEvidence)), "")


def digest(reply: Reply, rows_limit: int) -> str:
    """A hash of everything the reply says and stands on, as the contract's bytes."""
    return hashlib.sha256(dumps(outcome_object(reply, rows_limit))).hexdigest()


def _masked(memory: Memory, masker: Masker) -> Memory:
    """``memory`` itself when there is nothing to mask: only a pending question holds what was said."""
    if memory.pending is None:
        return memory
    utterance = masker.mask(memory.pending.utterance)
    if utterance == memory.pending.utterance:
        return memory
    return replace(memory, pending=replace(memory.pending, utterance=utterance))


def _clean(text: str) -> str:
    """What every database takes: no NUL, no lone surrogate. The very same object when there is none."""
    if text.isascii() and "\0" not in text:
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "")
