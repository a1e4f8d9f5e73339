"""The chat's address as most requests come to it, answered before Flask's routing and request objects.

A WSGI middleware. It takes a ``POST`` to an address of the chat that carries its session id and comes from no other
site's page, and gives the very bytes and headers that the Flask route gives; everything else, and every error, is
Flask's. What it saves: docs/serving.md.
"""

import io
from collections.abc import Iterable

from flask import Flask

from chatbot.errors import ChatbotError
from chatbot.json_bytes import dumps
from chatbot.reply import Message
from chatbot.web.short_way import Environ, ShortWay, StartResponse, is_plain
from chatbot.web.tracing import trace_id_of
from chatbot.web.turns import Turns
from chatbot.web.wire import MAX_BODY_BYTES, ChatRequest, read_chat_request, reply_object


class HotChat:
    """``app.wsgi_app`` with the short way to ``turns`` in front of it."""

    def __init__(self, app: Flask, turns: Turns, paths: frozenset[str], *, vary: bool) -> None:
        """``vary`` as ``ShortWay``."""
        self._short, self._turns, self._paths = ShortWay(app, vary=vary), turns, paths

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in self._paths or not is_plain(environ, MAX_BODY_BYTES):
            return self._short.further(environ, start_response)
        started = self._turns.clock()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        asked = _read(body)
        if asked is None or asked.session_id is None:
            environ["wsgi.input"] = io.BytesIO(body)
            return self._short.further(environ, start_response)
        message = Message(asked.sent, asked.session_id, trace_id_of(environ), asked.rows_limit)
        try:
            reply, seconds = self._turns.take(message, started)
        except Exception as error:  # whatever it is, Flask's handlers make the reply
            return self._short.failed(error, environ, start_response)
        written = dumps(reply_object(message, reply, seconds * 1000))
        told = self._short.written(written, message.trace_id, start_response)
        self._turns.finished(message, reply, seconds)
        return told


def _read(body: bytes) -> ChatRequest | None:
    """What is asked; ``None`` for a body that the route will refuse."""
    try:
        return read_chat_request(body)
    except ChatbotError:
        return None
