"""Proposals, the audit log and test runs in SQL."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select, text

from chatbot.store.chain import GENESIS, link
from chatbot.store.database import Database
from chatbot.store.records import AuditRow, ProposalRow, RunRow
from chatbot.store.schema import AUDIT, PROPOSALS, TEST_RUNS
from chatbot.store.sql_turns import rows_of

_PAGE = 1000


class SqlProposalStore:
    """``ProposalStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, row: ProposalRow) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(PROPOSALS).where(PROPOSALS.c.proposal_id == row.proposal_id))
            connection.execute(insert(PROPOSALS), asdict(row))

    def get(self, proposal_id: str) -> ProposalRow | None:
        query = select(PROPOSALS).where(PROPOSALS.c.proposal_id == proposal_id)
        with self._database.reading() as connection:
            return next(iter(rows_of(ProposalRow, connection.execute(query))), None)

    def all(self, limit: int) -> Sequence[ProposalRow]:
        latest = select(PROPOSALS).order_by(PROPOSALS.c.at_ms.desc(), PROPOSALS.c.proposal_id).limit(limit)
        with self._database.reading() as connection:
            return rows_of(ProposalRow, connection.execute(latest))


class SqlAuditStore:
    """``AuditStore`` in SQL; two writers never get the same number, since each holds the table for its entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, actor: str, action: str, subject: str, detail: str = "") -> AuditRow:
        with self._database.writing() as connection:
            if not self._database.is_sqlite:
                connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
            last = connection.execute(
                select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)
            ).first()
            seq, previous = (int(last[0]) + 1, str(last[1])) if last else (1, GENESIS)
            entry = link(seq, time.time_ns() // 1_000_000, (actor, action, subject, detail), previous)
            connection.execute(insert(AUDIT), asdict(entry))
            return entry

    def entries(self, after: int = 0) -> Iterator[AuditRow]:
        while True:
            page = select(AUDIT).where(AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(_PAGE)
            with self._database.reading() as connection:
                found = rows_of(AuditRow, connection.execute(page))
            yield from found
            if len(found) < _PAGE:
                return
            after = found[-1].seq


class SqlRunStore:
    """``RunStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: RunRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(TEST_RUNS), asdict(run))

    def last(self, file: str) -> RunRow | None:
        query = select(TEST_RUNS).where(TEST_RUNS.c.file == file).order_by(TEST_RUNS.c.at_ms.desc()).limit(1)
        with self._database.reading() as connection:
            return next(iter(rows_of(RunRow, connection.execute(query))), None)

    def all(self, limit: int) -> Sequence[RunRow]:
        latest = select(TEST_RUNS).order_by(TEST_RUNS.c.at_ms.desc(), TEST_RUNS.c.run_id).limit(limit)
        with self._database.reading() as connection:
            return rows_of(RunRow, connection.execute(latest))
