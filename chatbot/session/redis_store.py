"""Sessions in Redis: a fair lock and the session behind it, one round trip to take both, one to give both back."""

import time
from collections import deque
from contextlib import suppress
from typing import Any

from redis.exceptions import NoScriptError

from chatbot.errors import SessionBusyError, SessionStoreUnavailableError
from chatbot.frozen import dataclass
from chatbot.session import keys
from chatbot.session.base import Lease, Memory
from chatbot.session.codec import decode_memory, encode_memory
from chatbot.session.holders import holder_died, new_token
from chatbot.session.ids import validate_session_id
from chatbot.session.scripts import ACQUIRE, COMMIT, RELEASE, Script
from chatbot.session.transport import CALL_SECONDS, FOREIGN_ERRORS, Argument, Transport

DEAD_WAITER_MS = 250
"""A waiter polls every few milliseconds; one that has been silent this long is taken for dead and passed over."""

_MOST_LOST = 10_000
_FIRST_POLL_SECONDS = 0.001
_SLOWEST_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class LockTimes:
    """``ttl_ms``: after it the lock of a crashed holder is free. ``wait_ms``: how long a message waits for its turn.

    ``wait_ms`` and one last command (``CALL_SECONDS``) stay within the second that the store promises.
    """

    ttl_ms: int = keys.LOCK_TTL_MS
    wait_ms: int = 650

    def __post_init__(self) -> None:
        if self.ttl_ms <= 0 or not 0 < self.wait_ms <= 1000 - CALL_SECONDS * 1000:
            raise ValueError(
                f"{self}: ttl_ms must be positive, wait_ms within (0, {1000 - CALL_SECONDS * 1000:.0f}]"
            )


class RedisSessionStore:
    """A ``SessionStore`` on one Redis, a Sentinel's master or a Cluster. Thread-safe; owns its transport."""

    def __init__(
        self,
        transport: Transport,
        *,
        ttl_seconds: int = keys.SESSION_TTL_SECONDS,
        lock: LockTimes | None = None,
        prefix: str = keys.PREFIX,
    ) -> None:
        self._transport = transport
        self._ttl_seconds = ttl_seconds
        self._lock = lock or LockTimes()
        self._prefix = prefix
        self._lost: deque[Lease] = deque(maxlen=_MOST_LOST)

    def acquire(self, session_id: str) -> Lease:
        """Lock and load. Waits in line for at most ``LockTimes.wait_ms``, then ``SessionBusyError``.

        A holder that died is not waited for when it ran on this machine; else its lock expires. Neither is a lock from
        before a restart of Redis: whether it was given back may be lost. ``commit`` tells one who still had it.
        """
        validate_session_id(session_id)
        started = time.monotonic()
        deadline = started + self._lock.wait_ms / 1000
        token = new_token()
        ticket: str | bytes = ""
        last = False
        while True:
            try:
                answer = self._try_acquire(session_id, token, ticket, last)
            except SessionStoreUnavailableError:
                self.release_later(
                    Lease(session_id, token)
                )  # it may yet read what we sent, and lock for nobody
                raise
            if answer[0] == 1:
                return Lease(session_id, token, self._memory(session_id, answer[1]), answer[1] or b"")
            if last:
                raise SessionBusyError(
                    f"会话 {session_id} 的上一条消息还在处理，等了 {self._lock.wait_ms} 毫秒 → 请稍后再发一次"
                )
            _, ticket, waiters_before, holder = answer
            if holder and holder_died(holder.decode("ascii", "replace")):
                self.release(Lease(session_id, holder.decode("ascii", "replace")))
            pause = min(_FIRST_POLL_SECONDS * (1 + waiters_before), _SLOWEST_POLL_SECONDS)
            last = time.monotonic() + pause >= deadline
            time.sleep(pause)

    def commit(self, lease: Lease, memory: Memory) -> None:
        """Save and unlock. ``SessionBusyError`` when the lock is another's or has expired: then nothing is written."""
        lock, session = self._lock_key(lease), keys.session_key(self._prefix, lease.session_id)
        try:
            saved = self._run(
                COMMIT, (lock, session), (lease.token, encode_memory(memory), self._ttl_seconds)
            )
        except SessionStoreUnavailableError:
            self.release_later(lease)
            raise
        if saved != 1:
            raise SessionBusyError(
                f"会话 {lease.session_id} 的这一轮用时超过锁的期限（{self._lock.ttl_ms} 毫秒），没有保存 → 请再发一次"
            )

    def release(self, lease: Lease) -> None:
        """Unlock without saving; silent when the lock is gone, and when Redis is down (then ``release_later``)."""
        try:
            self._run(RELEASE, (self._lock_key(lease),), (lease.token,))
        except SessionStoreUnavailableError:
            self.release_later(lease)

    def release_later(self, lease: Lease) -> None:
        """Unlock at the next ``ping`` that is answered, or when the lock expires; costs nothing now."""
        self._lost.append(lease)

    def ping(self) -> None:
        """``SessionStoreUnavailableError`` with the reason unless Redis answers. Frees locks that were lost."""
        try:
            self._transport.call("PING")
        except FOREIGN_ERRORS as error:
            raise _unavailable(error) from error
        with suppress(IndexError):
            while True:
                lease = self._lost.popleft()
                self._run(RELEASE, (self._lock_key(lease),), (lease.token,))

    def close(self) -> None:
        """Close the connections. May be called twice."""
        self._transport.close()

    def _try_acquire(self, session_id: str, token: str, ticket: str | bytes, last: bool) -> Any:
        names = (
            keys.lock_key(self._prefix, session_id),
            keys.session_key(self._prefix, session_id),
            keys.queue_key(self._prefix, session_id),
            keys.seen_key(self._prefix, session_id),
        )
        arguments = (token, self._lock.ttl_ms, ticket, DEAD_WAITER_MS, keys.QUEUE_TTL_MS, int(last))
        return self._run(ACQUIRE, names, arguments)

    def _lock_key(self, lease: Lease) -> str:
        return keys.lock_key(self._prefix, lease.session_id)

    def _memory(self, session_id: str, payload: bytes | None) -> Memory:
        return Memory() if payload is None else decode_memory(payload, session_id)

    def _run(self, script: Script, names: tuple[str, ...], arguments: tuple[Argument, ...]) -> Any:
        try:
            return self._transport.call("EVALSHA", script.sha, len(names), *names, *arguments)
        except NoScriptError:
            return self._load_and_run(script, names, arguments)
        except FOREIGN_ERRORS as error:
            raise _unavailable(error) from error

    def _load_and_run(self, script: Script, names: tuple[str, ...], arguments: tuple[Argument, ...]) -> Any:
        """``EVAL`` runs the script and keeps it for the next ``EVALSHA``; needed once after Redis started."""
        try:
            return self._transport.call("EVAL", script.source, len(names), *names, *arguments)
        except FOREIGN_ERRORS as error:
            raise _unavailable(error) from error


def _unavailable(error: BaseException) -> SessionStoreUnavailableError:
    """The border: what redis-py raises becomes the one error the rest of the chatbot knows."""
    return SessionStoreUnavailableError(
        f"Redis 用不了（{type(error).__name__}: {error}）→ 检查它的地址，以及它是否在运行"
    )
