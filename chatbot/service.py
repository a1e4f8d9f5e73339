"""The service the HTTP edge and the command line talk to: one promise, kept by ``app.build_service``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from chatbot.answering.type_ahead import Suggestion
from chatbot.reply import Message, Reply

if TYPE_CHECKING:
    from chatbot.explain.explanation import Explanation


class Tally(Protocol):
    """Is told of what became of turns that were to be stored."""

    def rows_written(self, count: int) -> None: ...

    def rows_dropped(self, count: int) -> None: ...


class Talking(Protocol):
    """Who takes a turn: a service, or a knowledge base with sessions in memory."""

    def turn(self, message: Message) -> Reply: ...


class ChatService(Protocol):
    """A chatbot that is ready to talk.

    Promises: ``turn`` answers any valid message, also when the session store is gone (then
    ``reply.degraded`` is true); it may be called from several threads at once.
    """

    @property
    def kb_version(self) -> str:
        """The version of the knowledge base that answers right now."""

    def turn(self, message: Message) -> Reply:
        """One turn: lock and load the session, step the dialogue, save."""

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What someone who has typed this may be about to ask; at most ``limit``, best first."""

    def readiness(self) -> Mapping[str, str | None]:
        """Component name → ``None`` when it is ready, else the reason it is not (a sentence for a person)."""

    def report_to(self, tally: Tally) -> None:
        """Tell ``tally`` of turns kept in the store and dropped, from now on."""

    def close(self) -> None:
        """Stop background work and let go of what was opened. May be called twice."""


class ExplainingService(ChatService, Protocol):
    """A chatbot that can also say how a reply came about."""

    def explained(self, message: Message) -> "tuple[Reply, Explanation]":
        """``turn``, with its explanation; costs more than a turn, which pays nothing for it."""
