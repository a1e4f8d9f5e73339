"""A small load generator: keep-alive connections in one process, each sends its next request on the last reply.

Plain sockets and ``selectors``, so that the generator costs as little of the shared cores as Python allows.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEADER_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
RECEIVE = 65536
STALL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What one run saw. Latencies in seconds, one an answered request, in order of completion."""

    seconds: float
    latencies: tuple[float, ...]
    errors: int

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency below which ``share`` (0-1) of the requests were answered, in seconds."""
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def joined(parts: Sequence[LoadResult]) -> LoadResult:
    """Several runs as one."""
    latencies = tuple(latency for part in parts for latency in part.latencies)
    return LoadResult(sum(p.seconds for p in parts), latencies, sum(p.errors for p in parts))


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)


def post_request(path: str, body: bytes, host: str) -> bytes:
    """The bytes of one JSON POST on a keep-alive connection."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run_load(port: int, requests: Sequence[bytes], total: int, connections: int) -> LoadResult:
    """Send ``total`` requests, round robin over ``requests``, on ``connections`` at once to 127.0.0.1:``port``.

    Any status but 200 and any broken connection counts as an error (the connection is opened again).

    Raises:
        TimeoutError: no answer at all for ``STALL_SECONDS``.
    """
    selector = selectors.DefaultSelector()
    run = _Run(port, requests, total, selector)
    started = time.perf_counter()
    for _ in range(min(connections, total)):
        run.open()
    while run.done < total:
        events = selector.select(STALL_SECONDS)
        if not events:
            raise TimeoutError(f"no answer for {STALL_SECONDS} s after {run.done} of {total} requests")
        for key, _ in events:
            run.receive(key.data)
    seconds = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    return LoadResult(seconds, tuple(run.latencies), run.errors)


class _Run:
    """The state of one run: what was sent, what came back."""

    def __init__(
        self, port: int, requests: Sequence[bytes], total: int, selector: selectors.BaseSelector
    ) -> None:
        self._port, self._requests, self._total, self._selector = port, requests, total, selector
        self.sent = self.done = self.errors = 0
        self.latencies: list[float] = []

    def open(self) -> None:
        connection = _Connection(socket.create_connection(("127.0.0.1", self._port), 5))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._send(connection)

    def _send(self, connection: _Connection) -> None:
        if self.sent >= self._total:
            self._drop(connection)
            return
        request = self._requests[self.sent % len(self._requests)]
        self.sent += 1
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(request)

    def receive(self, connection: _Connection) -> None:
        """Take what has arrived; when the reply is whole, count it and send the next request."""
        try:
            data = connection.socket.recv(RECEIVE)
        except OSError:
            data = b""
        if not data:
            self._failed(connection)
            return
        connection.buffer += data
        head_end = connection.buffer.find(_HEADER_END)
        if head_end < 0:
            return
        head = bytes(connection.buffer[:head_end]).lower()
        if len(connection.buffer) - head_end - 4 < _content_length(head):
            return
        self.latencies.append(time.perf_counter() - connection.sent_at)
        self.done += 1
        self.errors += not head.startswith(b"http/1.1 200")
        connection.buffer.clear()
        if b"connection: close" in head:
            self._reopen(connection)
        else:
            self._send(connection)

    def _failed(self, connection: _Connection) -> None:
        self.done += 1
        self.errors += 1
        self._reopen(connection)

    def _reopen(self, connection: _Connection) -> None:
        self._drop(connection)
        if self.sent < self._total:
            self.open()

    def _drop(self, connection: _Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()


def _content_length(head: bytes) -> int:
    at = head.find(_LENGTH)
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
