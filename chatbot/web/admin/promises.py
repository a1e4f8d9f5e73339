"""What the console needs of the rest, one small Protocol a concern. All may raise ``ChatbotError``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chatbot.explain.explanation import Explanation
from chatbot.learning.changes import Change
from chatbot.reply import Reply
from chatbot.security.roles import Role
from chatbot.web.admin.knowledge import (
    AttributeRow,
    EntityRow,
    EntityView,
    LexiconView,
    QuestionRow,
    QuestionView,
)
from chatbot.web.admin.values import (
    AuditPage,
    CaseGroup,
    ChangeSet,
    ChangeSummary,
    Corpus,
    FileDiff,
    InboxMessage,
    InboxThread,
    Overview,
    Person,
    TokenInfo,
    VersionRow,
)
from chatbot.web.admin.works import Checkup, TrialRun, TrialWork, Work

Latency = Callable[[], tuple[float, float] | None]
"""p50 and p99 of the turns since the service started, in milliseconds; ``None`` before the first."""


class Traffic(Protocol):
    """What was asked and how it went."""

    def overview(self, days: int) -> Overview: ...


class Cases(Protocol):
    """Turns that did not help, grouped by meaning."""

    def groups(self) -> Sequence[CaseGroup]:
        """The open ones; what hurts most people first."""

    def group(self, group_id: str) -> CaseGroup:
        """Raises ``NotThereError``."""

    def open_count(self) -> int:
        """How many cases are open, without grouping them; at most 1,000 are counted."""

    def ignore(self, group: CaseGroup, actor: str) -> None:
        """None of its cases is shown again."""


class ChangeDesk(Protocol):
    """Change sets: made on a copy, proved by replay, published as one version."""

    def draft(self) -> ChangeSummary | None:
        """The latest change set that is neither published nor rejected."""

    def all(self) -> Sequence[ChangeSummary]:
        """The latest first."""

    def get(self, set_id: str) -> ChangeSet:
        """Raises ``NotThereError``."""

    def add(self, changes: Sequence[Change], author: str, note: str, cases: Sequence[str] = ()) -> ChangeSet:
        """Put ``changes`` into the open draft, or into a new one. Its proof is void. ``cases`` are to be mended by it.

        Raises:
            InvalidChangeError, DataError: a change that the files do not allow; nothing is kept of it.
        """

    def drop(self, set_id: str, number: int) -> ChangeSet:
        """Take change ``number`` (from 0) out again."""

    def prove(self, set_id: str, actor: str) -> None:
        """Begin to replay past traffic and the test conversations over it. Raises ``JobRunningError``."""

    def publish(self, set_id: str, actor: str) -> None:
        """Begin to make it the live version. Raises ``JobRunningError``."""

    def reject(self, set_id: str, actor: str) -> None: ...


class Library(Protocol):
    """The operator's files, read now."""

    def questions(self, search: str = "") -> Sequence[QuestionRow]: ...

    def question(self, corpus: Corpus, label: int) -> QuestionView:
        """Raises ``NotThereError``."""

    def entities(self, search: str = "") -> Sequence[EntityRow]: ...

    def entity(self, name: str) -> EntityView:
        """Raises ``NotThereError``."""

    def attributes(self) -> Sequence[AttributeRow]:
        """The tree, each node before its children."""

    def path(self, joined: str) -> tuple[str, ...]:
        """The attribute whose levels joined by ``/`` are ``joined``; a new one when none is."""

    def lexicons(self) -> Sequence[LexiconView]: ...

    def lexicon(self, file: str) -> LexiconView:
        """Raises ``NotThereError``."""

    def suggest(self, kind: str, typed: str, limit: int = 8) -> Sequence[str]:
        """Names of ``kind`` (question, talk, entity, attribute) that go with what was typed."""


class Trials(Protocol):
    """Test files and their history."""

    def files(self) -> Sequence[str]: ...

    def start(self, name: str, actor: str, content: bytes | None = None) -> str:
        """Begin to run a file of ``files``, or ``content`` under the name it was uploaded with; the work's id.

        Raises:
            JobRunningError: something else is being done.
            InvalidUploadError, NotThereError: no test file, or none of that name.
        """

    def work(self, job_id: str = "") -> TrialWork | None:
        """How that run is going; without an id, the last that was begun."""

    def history(self) -> Sequence[TrialRun]:
        """The latest first."""

    def get(self, run_id: str) -> TrialRun:
        """With its cases, each compared with the run before of the same file. Raises ``NotThereError``."""


class Versions(Protocol):
    """Published versions."""

    def all(self) -> Sequence[VersionRow]:
        """The latest first; exactly one is live."""

    def diff(self, old: str, new: str) -> Sequence[FileDiff]: ...

    def roll_back(self, version: str, actor: str) -> None:
        """Raises ``PublishError`` for one that cannot be gone back to."""


class Exchange(Protocol):
    """Knowledge out to and in from spreadsheets."""

    def export(self, form: str) -> bytes:
        """``faq.csv``, ``faq.xlsx``, ``graph.csv``, ``graph.xlsx`` or ``files.zip``. Raises ``NotThereError``."""

    def read(self, name: str, content: bytes) -> Sequence[Change]:
        """What an uploaded table would change. Raises ``InvalidUploadError`` with the row."""


class Checker(Protocol):
    """Lint."""

    def last(self) -> Checkup: ...

    def start(self, actor: str) -> None:
        """Begin to check the files as they are now. Raises ``JobRunningError``."""


class Works(Protocol):
    """Long work in the background."""

    def get(self, job_id: str) -> Work:
        """Raises ``NotThereError``."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A turn of the try-it pane."""

    sent: str
    reply: Reply
    explanation: Explanation
    milliseconds: float


class Talk(Protocol):
    """The bot that answers now; its turns here are not counted."""

    def ask(self, sent: str, session_id: str) -> Tried: ...


class Inbox(Protocol):
    """Conversations handed to a person."""

    def threads(self) -> Sequence[InboxThread]:
        """Longest waiting first."""

    def messages(self, session_id: str) -> Sequence[InboxMessage]:
        """The whole conversation, oldest first. Raises ``NotThereError``."""

    def say(self, session_id: str, text: str, actor: str) -> None: ...

    def hand_back(self, session_id: str, actor: str) -> None:
        """The bot answers again."""


class People(Protocol):
    """Accounts and tokens."""

    def people(self) -> Sequence[Person]: ...

    def tokens(self) -> Sequence[TokenInfo]: ...

    def add_person(self, name: str, role: Role, password: str, actor: str) -> None:
        """An empty ``password``: someone who only has tokens."""

    def set_disabled(self, user_id: str, disabled: bool, actor: str) -> None: ...

    def add_token(self, user_id: str, label: str, days: int, actor: str) -> str:
        """The secret, told once. ``days`` 0: never expires."""

    def revoke(self, token_id: str, actor: str) -> None: ...


class AuditTrail(Protocol):
    """Who did what, in a chain of hashes."""

    def page(self, before: int = 0, limit: int = 50) -> AuditPage:
        """Entries with a number below ``before`` (0: from the latest)."""


@dataclass(frozen=True, slots=True)
class Console:
    """All of it, for the pages."""

    traffic: Traffic
    cases: Cases
    desk: ChangeDesk
    library: Library
    trials: Trials
    versions: Versions
    exchange: Exchange
    checker: Checker
    works: Works
    talk: Talk
    inbox: Inbox
    people: People
    audit: AuditTrail


OpenConsole = Callable[[Latency], Console]
