"""Who is at the console. The edge's ``Guard`` keeps this promise; the pages need no more of it."""

from typing import Protocol

from flask import Blueprint

from chatbot.security.roles import Principal, Role


class Gate(Protocol):
    """Roles and CSRF. Raises ``UnauthorizedError`` and ``ForbiddenError``."""

    def protect(self, routes: Blueprint, role: Role, *, pages: bool = False) -> None:
        """Let only ``role`` and above into ``routes``; writes need the CSRF token of the browser."""

    def require(self, role: Role) -> Principal:
        """Who it is, if they may."""

    def principal(self) -> Principal:
        """Who it is."""

    def csrf_token(self) -> str:
        """What a form must send back as ``csrf_token``."""
