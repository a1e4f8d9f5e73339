"""The shapes that existing clients speak: a Rasa REST channel, and OpenAI's chat completions."""

from collections.abc import Iterator

from flask import Blueprint, Response, request

from chatbot.json_bytes import dumps
from chatbot.reply import Message
from chatbot.web.compat_wire import (
    COMPLETION_TYPE,
    completion_chunks,
    completion_object,
    model_list,
    read_completion,
    read_webhook,
    webhook_object,
)
from chatbot.web.tracing import trace_id
from chatbot.web.turns import Turns, body

SESSION_HEADER = "X-Session-Id"


def compat_routes(turns: Turns, service_name: str) -> Blueprint:
    """``POST /webhooks/rest/webhook``, ``POST /v1/chat/completions``, ``GET /v1/models``."""
    routes = Blueprint("compat", __name__)

    @routes.post("/webhooks/rest/webhook")
    def webhook() -> Response:
        started = turns.clock()
        asked = read_webhook(body())
        message = Message(asked.sent, asked.session_id, trace_id())
        reply, seconds = turns.take(message, started)
        response = Response(dumps(webhook_object(asked.sender, reply)), content_type="application/json")
        turns.finished(message, reply, seconds)
        return response

    @routes.post("/v1/chat/completions")
    def completions() -> Response:
        started = turns.clock()
        asked = read_completion(body(), request.headers.get(SESSION_HEADER))
        message = Message(asked.sent, asked.session_id, trace_id())
        reply, seconds = turns.take(message, started)
        written = completion_object(service_name, message, reply, seconds)
        if asked.stream:
            events = _events(completion_chunks(written, with_usage=asked.stream_usage))
            response = Response(b"".join(events), content_type=COMPLETION_TYPE)
        else:
            response = Response(dumps(written), content_type="application/json")
        response.headers[SESSION_HEADER] = message.session_id
        turns.finished(message, reply, seconds)
        return response

    @routes.get("/v1/models")
    def models() -> Response:
        return Response(dumps(model_list(service_name)), content_type="application/json")

    @routes.get("/v1/models/<name>")
    def model(name: str) -> Response:
        return Response(dumps(model_list(service_name)["data"][0]), content_type="application/json")

    return routes


def _events(chunks: Iterator[object]) -> Iterator[bytes]:
    """Server-sent events. The answer is there at once, so they leave in one piece with their length."""
    for chunk in chunks:
        yield b"data: " + dumps(chunk) + b"\n\n"
    yield b"data: [DONE]\n\n"
