"""The promises of the store, one small Protocol a concern.

All of them: calls raise ``StoreUnavailableError`` when the database does not answer, is locked, full or read-only,
and ``StoreRefusedError`` for a row it will never take; what a call has returned from is on the disk. Adding a row
whose id is already there changes nothing, so an uncertain write can be repeated.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from chatbot.frozen import dataclass
from chatbot.store.records import (
    AuditRow,
    BadCaseRow,
    CaseStatus,
    FeedbackRow,
    InboxRow,
    ProposalRow,
    RunRow,
    TokenRow,
    TurnRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class TurnCounts:
    """Turns since a time: by answer type, and the standard questions most asked with how often."""

    total: int
    sessions: int
    by_type: tuple[tuple[str, int], ...]
    top_questions: tuple[tuple[str, int], ...]


class TurnStore(Protocol):
    """Finished turns, oldest first."""

    def add(self, turns: Sequence[TurnRow], cases: Sequence[BadCaseRow] = ()) -> None:
        """All or none of them."""

    def since(self, at_ms: int, limit: int) -> Iterator[TurnRow]:
        """The latest ``limit`` turns from ``at_ms`` on, oldest first."""

    def by_trace(self, trace_id: str) -> TurnRow | None:
        """The latest turn with this trace id."""

    def of_session(self, session_id: str) -> Sequence[TurnRow]: ...

    def counts(self, since_ms: int) -> TurnCounts: ...

    def purge(self, before_ms: int) -> int:
        """Delete turns, bad cases, feedback and inbox messages older than ``before_ms``; how many rows went."""


class BadCaseStore(Protocol):
    """Turns that did not help."""

    def add(self, case: BadCaseRow) -> None: ...

    def all(self, status: CaseStatus, limit: int) -> Sequence[BadCaseRow]:
        """The latest ``limit`` with ``status``, oldest first."""

    def mark(self, case_ids: Sequence[str], status: CaseStatus, note: str = "") -> None: ...


class FeedbackStore(Protocol):
    """Thumbs up and down."""

    def add(self, row: FeedbackRow) -> None:
        """A thumb down on a stored turn also makes it a bad case."""

    def since(self, at_ms: int, limit: int) -> Sequence[FeedbackRow]: ...


class ProposalStore(Protocol):
    """Change sets."""

    def save(self, row: ProposalRow) -> None:
        """Adds it, or replaces the one of its id."""

    def get(self, proposal_id: str) -> ProposalRow | None: ...

    def all(self, limit: int) -> Sequence[ProposalRow]:
        """The latest first."""


class AuditStore(Protocol):
    """An append-only log whose entries each carry a hash of all before."""

    def append(self, actor: str, action: str, subject: str, detail: str = "") -> AuditRow: ...

    def entries(self, after: int = 0) -> Iterator[AuditRow]:
        """Entries with a number above ``after``, in order."""


class AccountStore(Protocol):
    """Users, roles and the hashes of their tokens."""

    def add_user(self, user: UserRow) -> None: ...

    def users(self) -> Sequence[UserRow]: ...

    def set_disabled(self, user_id: str, disabled: bool) -> None: ...

    def add_token(self, token: TokenRow) -> None: ...

    def find_token(self, token_hash: str, now_ms: int) -> tuple[TokenRow, UserRow] | None:
        """The token and its user while neither is revoked, expired or disabled."""

    def revoke_token(self, token_id: str) -> None: ...


class RunStore(Protocol):
    """The history of test files."""

    def add(self, run: RunRow) -> None: ...

    def last(self, file: str) -> RunRow | None: ...

    def all(self, limit: int) -> Sequence[RunRow]:
        """The latest first."""


class InboxStore(Protocol):
    """Conversations that a person has taken or shall take."""

    def add(self, row: InboxRow) -> None: ...

    def of_session(self, session_id: str) -> Sequence[InboxRow]: ...

    def open_sessions(self, limit: int) -> Sequence[str]:
        """The conversations that were requested and not handed back, longest waiting first."""

    def waiting(self, limit: int) -> Sequence[InboxRow]:
        """The last message of each of ``open_sessions``; a query each, where those are one for all."""


class Store(Protocol):
    """One open database."""

    @property
    def turns(self) -> TurnStore: ...
    @property
    def cases(self) -> BadCaseStore: ...
    @property
    def feedback(self) -> FeedbackStore: ...
    @property
    def proposals(self) -> ProposalStore: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def test_runs(self) -> RunStore: ...
    @property
    def inbox(self) -> InboxStore: ...

    def close(self) -> None:
        """Let go of connections. May be called twice."""
