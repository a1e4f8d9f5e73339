"""Asks a predict sub-service over HTTP: within a time that is never passed, whatever the network does."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from queue import Empty, LifoQueue
from typing import TypeVar
from urllib.parse import urlsplit

from chatbot.backends.breaker import CircuitBreaker
from chatbot.errors import ConfigError

T = TypeVar("T")
CALLS_AT_ONCE = 16
_LARGEST_REPLY = 4 * 2**20
_ITS_OWN_FAULT = frozenset((400, 413, 415, 422))


class PredictUnavailable(Exception):
    """No reply in time, or none that can be read; says why."""


class PredictRefused(Exception):
    """The service is well, and does not take what it was sent; says what it answered."""


class PredictClient:
    """One service: connections are kept, failures open a breaker.

    The call is made beside the caller, who waits for ``seconds`` and no longer: neither a name that is not resolved nor
    a reply that trickles in can keep a turn. What was given up ends by its own socket timeout.
    """

    def __init__(
        self, url: str, token: str, seconds: float, setting: str, breaker: CircuitBreaker | None = None
    ) -> None:
        """``setting`` is the configuration's name for ``url``. Raises ``ConfigError`` when that is not http(s)."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"{setting} 不是 http(s) 地址 → 写成 http://…/api/predict/<服务名>")
        self._make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "Connection": "keep-alive"}
        if token:
            self._headers["Authorization"] = token
        self._seconds, self._breaker = seconds, breaker or CircuitBreaker()
        self._idle: LifoQueue[http.client.HTTPConnection] = LifoQueue()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def ask(self, body: bytes, read: Callable[[bytes], T]) -> T:
        """What ``read`` makes of the reply to ``body``; a ``ValueError`` of it is a failure of the service.

        Raises:
            PredictUnavailable: after at most the time that was set.
            PredictRefused: what was sent is refused.
        """
        if not self._breaker.admits():
            raise PredictUnavailable("it failed several times in a row and is left alone for some seconds")
        call = _Call()
        try:
            told = read(self._started(call, body).result(self._seconds))
        except LateError as error:
            call.give_up()
            self._breaker.told(False)
            raise PredictUnavailable(f"no answer within {self._seconds * 1000:.0f} ms") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._breaker.told(False)
            raise PredictUnavailable(f"{type(error).__name__}: {error}") from error
        except PredictRefused:
            self._breaker.told(True)
            raise
        self._breaker.told(True)
        return told

    def close(self) -> None:
        """Let connections and threads go."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _started(self, call: "_Call", body: bytes) -> "Future[bytes]":
        with self._lock:  # made with the first call: threads do not survive the fork of the workers
            if self._pool is None:
                self._pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="predict")
            return self._pool.submit(self._exchange, call, body)

    def _exchange(self, call: "_Call", body: bytes) -> bytes:
        """One request over a kept connection; over a new one when that was closed meanwhile."""
        try:
            kept = self._idle.get_nowait()
        except Empty:
            return self._over(self._new(), call, body)
        try:
            return self._over(kept, call, body)
        except ConnectionError:
            if call.given_up:
                raise
            return self._over(self._new(), call, body)

    def _new(self) -> http.client.HTTPConnection:
        return self._make(self._host, self._port, timeout=self._seconds)

    def _over(self, connection: http.client.HTTPConnection, call: "_Call", body: bytes) -> bytes:
        call.connection = connection
        try:
            connection.request("POST", self._path, body, self._headers)
            response = connection.getresponse()
            told = response.read(_LARGEST_REPLY)
            if response.status in _ITS_OWN_FAULT:
                raise PredictRefused(f"HTTP {response.status}")
            if response.status != 200:
                raise ValueError(f"HTTP {response.status}")
        except BaseException:
            connection.close()
            raise
        if response.will_close or not response.isclosed():
            connection.close()
        else:
            self._idle.put(connection)
        return told


class _Call:
    """One exchange, so that whoever waits for it can end it."""

    def __init__(self) -> None:
        self.connection: http.client.HTTPConnection | None = None
        self.given_up = False

    def give_up(self) -> None:
        """Wake whoever reads from the connection: a reply that trickles in would keep its thread."""
        self.given_up = True
        sock = self.connection.sock if self.connection else None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
