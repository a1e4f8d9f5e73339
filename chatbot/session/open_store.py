"""The session store of one process, from its settings: server, transport, store and circuit breaker put together."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from chatbot.errors import SessionStoreUnavailableError
from chatbot.session.connect import UNIX_SCHEME, RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.keys import SESSION_TTL_SECONDS
from chatbot.session.rate_limit import RedisRateLimiter
from chatbot.session.redis_store import RedisSessionStore
from chatbot.session.resilient_store import ClosableSessionStore, ResilientSessionStore

_log = logging.getLogger("chatbot.session")


def open_session_store(
    settings: RedisSettings, *, ttl_seconds: int = SESSION_TTL_SECONDS
) -> ClosableSessionStore:
    """A store that is ready, or that becomes so by itself when Redis does; ``close`` it at the end.

    ``ttl_seconds``: how long a silent session is remembered.

    The bundled server is started (or joined) before this returns; an external one is not waited for. A server that
    will not start is logged, not raised: turns go on without sessions while it is tried again.
    """
    if not settings.embedded:
        return ResilientSessionStore(RedisSessionStore(connect(settings), ttl_seconds=ttl_seconds))
    server = EmbeddedRedis(settings.state_dir)
    try:
        server.ensure_running()
    except SessionStoreUnavailableError as error:
        _log.warning("会话暂时存不下来：%s", error.message)
    transport = connect(replace(settings, host=f"{UNIX_SCHEME}{server.socket}"))
    return ResilientSessionStore(RedisSessionStore(transport, ttl_seconds=ttl_seconds), server=server)


@contextmanager
def session_store_beside(
    settings: RedisSettings, *, ttl_seconds: int = SESSION_TTL_SECONDS
) -> Iterator[Callable[[], ClosableSessionStore]]:
    """``open_session_store`` while the block does something else: the bundled server takes 0.07 s to start.

    What is given waits for the store. It is closed again when the block fails.
    """
    with ThreadPoolExecutor(1, "sessions") as beside:
        opening = beside.submit(open_session_store, settings, ttl_seconds=ttl_seconds)
        try:
            yield opening.result
        except BaseException:
            opening.result().close()
            raise


def open_rate_limiter(settings: RedisSettings) -> RedisRateLimiter:
    """Counts kept where the sessions are, over connections of their own. The bundled server is not started for it."""
    if not settings.embedded:
        return RedisRateLimiter(connect(settings))
    socket = EmbeddedRedis(settings.state_dir).socket
    return RedisRateLimiter(connect(replace(settings, host=f"{UNIX_SCHEME}{socket}")))
