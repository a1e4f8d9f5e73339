"""The rows of the store as values. Times are milliseconds since 1970, UTC."""

from typing import Literal

from chatbot.frozen import dataclass

CaseStatus = Literal["open", "proposed", "solved", "ignored"]
ProposalStatus = Literal["draft", "proved", "published", "rejected"]
Role = Literal["chat", "operator", "admin"]
InboxKind = Literal["request", "customer", "agent", "handback"]
Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One finished turn and all that ``replay`` needs of it.

    ``memory`` is the session before the turn, in the session codec's JSON; ``digest`` is of the reply's bytes;
    ``masked`` says that ``sent`` is not word for word what was said, personal data having been taken out.
    ``bad_reason`` is empty for a turn that helped. ``turn_id`` is unique, ``trace_id`` is whatever the caller gave.
    """

    turn_id: str
    at_ms: int
    trace_id: str
    session_id: str
    sent: str
    masked: bool
    rows_limit: int
    memory: str
    kb_version: str
    answer: str
    answer_type: str
    answer_source: str
    state: str
    confidence: float
    question: str
    entities: str
    attribute: str
    digest: str
    bad_reason: str = ""
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class BadCaseRow:
    """A turn that did not help; ``case_id`` is its turn's id. ``nearest`` are standard questions, one a line."""

    case_id: str
    at_ms: int
    trace_id: str
    session_id: str
    sent: str
    reason: str
    nearest: str
    kb_version: str
    status: CaseStatus = "open"
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """A thumb for the turn with ``trace_id``, and what was said with it."""

    feedback_id: str
    at_ms: int
    trace_id: str
    session_id: str
    vote: Vote
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A change set: ``changes`` and the ``proof`` are JSON; ``version`` is what publishing it made."""

    proposal_id: str
    at_ms: int
    author: str
    note: str
    status: ProposalStatus
    changes: str
    proof: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the hash chain; ``hash`` covers all else and the entry before."""

    seq: int
    at_ms: int
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """Someone who may do something. Nothing here is secret."""

    user_id: str
    name: str
    role: Role
    created_ms: int
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token by its hash; the token itself is kept nowhere. ``expires_ms`` 0: never."""

    token_id: str
    user_id: str
    hash: str
    label: str
    created_ms: int
    expires_ms: int = 0
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a test file; ``results`` is JSON: name of the case → passed or the problem."""

    run_id: str
    at_ms: int
    file: str
    kb_version: str
    passed: int
    failed: int
    results: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message of a conversation that was handed to a person; ``request`` opens it and ``handback`` closes it."""

    message_id: str
    at_ms: int
    session_id: str
    kind: InboxKind
    text: str
    trace_id: str = ""
    author: str = ""
