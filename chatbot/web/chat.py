"""``POST /`` and ``POST /api/predict/<service name>``: read → one turn → write."""

from flask import Blueprint, Response, request

from chatbot.json_bytes import dumps
from chatbot.reply import Message
from chatbot.web.browser_session import remember, session_of
from chatbot.web.tracing import trace_id
from chatbot.web.turns import Turns, body
from chatbot.web.wire import MAX_BODY_BYTES, read_chat_request, reply_object


def chat_paths(service_name: str) -> frozenset[str]:
    """The two addresses of the chat."""
    return frozenset(("/", f"/api/predict/{service_name}"))


def chat_routes(turns: Turns, service_name: str, cookie_seconds: int, picture_bytes: int = 0) -> Blueprint:
    """The two addresses of the chat. A message may bring a picture of at most ``picture_bytes``; none at 0."""
    routes = Blueprint("chat", __name__)
    most = MAX_BODY_BYTES + -(-picture_bytes // 3) * 4

    @routes.post("/")
    @routes.post(f"/api/predict/{service_name}")
    def chat() -> Response:
        started = turns.clock()
        asked = read_chat_request(body(most), picture_bytes)
        session_id = asked.session_id or session_of(request)
        message = Message(asked.sent, session_id, trace_id(), asked.rows_limit, asked.picture)
        reply, seconds = turns.take(message, started)
        response = Response(
            dumps(reply_object(message, reply, seconds * 1000)), content_type="application/json"
        )
        if asked.session_id is None:
            remember(response, request, message.session_id, cookie_seconds)
        turns.finished(message, reply, seconds)
        return response

    return routes
