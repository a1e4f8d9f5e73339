"""Predictions as most requests ask for them, answered before Flask's routing and request objects; as ``chatbot.web.hot_chat``.

A WSGI middleware. It takes a ``POST`` to a service's address that comes from no other site's page, and gives the very
bytes and headers that the Flask route gives; everything else, and every error, is Flask's.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from flask import Flask

from chatbot.json_bytes import dumps
from chatbot.predict.answering import Answering, Body
from chatbot.predict.hosting import HostedService
from chatbot.predict.processors import MAX_BODY_BYTES
from chatbot.web.short_way import Environ, ShortWay, StartResponse, is_plain
from chatbot.web.tracing import trace_id_of

REQUEST_ID = "X-Request-Id"


class HotPredict:
    """``app.wsgi_app`` with the short way to ``services`` (by their address) in front of it."""

    def __init__(
        self, app: Flask, services: Mapping[str, HostedService], answering: Answering, *, vary: bool
    ) -> None:
        """``vary`` as ``ShortWay``."""
        self._short, self._services, self._answering = ShortWay(app, vary=vary), services, answering

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        service = self._services.get(environ["PATH_INFO"])
        if service is None or not is_plain(environ, MAX_BODY_BYTES):
            return self._short.further(environ, start_response)
        length = int(environ["CONTENT_LENGTH"])
        body = Body(length, partial(environ["wsgi.input"].read, length))
        request_id, token = trace_id_of(environ), environ.get("HTTP_AUTHORIZATION", "")
        try:
            reply, status = self._answering.answered(service, body, token, request_id)
        except Exception as error:  # whatever it is, Flask's handlers make the reply
            return self._short.failed(error, environ, start_response)
        named = ((REQUEST_ID, request_id),)
        return self._short.written(dumps(reply), request_id, start_response, status, named)
