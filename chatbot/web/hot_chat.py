"""The chat's address as most requests come to it, answered before Flask's routing and request objects.

A WSGI middleware. It takes a ``POST`` to an address of the chat that carries its session id and comes from no other
site's page, and gives the very bytes and headers that the Flask route gives; everything else, and every error, is
Flask's. What it saves: docs/serving.md.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from chatbot.errors import ChatbotError
from chatbot.json_bytes import dumps
from chatbot.reply import Message
from chatbot.web.headers import EVERY_RESPONSE
from chatbot.web.tracing import HEADER, trace_id_of
from chatbot.web.turns import Turns
from chatbot.web.wire import MAX_BODY_BYTES, ChatRequest, read_chat_request, reply_object

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class HotChat:
    """``app.wsgi_app`` with the short way to ``turns`` in front of it."""

    def __init__(self, app: Flask, turns: Turns, paths: frozenset[str], *, vary: bool) -> None:
        """``vary``: other origins may be allowed, so that caches must know the origin that asked."""
        self._app, self._further, self._turns, self._paths = app, app.wsgi_app, turns, paths
        self._headers = [*EVERY_RESPONSE, ("Vary", "Origin")] if vary else list(EVERY_RESPONSE)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in self._paths or not _is_plain(environ):
            return self._further(environ, start_response)
        started = self._turns.clock()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        asked = _read(body)
        if asked is None or asked.session_id is None:
            environ["wsgi.input"] = io.BytesIO(body)
            return self._further(environ, start_response)
        message = Message(asked.sent, asked.session_id, trace_id_of(environ), asked.rows_limit)
        try:
            reply, seconds = self._turns.take(message, started)
        except Exception as error:  # whatever it is, Flask's handlers make the reply
            return self._failed(error, environ, start_response)
        written = dumps(reply_object(message, reply, seconds * 1000))
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(written))),
                (HEADER, message.trace_id),
                *self._headers,
            ],
        )
        self._turns.finished(message, reply, seconds)
        return (written,)

    def _failed(self, error: Exception, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._app.request_context(environ):
            response = self._app.make_response(self._app.handle_user_exception(error))
            return self._app.process_response(response)(environ, start_response)


def _is_plain(environ: Environ) -> bool:
    """Whether nothing about the request but its body matters."""
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and "HTTP_ORIGIN" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and length.isdecimal()
        and int(length) <= MAX_BODY_BYTES
    )


def _read(body: bytes) -> ChatRequest | None:
    """What is asked; ``None`` for a body that the route will refuse."""
    try:
        return read_chat_request(body)
    except ChatbotError:
        return None
