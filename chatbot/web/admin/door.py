"""Every request of the console comes by here: who asks, may they, is the form ours; then the page, or its error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Response, g, redirect, request

from chatbot.errors import ChatbotError, ConfigError, DataError
from chatbot.web.admin.gate import Gate, NotFoundError, SignInError
from chatbot.web.admin.promises import Console
from chatbot.web.admin.rendering import render
from chatbot.web.admin.values import Visitor

MAX_UPLOAD_BYTES = 8 * 1024 * 1024
_STATUS: dict[type[ChatbotError], int] = {
    NotFoundError: 404,
    SignInError: 403,
    DataError: 422,
    ConfigError: 422,
}
"""Errors that a person at the console can do something about; any other of ours is a 503."""

_NOBODY = Visitor("", "chat")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page works with: the console's promises, the gate, and who sits there."""

    console: Console
    gate: Gate
    visitor: Visitor


Openers = tuple[Callable[[], Console], Callable[[], Gate]]


def admit(
    handler: Callable[..., Response], arguments: dict[str, Any], role: str, openers: Openers
) -> Response:
    """Answer one request."""
    request.max_content_length = MAX_UPLOAD_BYTES
    open_console, open_gate = openers
    gate = open_gate()
    visitor = gate.visitor(request)
    g.console_visitor, g.console_csrf = visitor, gate.csrf(request)
    if role and (visitor is None or visitor.role == "chat"):
        return redirect(f"/admin/signin?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)
    if role == "admin" and visitor is not None and not visitor.is_admin:
        return render("error.html", 403, code="forbidden", message="")
    try:
        if request.method == "POST":
            gate.check_form(request)
        return handler(Desk(open_console(), gate, visitor or _NOBODY), **arguments)
    except ChatbotError as error:
        status = _STATUS.get(type(error), 503)
        return render("error.html", status, code=error.code, message=error.message)
