"""Every request of the console comes by here once it may: the page, or what went wrong as a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

from chatbot.errors import (
    ChatbotError,
    ConfigError,
    DataError,
    ForbiddenError,
    InvalidChangeError,
    InvalidMessageError,
    InvalidUploadError,
    JobRunningError,
    NotThereError,
    PublishError,
    UnauthorizedError,
)
from chatbot.security.roles import Principal, Role
from chatbot.web.admin.gate import Gate
from chatbot.web.admin.promises import Console
from chatbot.web.admin.rendering import render

_STATUS: dict[type[ChatbotError], int] = {
    UnauthorizedError: 401,
    NotThereError: 404,
    ForbiddenError: 403,
    DataError: 422,
    ConfigError: 422,
    InvalidChangeError: 422,
    InvalidMessageError: 422,
    InvalidUploadError: 422,
    PublishError: 409,
    JobRunningError: 409,
}
"""Errors that a person at the console can do something about; any other of ours is a 503."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page works with: the console's promises, and who sits there."""

    console: Console
    visitor: Principal


def admit(
    handler: Callable[..., Response],
    arguments: dict[str, Any],
    role: Role,
    open_console: Callable[[], Console],
) -> Response:
    """Answer one request of someone who was let in."""
    gate: Gate = g.console_gate
    return handler(Desk(open_console(), gate.require(role)), **arguments)


def refused(error: ChatbotError) -> Response:
    """``error`` as a page."""
    if request.path.startswith("/admin/suggest"):
        return Response("{}", 503, content_type="application/json")
    return render("error.html", _STATUS.get(type(error), 503), code=error.code, message=error.message)
