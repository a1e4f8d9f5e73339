"""Turns, bad cases and feedback in SQL."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update

from chatbot.store.base import TurnCounts
from chatbot.store.database import Database
from chatbot.store.records import BadCaseRow, CaseStatus, FeedbackRow, TurnRow
from chatbot.store.schema import BAD_CASES, FEEDBACK, INBOX, TURNS

TOP = 20
THUMBS_DOWN = "thumbs_down"
_CHUNK = 500
R = TypeVar("R")


def rows_of(kind: type[R], found: Any) -> list[R]:
    """Database rows as values; their columns have the fields' names."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # every kind is a dataclass
    return [kind(**{name: row[name] for name in names}) for row in found.mappings()]


class SqlTurnStore:
    """``TurnStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, turns: Sequence[TurnRow], cases: Sequence[BadCaseRow] = ()) -> None:
        with self._database.writing() as connection:
            if turns:
                self._database.add(connection, TURNS, turns)
            if cases:
                self._database.add(connection, BAD_CASES, cases)

    def since(self, at_ms: int, limit: int) -> Iterator[TurnRow]:
        latest = (
            select(TURNS).where(TURNS.c.at_ms >= at_ms).order_by(TURNS.c.at_ms.desc(), TURNS.c.turn_id.desc())
        )
        with self._database.reading() as connection:
            found = rows_of(TurnRow, connection.execute(latest.limit(limit)))
        return reversed(found)

    def by_trace(self, trace_id: str) -> TurnRow | None:
        query = select(TURNS).where(TURNS.c.trace_id == trace_id).order_by(TURNS.c.at_ms.desc()).limit(1)
        with self._database.reading() as connection:
            return next(iter(rows_of(TurnRow, connection.execute(query))), None)

    def of_session(self, session_id: str) -> Sequence[TurnRow]:
        query = select(TURNS).where(TURNS.c.session_id == session_id).order_by(TURNS.c.at_ms, TURNS.c.turn_id)
        with self._database.reading() as connection:
            return rows_of(TurnRow, connection.execute(query))

    def counts(self, since_ms: int) -> TurnCounts:
        wanted = TURNS.c.at_ms >= since_ms
        sizes = select(func.count(), func.count(TURNS.c.session_id.distinct())).where(wanted)
        types = select(TURNS.c.answer_type, func.count()).where(wanted).group_by(TURNS.c.answer_type)
        top = (
            select(TURNS.c.question, func.count())
            .where(wanted, TURNS.c.question != "")
            .group_by(TURNS.c.question)
            .order_by(func.count().desc(), TURNS.c.question)
            .limit(TOP)
        )
        with self._database.reading() as connection:
            total, sessions = connection.execute(sizes).one()
            by_type = tuple(sorted((str(name), int(count)) for name, count in connection.execute(types)))
            questions = tuple((str(name), int(count)) for name, count in connection.execute(top))
        return TurnCounts(int(total), int(sessions), by_type, questions)

    def purge(self, before_ms: int) -> int:
        with self._database.writing() as connection:
            return sum(
                connection.execute(delete(table).where(table.c.at_ms < before_ms)).rowcount
                for table in (TURNS, BAD_CASES, FEEDBACK, INBOX)
            )


class SqlBadCaseStore:
    """``BadCaseStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, case: BadCaseRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(BAD_CASES), asdict(case))

    def all(self, status: CaseStatus, limit: int) -> Sequence[BadCaseRow]:
        latest = select(BAD_CASES).where(BAD_CASES.c.status == status).order_by(BAD_CASES.c.at_ms.desc())
        with self._database.reading() as connection:
            return rows_of(BadCaseRow, connection.execute(latest.limit(limit)))[::-1]

    def mark(self, case_ids: Sequence[str], status: CaseStatus, note: str = "") -> None:
        with self._database.writing() as connection:
            for start in range(0, len(case_ids), _CHUNK):
                chosen = BAD_CASES.c.case_id.in_(case_ids[start : start + _CHUNK])
                connection.execute(update(BAD_CASES).where(chosen).values(status=status, note=note))


class SqlFeedbackStore:
    """``FeedbackStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: FeedbackRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(FEEDBACK), asdict(row))
            if row.vote != "down":
                return
            query = (
                select(TURNS).where(TURNS.c.trace_id == row.trace_id).order_by(TURNS.c.at_ms.desc()).limit(1)
            )
            for turn in rows_of(TurnRow, connection.execute(query)):
                case = BadCaseRow(
                    turn.turn_id, row.at_ms, turn.trace_id, turn.session_id, turn.sent, THUMBS_DOWN,
                    turn.question, turn.kb_version, note=row.comment,
                )  # fmt: skip
                connection.execute(self._database.insert(BAD_CASES), asdict(case))

    def since(self, at_ms: int, limit: int) -> Sequence[FeedbackRow]:
        latest = select(FEEDBACK).where(FEEDBACK.c.at_ms >= at_ms).order_by(FEEDBACK.c.at_ms.desc())
        with self._database.reading() as connection:
            return rows_of(FeedbackRow, connection.execute(latest.limit(limit)))[::-1]
