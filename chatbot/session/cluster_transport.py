"""Commands to a Redis Cluster: straight to the node that owns the key, through redis-py when the cluster has moved.

redis-py's own way through a cluster costs about five times a direct one and walks over dead nodes without a deadline.
So it is asked for what it knows best, the map of the slots, and for commands that a node sends elsewhere.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from redis.cluster import RedisCluster
from redis.exceptions import AskError, ClusterDownError, NoScriptError, TryAgainError

from chatbot.session.transport import CALL_SECONDS, FOREIGN_ERRORS, Argument, DirectTransport, bounded

_FIRST_KEY = 3
"""Where ``EVAL`` and ``EVALSHA`` have their first key: after the command, the script and the number of keys."""

_SENT_ELSEWHERE = (AskError, TryAgainError, ClusterDownError)
"""The node did nothing and names another (``MovedError`` is an ``AskError``), or has to be asked again."""


class ClusterTransport:
    """A ``Transport`` over a ``RedisCluster``, which is built at the first command: a cluster that is down must not
    stop the service's start. After any other error than a redirection the map is thrown away and made anew.
    """

    def __init__(self, connect: Callable[[], RedisCluster]) -> None:
        self._connect = connect
        self._map: _SlotMap | None = None
        self._lock = threading.Lock()

    def call(self, *command: Argument, seconds: float = CALL_SECONDS) -> Any:
        deadline = time.monotonic() + seconds
        slots = self._map or bounded(self._make_map, deadline)
        try:
            return slots.call(command, deadline)
        except NoScriptError:
            raise
        except FOREIGN_ERRORS:
            self._forget(slots)
            raise

    def close(self) -> None:
        with self._lock:
            slots, self._map = self._map, None
        if slots is not None:
            slots.close()

    def _make_map(self) -> "_SlotMap":
        with self._lock:
            if self._map is None:
                self._map = _SlotMap(self._connect())
            return self._map

    def _forget(self, slots: "_SlotMap") -> None:
        """Other threads may be at work with ``slots``, so it is left to the last of them, not closed."""
        with self._lock:
            if self._map is slots:
                self._map = None


class _SlotMap:
    """What is known of the cluster now: redis-py's client and our connections to each node."""

    def __init__(self, client: RedisCluster) -> None:
        self._client = client
        self._nodes: dict[str, DirectTransport] = {}

    def call(self, command: tuple[Argument, ...], deadline: float) -> Any:
        if command[0] not in ("EVALSHA", "EVAL"):
            return self._ask_redis_py(command, deadline)
        try:
            node = self._node_of(command[_FIRST_KEY])
            return node.call(*command, seconds=deadline - time.monotonic())
        except _SENT_ELSEWHERE:
            return self._ask_redis_py(command, deadline)

    def close(self) -> None:
        for node in self._nodes.values():
            node.close()
        self._client.close()

    def _node_of(self, key: Argument) -> DirectTransport:
        node = self._client.get_node_from_key(key)  # type: ignore[no-untyped-call]  # redis-py's
        transport = self._nodes.get(node.name)
        if transport is None:
            transport = DirectTransport(self._client.get_redis_connection(node))
            self._nodes[node.name] = transport
        return transport

    def _ask_redis_py(self, command: tuple[Argument, ...], deadline: float) -> Any:
        """Follows redirections and corrects the map. In a helper thread: it may ask one dead node after another."""
        execute: Callable[..., Any] = self._client.execute_command
        return bounded(lambda: execute(*command), deadline)
