"""The in-memory store keeps the same promises, so tests that use it prove something."""

from collections.abc import Callable

import pytest

from chatbot.session.base import SessionStore
from tests.contracts.session_store import SessionStoreContract
from tests.fakes import InMemorySessionStore


class TestInMemorySessionStore(SessionStoreContract):
    @pytest.fixture
    def make_store(self) -> Callable[[int], SessionStore]:
        shared = InMemorySessionStore()

        def make(lock_ttl_ms: int) -> InMemorySessionStore:
            store = InMemorySessionStore(lock_ttl_ms=lock_ttl_ms)
            store._sessions, store._changed = shared._sessions, shared._changed
            return store

        return make
