"""One turn on one screen: lock → load → step → save."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from chatbot.answering.knowledge import Knowledge
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.remembered import RememberedSteps
from chatbot.dialog.state import Step
from chatbot.errors import SessionBusyError, SessionStoreUnavailableError
from chatbot.frozen import changed, dataclass
from chatbot.reply import Message, Reply
from chatbot.session.base import Lease, Memory, SessionStore

if TYPE_CHECKING:
    from chatbot.explain.explanation import Explanation


@dataclass(frozen=True, slots=True)
class FinishedTurn:
    """A turn that was answered: what was said, what was remembered ``before`` it, what it came to.

    ``payload`` is ``before`` as the session store had it; empty when it had nothing.
    """

    message: Message
    before: Memory
    step: Step
    kb_version: str
    degraded: bool = False
    payload: bytes = b""


class TurnObserver(Protocol):
    """Is told of each finished turn: the store, the bad-case log, the handoff webhook. Must not block and not raise."""

    def finished(self, turn: FinishedTurn) -> None: ...


class Conversation:
    """Talks with everyone; remembers nobody (that is the session store's)."""

    def __init__(
        self,
        machine: DialogMachine,
        sessions: SessionStore,
        knowledge: Callable[[], Knowledge],
        settings: DialogSettings,
        observers: tuple[TurnObserver, ...] = (),
    ) -> None:
        self._machine, self._sessions, self._knowledge = machine, sessions, knowledge
        self._remembered = RememberedSteps(machine)
        self._settings, self._observers = settings, observers

    def turn(self, message: Message) -> Reply:
        """Answer one message. Without a session store it is answered from what it says alone, ``degraded``.

        Raises:
            SessionBusyError: other messages of this session kept the lock for as long as we may wait.
        """
        return self._turn(message, self._remembered)[0]

    def unobserved(self) -> "Conversation":
        """The same over the same sessions, of which no observer is told."""
        return Conversation(self._machine, self._sessions, self._knowledge, self._settings)

    def explained(self, message: Message) -> "tuple[Reply, Explanation]":
        """The same turn, and how its reply came about; worked out once the session is let go.

        Raises:
            SessionBusyError: as ``turn``.
        """
        from chatbot.explain.build import explain  # a service that never explains starts without it

        reply, hearing, before, step = self._turn(message, self._machine)
        return reply, explain(hearing, before, step)

    def _turn(
        self, message: Message, machine: DialogMachine | RememberedSteps
    ) -> tuple[Reply, Hearing, Memory, Step]:
        lease = self._lock_and_load(message.session_id)
        before = lease.memory if lease else Memory()
        try:
            knowledge = self._knowledge()
            hearing = Hearing(message.sent, knowledge, self._settings, message.rows_limit)
            step = machine.step(before, hearing)
        except BaseException:
            if lease:
                self._sessions.release(lease)
            raise
        saved = lease is not None and self._save(lease, step.memory)
        finished = FinishedTurn(
            message, before, step, knowledge.version, not saved, lease.payload if lease else b""
        )
        for observer in self._observers:
            observer.finished(finished)
        reply = changed(step.reply, degraded=not saved, kb_version=knowledge.version)
        return reply, hearing, before, step

    def _lock_and_load(self, session_id: str) -> Lease | None:
        try:
            return self._sessions.acquire(session_id)
        except SessionStoreUnavailableError:
            return None

    def _save(self, lease: Lease, memory: Memory) -> bool:
        try:
            self._sessions.commit(lease, memory)
        except (SessionStoreUnavailableError, SessionBusyError):
            return False
        return True
