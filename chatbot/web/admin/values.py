"""What the console's pages show, as values. Times are milliseconds since 1970, UTC."""

from dataclasses import dataclass
from typing import Literal

from chatbot.security.roles import Role
from chatbot.web.admin.works import Proof, Work

Corpus = Literal["faq", "talk"]
OfferKind = Literal["paraphrase", "question", "synonym", "alias", "small_talk"]
SetStatus = Literal["draft", "proved", "published", "rejected"]
LineKind = Literal["same", "added", "removed", "gap"]


@dataclass(frozen=True, slots=True)
class Day:
    """Turns of one day (``MM-DD``) by what became of them."""

    date: str
    answered: int = 0
    asked: int = 0
    refused: int = 0
    handed_off: int = 0
    small_talk: int = 0

    @property
    def turns(self) -> int:
        return self.answered + self.asked + self.refused + self.handed_off + self.small_talk


@dataclass(frozen=True, slots=True)
class Overview:
    """The last days: ``days`` oldest first. ``p50_ms``, ``p99_ms`` are of this service's turns since its start."""

    days: tuple[Day, ...]
    sessions: int
    top_questions: tuple[tuple[str, int], ...]
    thumbs_up: int = 0
    thumbs_down: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None

    def total(self, name: str) -> int:
        """Sum of one column of ``days``."""
        return sum(getattr(day, name) for day in self.days)


@dataclass(frozen=True, slots=True)
class CaseExample:
    """One turn that did not help."""

    case_id: str
    trace_id: str
    sent: str
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What could mend a group: ``target`` is the standard question, attribute or name it would go to."""

    kind: OfferKind
    target: str = ""
    text: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Bad cases that mean the same; ``title`` is the most typical wording."""

    group_id: str
    title: str
    count: int
    people: int
    reasons: tuple[str, ...]
    examples: tuple[CaseExample, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff; ``old`` and ``new`` are line numbers, 0 where it does not stand."""

    kind: LineKind
    text: str
    old: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What changes in one of the operator's files."""

    file: str
    lines: tuple[DiffLine, ...]
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """A row of the list of change sets."""

    set_id: str
    author: str
    at_ms: int
    note: str
    status: SetStatus
    count: int
    version: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes that wait for a proof and a decision. ``faults`` are what lint has against them.

    ``work`` is what is being done with them, or why the last thing done came to nothing.
    """

    summary: ChangeSummary
    changes: tuple[str, ...]
    diffs: tuple[FileDiff, ...]
    proof: Proof | None = None
    faults: tuple[str, ...] = ()
    work: Work | None = None

    @property
    def is_open(self) -> bool:
        return self.summary.status in ("draft", "proved")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version of the knowledge base; ``can_return``: one click goes back to it."""

    version: str
    at_ms: int
    author: str
    note: str
    live: bool = False
    can_return: bool = False


@dataclass(frozen=True, slots=True)
class InboxThread:
    """A conversation that waits for a person, or has one."""

    session_id: str
    at_ms: int
    last: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One line of such a conversation."""

    author: Literal["customer", "bot", "agent", "note"]
    text: str
    at_ms: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may use the console or the API."""

    user_id: str
    name: str
    role: Role
    created_ms: int
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token without its secret."""

    token_id: str
    owner: str
    label: str
    role: Role
    created_ms: int
    expires_ms: int = 0
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what."""

    seq: int
    at_ms: int
    actor: str
    action: str
    subject: str
    detail: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The latest entries first; ``problem`` is empty while the chain of hashes holds."""

    entries: tuple[AuditEntry, ...]
    count: int
    head: str
    problem: str = ""
