"""``POST /`` and ``POST /api/predict/<service name>``: read → one turn → write."""

from flask import Blueprint, Response, request

from chatbot.json_bytes import dumps
from chatbot.reply import Message
from chatbot.web.browser_session import remember, session_of
from chatbot.web.tracing import trace_id
from chatbot.web.turns import Turns, body
from chatbot.web.wire import read_chat_request, reply_object


def chat_paths(service_name: str) -> frozenset[str]:
    """The two addresses of the chat."""
    return frozenset(("/", f"/api/predict/{service_name}"))


def chat_routes(turns: Turns, service_name: str, cookie_seconds: int) -> Blueprint:
    """The two addresses of the chat."""
    routes = Blueprint("chat", __name__)

    @routes.post("/")
    @routes.post(f"/api/predict/{service_name}")
    def chat() -> Response:
        started = turns.clock()
        asked = read_chat_request(body())
        message = Message(asked.sent, asked.session_id or session_of(request), trace_id(), asked.rows_limit)
        reply, seconds = turns.take(message, started)
        response = Response(
            dumps(reply_object(message, reply, seconds * 1000)), content_type="application/json"
        )
        if asked.session_id is None:
            remember(response, request, message.session_id, cookie_seconds)
        turns.finished(message, reply, seconds)
        return response

    return routes
