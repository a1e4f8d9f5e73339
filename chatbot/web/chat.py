"""``POST /`` and ``POST /api/predict/<service name>``: read → one turn → write."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from chatbot.json_bytes import dumps
from chatbot.log import TurnLog, turn_ids
from chatbot.metrics import ChatMetrics
from chatbot.reply import Message, Reply
from chatbot.service import ChatService
from chatbot.web.browser_session import remember, session_of
from chatbot.web.tracing import trace_id
from chatbot.web.wire import MAX_BODY_BYTES, read_chat_request, reply_object


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


def _body() -> bytes:
    """The body, at most ``MAX_BODY_BYTES``: Flask refuses a longer ``Content-Length``, but only cuts a chunked body."""
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def chat_routes(
    service: ChatService, service_name: str, cookie_seconds: int, observer: TurnObserver
) -> Blueprint:
    """The two addresses of the chat."""
    routes = Blueprint("chat", __name__)

    @routes.post("/")
    @routes.post(f"/api/predict/{service_name}")
    def chat() -> Response:
        started = observer.clock()
        asked = read_chat_request(_body())
        message = Message(asked.sent, asked.session_id or session_of(request), trace_id(), asked.rows_limit)
        with turn_ids(message):
            reply = service.turn(message)
        seconds = observer.clock() - started
        body = dumps(reply_object(message, reply, seconds * 1000))
        response = Response(body, content_type="application/json")
        if asked.session_id is None:
            remember(response, request, message.session_id, cookie_seconds)
        observer.finished(message, reply, seconds)
        return response

    return routes
