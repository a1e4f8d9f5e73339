"""What the short ways past Flask's routing share: which requests may take one, the headers, and what becomes of errors."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from chatbot.web.headers import EVERY_RESPONSE
from chatbot.web.tracing import HEADER

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_STATUS = {200: "200 OK", 400: "400 BAD REQUEST", 500: "500 INTERNAL SERVER ERROR"}


class ShortWay:
    """Gives the very bytes and headers that a Flask route of ``app`` gives, where nothing about a request is unusual."""

    def __init__(self, app: Flask, *, vary: bool) -> None:
        """``vary``: other origins may be allowed, so that caches must know the origin that asked."""
        self._app, self.further = app, app.wsgi_app
        self._headers = [*EVERY_RESPONSE, ("Vary", "Origin")] if vary else list(EVERY_RESPONSE)

    def written(
        self,
        body: bytes,
        trace_id: str,
        start_response: StartResponse,
        status: int = 200,
        more: tuple[tuple[str, str], ...] = (),
    ) -> Iterable[bytes]:
        """A JSON reply; ``more`` are headers of its own."""
        own = (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *more)
        start_response(_STATUS[status], [*own, (HEADER, trace_id), *self._headers])
        return (body,)

    def failed(self, error: Exception, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The reply that Flask's handlers make of ``error``."""
        with self._app.request_context(environ):
            response = self._app.make_response(self._app.handle_user_exception(error))
            return self._app.process_response(response)(environ, start_response)


def is_plain(environ: Environ, most: int) -> bool:
    """Whether nothing but body and token matters: a ``POST`` of ``most`` bytes at the most, from no other site's page."""
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and "HTTP_ORIGIN" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and length.isdecimal()
        and int(length) <= most
    )
