"""Who is at the console: sign-in, role and protection against forged forms, as the pages need them."""

from typing import Protocol

from flask import Request, Response

from chatbot.errors import ChatbotError
from chatbot.web.admin.values import Visitor


class NotFoundError(ChatbotError):
    """The console was asked for something that is not there (any more)."""

    code = "not_found"


class SignInError(ChatbotError):
    """A token, link or form that does not let anyone in; says what to do instead."""

    code = "sign_in_refused"


class Gate(Protocol):
    """Sessions of the console. Cookies are http-only and same-site; nothing here trusts a header a page can set."""

    def visitor(self, request: Request) -> Visitor | None:
        """Who is signed in with this request, if anyone."""

    def csrf(self, request: Request) -> str:
        """What a form of this visitor must send back as ``csrf``."""

    def check_form(self, request: Request) -> None:
        """Raises ``SignInError`` for a form that did not come from this console."""

    def sign_in(self, request: Request, response: Response, token: str) -> Visitor:
        """Begin a session on ``response``.

        Raises:
            SignInError: a wrong, expired or revoked token, or too many tries.
        """

    def set_up(self, request: Request, link: str, name: str) -> str:
        """The first administrator ``name``, by the one-time link; returns the token, told once.

        Raises:
            SignInError: the link was used, has expired, or is not the one that was printed.
        """

    def sign_out(self, request: Request, response: Response) -> None:
        """End the session."""
