"""Every key this package keeps in Redis: one function a key, its time to live beside it.

The ``{…}`` is a hash tag: all keys of a session live in one slot of a Cluster, so one script may touch them.
Session ids are validated first and hold no braces.
"""

PREFIX = "chatbot:"

SESSION_TTL_SECONDS = 86_400
"""A conversation that has been silent for a day starts anew."""

LOCK_TTL_MS = 5_000
"""A turn takes milliseconds; the lock of a holder that died is free again after this."""

QUEUE_TTL_MS = 5_000
"""A waiter waits less than a second; what a crash leaves of a queue is gone after this."""


def session_key(prefix: str, session_id: str) -> str:
    """String: the payload of ``codec``; lives ``SESSION_TTL_SECONDS`` after the last turn."""
    return f"{prefix}session:{{{session_id}}}"


def lock_key(prefix: str, session_id: str) -> str:
    """String: the holder's token and the server's run; lives ``LOCK_TTL_MS``, and no longer than that run."""
    return f"{prefix}lock:{{{session_id}}}"


def queue_key(prefix: str, session_id: str) -> str:
    """Sorted set: token of a waiter → its ticket (µs of its arrival); lives ``QUEUE_TTL_MS`` after the last poll."""
    return f"{prefix}queue:{{{session_id}}}"


def seen_key(prefix: str, session_id: str) -> str:
    """Hash: token of a waiter → when it polled last (ms); lives as long as the queue."""
    return f"{prefix}seen:{{{session_id}}}"


def limit_key(prefix: str, kind: str, name: str) -> str:
    """String: when the subject's bucket is full again (µs); lives until then.

    All limits share one slot of a Cluster, so that one script counts a request's token, session and address.
    """
    return f"{prefix}{{limit}}:{kind}:{name}"
