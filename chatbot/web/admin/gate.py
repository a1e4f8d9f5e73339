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

    def sign_in(self, request: Request, response: Response, name: str, password: str) -> Visitor:
        """Begin a session on ``response``.

        Raises:
            SignInError: a wrong name or password, or too many tries.
        """

    def set_up(self, request: Request, response: Response, link: str, who: tuple[str, str]) -> Visitor:
        """The first administrator, by the one-time ``link``; ``who`` is name and password. Begins a session.

        Raises:
            SignInError: the link was used, has expired, or is not the one that was printed; a password too short.
        """

    def sign_out(self, request: Request, response: Response) -> None:
        """End the session."""
