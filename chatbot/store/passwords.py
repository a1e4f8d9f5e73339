"""The promise of a store for passwords; of each only a hash is kept."""

from collections.abc import Sequence
from typing import Protocol

from chatbot.store.records import TokenRow, UserRow

LOGIN = "login"
"""The label of a token that a log-in made."""


class PasswordStore(Protocol):
    """Raises as the stores of ``base`` do."""

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Replaces the one there is, and revokes whatever that user was logged in with."""

    def find_password(self, name: str) -> tuple[UserRow, str] | None:
        """The user of that name, unless disabled, and the hash of the password."""

    def tokens(self, user_id: str) -> Sequence[TokenRow]:
        """The user's tokens that are not revoked, without the password."""
