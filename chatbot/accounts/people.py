"""The part of the store that accounts need."""

from typing import Protocol

from chatbot.store.base import AccountStore, AuditStore
from chatbot.store.passwords import PasswordStore


class People(Protocol):
    """Users, what they log in with, and the log of what was done. ``SqlStore`` is one."""

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def passwords(self) -> PasswordStore: ...
    @property
    def audit(self) -> AuditStore: ...

    def close(self) -> None:
        """Let go of connections. May be called twice."""
