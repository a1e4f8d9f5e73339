"""A session store that may be gone: after one failure the next turns fail in microseconds, until it is back."""

import logging
import threading
from typing import Protocol

from chatbot.errors import ChatbotError, SessionStoreUnavailableError
from chatbot.session.base import Lease, Memory, SessionStore

PROBE_SECONDS = 0.5
"""How often a store that is gone is asked whether it is back."""

_log = logging.getLogger("chatbot.session")


class ClosableSessionStore(SessionStore, Protocol):
    """A store that owns connections or processes."""

    def close(self) -> None:
        """Let go of them. May be called twice."""


class RecoverableSessionStore(ClosableSessionStore, Protocol):
    """A store whose locks can be given back once it is reachable again."""

    def release_later(self, lease: Lease) -> None:
        """Unlock at the next answered ``ping``; returns at once."""


class Server(Protocol):
    """A server that this process may have to start again."""

    def ensure_running(self) -> None:
        """Start it unless it runs; a ``ChatbotError`` says why it will not."""

    def close(self) -> None:
        """Let go of it; ``ensure_running`` gives up at once. May be called twice."""


class ResilientSessionStore:
    """A circuit breaker around a ``SessionStore``; heals by itself.

    The first call that finds the store gone waits for its timeout; it opens the circuit, and from then on calls raise
    ``SessionStoreUnavailableError`` at once with the same reason. A background thread makes sure that
    ``server`` runs, if there is one to care for, and asks ``ping`` every ``probe_seconds``, the first time at once; an answer closes the
    circuit. ``SessionBusyError`` is an answer, not a failure.
    """

    def __init__(
        self,
        store: RecoverableSessionStore,
        *,
        server: Server | None = None,
        probe_seconds: float = PROBE_SECONDS,
    ) -> None:
        self._store = store
        self._server = server
        self._probe_seconds = probe_seconds
        self._reason: str | None = None
        self._guard = threading.Lock()
        self._probe: threading.Thread | None = None
        self._closed = threading.Event()

    def acquire(self, session_id: str) -> Lease:
        """As the store's, but at once ``SessionStoreUnavailableError`` while it is gone."""
        self._refuse_while_gone()
        try:
            return self._store.acquire(session_id)
        except SessionStoreUnavailableError as error:
            self._open(error)
            raise

    def commit(self, lease: Lease, memory: Memory) -> None:
        """As the store's, but at once ``SessionStoreUnavailableError`` while it is gone: then it is unlocked later."""
        try:
            self._refuse_while_gone()
        except SessionStoreUnavailableError:
            self._store.release_later(lease)
            raise
        try:
            self._store.commit(lease, memory)
        except SessionStoreUnavailableError as error:
            self._open(error)
            raise

    def release(self, lease: Lease) -> None:
        """As the store's; once it is back, while it is gone."""
        if self._reason is None:
            self._store.release(lease)
        else:
            self._store.release_later(lease)

    def ping(self) -> None:
        """``SessionStoreUnavailableError`` with the reason while the store is gone; never waits for it twice."""
        self._refuse_while_gone()
        try:
            self._store.ping()
        except SessionStoreUnavailableError as error:
            self._open(error)
            raise

    def close(self) -> None:
        """Stop probing, let go of the server, close the store. May be called twice."""
        self._closed.set()
        if self._server is not None:
            self._server.close()
        with self._guard:
            probe = self._probe
        if probe is not None:
            probe.join()
        self._store.close()

    def _refuse_while_gone(self) -> None:
        reason = self._reason
        if reason is not None:
            self._start_probe()  # a fork leaves the thread behind
            raise SessionStoreUnavailableError(reason)

    def _open(self, error: SessionStoreUnavailableError) -> None:
        if self._reason is None:
            _log.warning("会话存储不可用，对话照常进行但不记上下文：%s", error.message)
        self._reason = error.message
        self._start_probe()

    def _start_probe(self) -> None:
        with self._guard:
            if self._closed.is_set() or (self._probe is not None and self._probe.is_alive()):
                return
            self._probe = threading.Thread(target=self._heal, name="session-store-probe", daemon=True)
            self._probe.start()

    def _heal(self) -> None:
        while not self._closed.is_set():
            try:
                if self._server is not None:
                    self._server.ensure_running()
                self._store.ping()
            except ChatbotError as error:
                self._reason = error.message
            else:
                self._reason = None
                _log.info("会话存储恢复了")
                return
            self._closed.wait(self._probe_seconds)
