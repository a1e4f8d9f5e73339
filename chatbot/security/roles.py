"""What a role may: each may what those before it may."""

from typing import Literal

from chatbot.frozen import dataclass

Role = Literal["chat", "operator", "admin"]
ROLES: tuple[Role, ...] = ("chat", "operator", "admin")


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who has shown a token. ``browser`` says that it came in a cookie, so that writes need a CSRF token."""

    user_id: str
    name: str
    role: Role
    token_id: str
    browser: bool = False

    def may(self, needed: Role) -> bool:
        """Whether the role is ``needed`` or above."""
        return ROLES.index(self.role) >= ROLES.index(needed)
