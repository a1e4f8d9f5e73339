"""One turn as every address of the chat takes it: admitted, answered, timed, counted, logged."""

from collections.abc import Callable
from time import perf_counter

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from chatbot.frozen import dataclass
from chatbot.log import TurnLog, turn_ids
from chatbot.metrics import ChatMetrics
from chatbot.reply import Message, Reply
from chatbot.service import ChatService
from chatbot.web.wire import MAX_BODY_BYTES

Admit = Callable[[str], None]
"""Asked with the session id before each turn; raises ``UnauthorizedError`` or ``RateLimitedError``."""


@dataclass(frozen=True, slots=True)
class TurnObserver:
    """Tells the log and the metrics of each turn. ``clock`` gives seconds."""

    log: TurnLog
    metrics: ChatMetrics
    clock: Callable[[], float] = perf_counter

    def finished(self, message: Message, reply: Reply, seconds: float) -> None:
        """One turn was answered in ``seconds``."""
        self.metrics.turn(reply, seconds)
        self.log.turn(message, reply, round(seconds * 1000, 3))


def admit_everyone(session_id: str) -> None:
    """No token is needed and nothing is counted."""


class Turns:
    """Takes turns for the addresses of the chat."""

    def __init__(self, service: ChatService, observer: TurnObserver, admit: Admit = admit_everyone) -> None:
        self._service, self._observer, self._admit = service, observer, admit
        self.clock = observer.clock

    def take(self, message: Message, started: float) -> tuple[Reply, float]:
        """The reply, and the seconds since ``started`` (of ``clock``)."""
        self._admit(message.session_id)
        with turn_ids(message):
            reply = self._service.turn(message)
        return reply, self._observer.clock() - started

    def finished(self, message: Message, reply: Reply, seconds: float) -> None:
        """The reply was written."""
        self._observer.finished(message, reply, seconds)


def body(most: int = MAX_BODY_BYTES) -> bytes:
    """The body, at most ``most`` bytes: Flask refuses a longer ``Content-Length``, but only cuts a chunked body."""
    request.max_content_length = most + 1  # one more than allowed, to see that there is more
    sent = request.get_data(cache=False)
    if len(sent) > most:
        raise RequestEntityTooLarge
    return sent
