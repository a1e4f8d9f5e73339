"""Accounts, tokens and the audit log."""

from collections import deque
from collections.abc import Sequence

from chatbot.accounts.staff import Staff
from chatbot.errors import NotThereError
from chatbot.security.roles import Role
from chatbot.store.base import AuditStore
from chatbot.store.chain import verify
from chatbot.store.passwords import LOGIN
from chatbot.web.admin.values import AuditEntry, AuditPage, Person, TokenInfo


class StaffPeople:
    """A ``People`` over the edge's staff."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff

    def people(self) -> Sequence[Person]:
        """As promised."""
        return [
            Person(one.user_id, one.name, one.role, one.created_ms, one.disabled)
            for one in self._staff.users()
        ]

    def tokens(self) -> Sequence[TokenInfo]:
        """As promised; log-ins of browsers are left out."""
        return [
            TokenInfo(
                token.token_id,
                user.name,
                token.label,
                user.role,
                token.created_ms,
                token.expires_ms,
                token.revoked,
            )
            for user in self._staff.users()
            for token in self._staff.tokens(user.name)
            if token.label != LOGIN
        ]

    def add_person(self, name: str, role: Role, password: str, actor: str) -> None:
        """As promised."""
        self._staff.add_user(actor, name, role, password or None)

    def set_disabled(self, user_id: str, disabled: bool, actor: str) -> None:
        """As promised."""
        self._staff.set_disabled(actor, self._name(user_id), disabled)

    def add_token(self, user_id: str, label: str, days: int, actor: str) -> str:
        """As promised."""
        return self._staff.issue_token(actor, self._name(user_id), label, days)

    def revoke(self, token_id: str, actor: str) -> None:
        """As promised."""
        self._staff.revoke_token(actor, token_id)

    def _name(self, user_id: str) -> str:
        for user in self._staff.users():
            if user.user_id == user_id:
                return user.name
        raise NotThereError("没有这个人 → 刷新页面再试")


class StoreAudit:
    """An ``AuditTrail`` over the store's chain."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store

    def page(self, before: int = 0, limit: int = 50) -> AuditPage:
        """As promised; the whole chain is recomputed each time."""
        verdict = verify(self._store.entries())
        last = before - 1 if before else verdict.count
        rows = deque(
            (row for row in self._store.entries(max(0, last - limit)) if row.seq <= last), maxlen=limit
        )
        entries = tuple(
            AuditEntry(row.seq, row.at_ms, row.actor, row.action, row.subject, row.detail, row.hash)
            for row in reversed(rows)
        )
        return AuditPage(entries, verdict.count, verdict.head, verdict.problem)
