"""Predictions as most requests ask for them, answered before Flask's routing and request objects; as ``chatbot.web.hot_chat``.

A WSGI middleware. It takes a ``POST`` to a service's address that comes from no other site's page, and gives the very
bytes and headers that the Flask route gives; everything else, and every error, is Flask's.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from flask import Flask

from chatbot.json_bytes import dumps
from chatbot.predict.answering import answered
from chatbot.predict.hosting import HostedService
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.processors import MAX_BODY_BYTES
from chatbot.web.headers import EVERY_RESPONSE
from chatbot.web.tracing import HEADER, trace_id_of

REQUEST_ID = "X-Request-Id"
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_STATUS = {200: "200 OK", 400: "400 BAD REQUEST", 500: "500 INTERNAL SERVER ERROR"}


class HotPredict:
    """``app.wsgi_app`` with the short way to ``services`` (by their address) in front of it."""

    def __init__(
        self, app: Flask, services: Mapping[str, HostedService], metrics: PredictMetrics, *, vary: bool
    ) -> None:
        """``vary``: other origins may be allowed, so that caches must know the origin that asked."""
        self._app, self._further, self._services, self._metrics = app, app.wsgi_app, services, metrics
        self._headers = [*EVERY_RESPONSE, ("Vary", "Origin")] if vary else list(EVERY_RESPONSE)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        service = self._services.get(environ["PATH_INFO"])
        if service is None or not _is_plain(environ):
            return self._further(environ, start_response)
        body = partial(environ["wsgi.input"].read, int(environ["CONTENT_LENGTH"]))
        request_id, token = trace_id_of(environ), environ.get("HTTP_AUTHORIZATION", "")
        try:
            reply, status = answered(service, body, token, request_id, self._metrics)
        except Exception as error:  # whatever it is, Flask's handlers make the reply
            return self._failed(error, environ, start_response)
        written = dumps(reply)
        named = [("Content-Type", "application/json"), ("Content-Length", str(len(written)))]
        named += [(REQUEST_ID, request_id), (HEADER, request_id), *self._headers]
        start_response(_STATUS[status], named)
        return (written,)

    def _failed(self, error: Exception, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._app.request_context(environ):
            response = self._app.make_response(self._app.handle_user_exception(error))
            return self._app.process_response(response)(environ, start_response)


def _is_plain(environ: Environ) -> bool:
    """Whether nothing about the request but its body and token matters."""
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and "HTTP_ORIGIN" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and length.isdecimal()
        and int(length) <= MAX_BODY_BYTES
    )
