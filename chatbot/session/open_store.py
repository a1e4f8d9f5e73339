"""The session store of one process, from its settings: server, transport, store and circuit breaker put together."""

from dataclasses import replace
from pathlib import Path

from chatbot.session.connect import UNIX_SCHEME, RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.redis_store import RedisSessionStore
from chatbot.session.resilient_store import ClosableSessionStore, ResilientSessionStore


def open_session_store(settings: RedisSettings) -> ClosableSessionStore:
    """A store that is ready, or that becomes so by itself when Redis does; ``close`` it at the end.

    The bundled server is started (or joined) before this returns; an external one is not waited for.
    """
    if not settings.embedded:
        return ResilientSessionStore(RedisSessionStore(connect(settings)))
    server = EmbeddedRedis(Path(settings.state_dir))
    server.ensure_running()
    transport = connect(replace(settings, host=f"{UNIX_SCHEME}{server.socket}"))
    store = _EmbeddedStore(RedisSessionStore(transport), server)
    return store


class _EmbeddedStore(ResilientSessionStore):
    """Closes the bundled server's share after the connections to it."""

    def __init__(self, store: RedisSessionStore, server: EmbeddedRedis) -> None:
        super().__init__(store, repair=server.ensure_running)
        self._server = server

    def close(self) -> None:
        self._server.close()
        super().close()
