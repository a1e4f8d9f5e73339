"""Passwords in SQL: the hash is a row of the tokens table, under an id that follows from the user's, and never expires.

A log-in cannot be made with the hash itself: a token is looked up by its SHA-256, and this is none.
"""

import time
from dataclasses import asdict

from sqlalchemy import delete, insert, select, update

from chatbot.store.database import Database
from chatbot.store.passwords import LOGIN
from chatbot.store.records import TokenRow, UserRow
from chatbot.store.schema import TOKENS, USERS
from chatbot.store.sql_turns import rows_of

LABEL = "password"


class SqlPasswordStore:
    """``PasswordStore`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Replaces the one there is, and revokes whatever that user was logged in with."""
        row = TokenRow(_id(user_id), user_id, password_hash, LABEL, time.time_ns() // 1_000_000)
        with self._database.writing() as connection:
            own = TOKENS.c.user_id == user_id
            connection.execute(delete(TOKENS).where(own, TOKENS.c.label == LABEL))
            connection.execute(update(TOKENS).where(own, TOKENS.c.label == LOGIN).values(revoked=True))
            connection.execute(insert(TOKENS), asdict(row))

    def find_password(self, name: str) -> tuple[UserRow, str] | None:
        """The user of that name, unless disabled, and the hash of the password."""
        with self._database.reading() as connection:
            for user in rows_of(
                UserRow, connection.execute(select(USERS).where(USERS.c.name == name, ~USERS.c.disabled))
            ):
                kept = connection.execute(select(TOKENS.c.hash).where(TOKENS.c.token_id == _id(user.user_id)))
                found = kept.scalar()
                return (user, str(found)) if found else None
        return None

    def tokens(self, user_id: str) -> list[TokenRow]:
        """The user's tokens that are not revoked, without the password."""
        query = select(TOKENS).where(TOKENS.c.user_id == user_id, TOKENS.c.label != LABEL, ~TOKENS.c.revoked)
        with self._database.reading() as connection:
            return rows_of(TokenRow, connection.execute(query.order_by(TOKENS.c.created_ms)))


def _id(user_id: str) -> str:
    return f"password-{user_id}"[:64]
