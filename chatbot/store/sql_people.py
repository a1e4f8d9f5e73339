"""Accounts and the inbox in SQL."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func, or_, select, update

from chatbot.store.database import Database
from chatbot.store.records import InboxKind, InboxRow, TokenRow, UserRow
from chatbot.store.schema import INBOX, TOKENS, USERS
from chatbot.store.sql_turns import rows_of


class SqlAccountStore:
    """``AccountStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_user(self, user: UserRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(USERS), asdict(user))

    def users(self) -> Sequence[UserRow]:
        with self._database.reading() as connection:
            return rows_of(UserRow, connection.execute(select(USERS).order_by(USERS.c.name)))

    def set_disabled(self, user_id: str, disabled: bool) -> None:
        with self._database.writing() as connection:
            connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(disabled=disabled))

    def add_token(self, token: TokenRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(TOKENS), asdict(token))

    def find_token(self, token_hash: str, now_ms: int) -> tuple[TokenRow, UserRow] | None:
        alive = or_(TOKENS.c.expires_ms == 0, TOKENS.c.expires_ms > now_ms)
        query = select(TOKENS).where(TOKENS.c.hash == token_hash, ~TOKENS.c.revoked, alive)
        with self._database.reading() as connection:
            for token in rows_of(TokenRow, connection.execute(query)):
                owner = select(USERS).where(USERS.c.user_id == token.user_id, ~USERS.c.disabled)
                for user in rows_of(UserRow, connection.execute(owner)):
                    return token, user
        return None

    def revoke_token(self, token_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(update(TOKENS).where(TOKENS.c.token_id == token_id).values(revoked=True))


class SqlInboxStore:
    """``InboxStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: InboxRow) -> None:
        with self._database.writing() as connection:
            connection.execute(self._database.insert(INBOX), asdict(row))

    def of_session(self, session_id: str) -> Sequence[InboxRow]:
        query = (
            select(INBOX).where(INBOX.c.session_id == session_id).order_by(INBOX.c.at_ms, INBOX.c.message_id)
        )
        with self._database.reading() as connection:
            return rows_of(InboxRow, connection.execute(query))

    def open_sessions(self, limit: int) -> Sequence[str]:
        def latest(kind: InboxKind) -> dict[str, int]:
            query = select(INBOX.c.session_id, func.max(INBOX.c.at_ms)).where(INBOX.c.kind == kind)
            found = connection.execute(query.group_by(INBOX.c.session_id))
            return {str(session): int(at) for session, at in found}

        with self._database.reading() as connection:
            asked, returned = latest("request"), latest("handback")
        open_ = [session for session, at in asked.items() if at > returned.get(session, -1)]
        return sorted(open_, key=asked.__getitem__)[:limit]

    def waiting(self, limit: int) -> Sequence[InboxRow]:
        open_ = self.open_sessions(limit)
        last = select(INBOX).order_by(INBOX.c.at_ms.desc(), INBOX.c.message_id.desc()).limit(1)
        with self._database.reading() as connection:
            return [
                row
                for session in open_
                for row in rows_of(InboxRow, connection.execute(last.where(INBOX.c.session_id == session)))
            ]
