"""What a session remembers, and the promise of the store that keeps it."""

from typing import Literal, Protocol

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Plan

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing the user may choose: what the chip shows, and what choosing it means."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A question the bot has asked and not yet had answered.

    ``kind`` says what the options' values are: entity names (or leading keywords joined by ``|``), attribute
    paths, or standard questions. ``utterance`` is the user's question that goes on once they have chosen.
    """

    kind: Literal["entity", "attribute", "question"]
    options: tuple[Option, ...]
    utterance: str


@dataclass(frozen=True, slots=True)
class Memory:
    """All a conversation knows between two turns. Immutable: a turn returns a new one.

    ``entities`` are full entity names in focus; ``attributes`` are leaf or category paths in focus;
    ``question`` is the standard question in focus (an FAQ whose answer depends on the entity). ``recent`` are
    entities spoken of before those in focus, latest first; ``plan`` is the last query over the graph and
    ``shown`` the rows it gave; ``guiding`` that a choice is being narrowed down, ``asked`` the attributes that
    were already asked about. ``listed`` is the query over all that match which ``shown`` came from, while one of its rows
    is spoken of; ``topic`` the standard question that was answered last, if that was the last turn; ``before`` the
    attributes that were asked of a car before the standard questions answered since; ``unheard`` a name that the knowledge
    base has not, while nothing else was told since.
    """

    state: str = "chitchat"
    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    question: str | None = None
    pending: Pending | None = None
    failures: int = 0
    turns: int = 0
    suggestions: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    plan: Plan | None = None
    guiding: bool = False
    asked: tuple[Path, ...] = ()
    listed: Plan | None = None
    topic: str | None = None
    before: tuple[Path, ...] = ()
    unheard: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one turn of one session: the lock's token and what was loaded under it.

    ``payload`` are the bytes that ``memory`` was read from; empty when there were none.
    """

    session_id: str
    token: str
    memory: Memory = Memory()
    payload: bytes = b""


class SessionStore(Protocol):
    """Keeps sessions, one lock a session.

    Promises: messages of one session that arrive together are handled one after the other, in the order in
    which they asked; a crashed holder's lock expires; ``commit`` by a holder whose lock has expired writes
    nothing and raises ``SessionBusyError``; nothing blocks past its deadline (1 s) but raises
    ``SessionStoreUnavailableError`` (the store does not answer) or ``SessionBusyError`` (the lock is held).
    An unreadable or newer payload is a fresh ``Memory`` and a logged warning, never an error.
    """

    def acquire(self, session_id: str) -> Lease:
        """Lock and load, one round trip when the lock is free. An unknown session is a fresh ``Memory``."""

    def commit(self, lease: Lease, memory: Memory) -> None:
        """Save (with the TTL) and unlock, in one round trip."""

    def release(self, lease: Lease) -> None:
        """Unlock without saving; harmless when the lock is already gone or the store is down."""

    def ping(self) -> None:
        """Raise ``SessionStoreUnavailableError`` with the reason when the store does not answer."""
