"""One command to Redis and its answer, within a deadline; here over one server or the master that Sentinel names.

redis-py's own call path costs about 60 µs of Python a command and retries for seconds. The session lock needs two
commands a turn on the hot path and an answer within a second, so connections are kept here between commands, and
redis-py does what it is best at: opening, authenticating, TLS, discovering, speaking the protocol.
"""

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from hiredis import pack_command
from redis import Redis
from redis.exceptions import (
    ChildDeadlockedError,
    NoScriptError,
    RedisClusterException,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

CALL_SECONDS = 0.3
"""How long one command may take, a new connection included."""

FRESH_SECONDS = 0.01
"""A connection that was answered on so lately is not asked again whether it lives: a turn's second command takes that
of the first."""

FOREIGN_ERRORS = (RedisError, RedisClusterException, ChildDeadlockedError, OSError)
"""All that redis-py raises; the store translates them at its border."""

Argument = str | bytes | int
T = TypeVar("T")


class Transport(Protocol):
    """Promises: thread-safe, safe to use after a fork, raises only ``FOREIGN_ERRORS`` and in time."""

    def call(self, *command: Argument, seconds: float = CALL_SECONDS) -> Any:
        """The raw answer (bytes, int, list, ``None``) within ``seconds``, else one of ``FOREIGN_ERRORS``."""

    def close(self) -> None:
        """Close the idle connections. May be called twice."""


class DirectTransport:
    """Over a ``redis.Redis`` (TCP, TLS, unix socket, or the master that Sentinel names)."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._pool = client.connection_pool
        self._idle: deque[tuple[Any, float]] = deque()
        self._pid = os.getpid()

    def call(self, *command: Argument, seconds: float = CALL_SECONDS) -> Any:
        deadline = time.monotonic() + seconds
        connection = self._borrow(deadline)
        try:
            # packed here: redis-py's own packing walks over the arguments in Python
            connection.send_packed_command((pack_command(command),), check_health=False)
            response = connection.read_response(timeout=max(0.001, deadline - time.monotonic()))
        except NoScriptError:
            self._idle.append((connection, time.monotonic()))
            raise
        except BaseException as error:
            self._drop(connection)
            if isinstance(error, ResponseError):
                self._drop_idle()  # a master demoted to replica refuses writes: the next connection finds the new one
            raise
        self._idle.append((connection, time.monotonic()))
        return response

    def close(self) -> None:
        self._drop_idle()
        self._client.close()

    def _borrow(self, deadline: float) -> Any:
        """An idle connection that is alive, else a new one."""
        if os.getpid() != self._pid:
            self._idle, self._pid = deque(), os.getpid()
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                break
            if time.monotonic() - since < FRESH_SECONDS or _is_clean(connection):
                return connection
            self._drop(connection)
        return bounded(self._pool.get_connection, deadline, late=self._pool.release)

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._drop(self._idle.pop()[0])

    def _drop(self, connection: Any) -> None:
        connection.disconnect()
        self._pool.release(connection)


def bounded(work: Callable[[], T], deadline: float, *, late: Callable[[T], object] | None = None) -> T:
    """What ``work`` returns or raises, or ``redis.TimeoutError`` at ``deadline`` (monotonic seconds).

    ``work`` runs in a daemon thread, for what has no timeout of its own (name resolution, a walk over many nodes).
    ``late`` receives a result that comes too late, so that nothing leaks.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    gave_up = threading.Lock()

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:
            failure = error
        answers.put((result, failure))
        if gave_up.acquire(blocking=False):
            return
        if result is not None and late is not None:
            late(result)

    threading.Thread(target=run, name="redis-bounded", daemon=True).start()
    try:
        result, failure = answers.get(timeout=max(0.001, deadline - time.monotonic()))
    except queue.Empty:
        if gave_up.acquire(blocking=False):
            raise RedisTimeoutError("没有及时应答") from None
        result, failure = answers.get()
    if failure is not None:
        try:
            raise failure
        finally:
            failure = None  # a traceback that holds itself would keep its sockets
    return result  # type: ignore[return-value]  # no failure: it is work's own result


def _is_clean(connection: Any) -> bool:
    """Whether nothing waits to be read: a connection closed by the server, or one with a stray answer, is not."""
    try:
        return not connection.can_read()
    except (RedisConnectionError, RedisTimeoutError, OSError):
        return False
