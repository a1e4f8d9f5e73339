"""Conversations under load: keep-alive connections, each says its next line on the last reply, until a time is up.

Unlike ``load.py`` it gives every turn a trace id of its own, so that what was answered can be looked up afterwards in
the log and in the store, and it keeps each failure with its cause.
"""

import json
import selectors
import socket
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tools.bench.load import RECEIVE, STALL_SECONDS

MOST_A_SECOND = 10_000
"""Turns are bounded in count too: this many for each second asked for."""

_END = b"\r\n\r\n"
_VERSION = b'"kb_version":'
_DEGRADED = b'"degraded":true'
Conversation = Sequence[str]


@dataclass(frozen=True, slots=True)
class Failure:
    """A turn without its reply: when (``time.monotonic``), why, and the client's port that it was sent from."""

    at: float
    cause: str
    port: int
    trace: int


@dataclass(slots=True)
class TalkResult:
    """What the users saw. ``latencies`` in seconds, one an answered turn; ``answered`` are trace numbers."""

    seconds: float = 0.0
    sent: int = 0
    degraded: int = 0
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    answered: "array[int]" = field(default_factory=lambda: array("q"))
    failures: list[Failure] = field(default_factory=list)
    versions: list[tuple[float, str]] = field(default_factory=list)
    """When a reply named another knowledge version than the reply before it."""

    def percentile_ms(self, share: float) -> float:
        """The latency below which ``share`` (0-1) of the turns were answered, in milliseconds."""
        ranked = sorted(self.latencies)
        return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000, 3) if ranked else 0.0


@dataclass(slots=True)
class _Talker:
    """One user at a time on one connection."""

    socket: socket.socket
    lines: Iterator[str] = field(default_factory=lambda: iter(()))
    session: str = ""
    trace: int = -1
    sent_at: float = 0.0
    port: int = 0
    buffer: bytearray = field(default_factory=bytearray)


class TalkLoad:
    """Talks to 127.0.0.1:``port`` on ``connections`` at once, going round ``conversations``; each has its own session.

    Only connections of this machine's loopback are made; the run ends after ``seconds`` or ``MOST_A_SECOND`` turns a
    second, whichever comes first. With a ``pause`` all users wait that many seconds after each reply.
    """

    def __init__(
        self, port: int, conversations: Sequence[Conversation], connections: int, pause: float = 0.0
    ) -> None:
        self._pause = pause
        self._port, self._conversations, self._connections = port, conversations, connections
        self._selector = selectors.DefaultSelector()
        self._begun = 0
        self._version = ""
        self.result = TalkResult()

    def run(self, seconds: float) -> TalkResult:
        """Talk for ``seconds``; the last turns are waited for.

        Raises:
            TimeoutError: no answer at all for ``STALL_SECONDS``.
        """
        started = time.monotonic()
        self._until, self._most = started + seconds, int(seconds * MOST_A_SECOND)
        for _ in range(self._connections):
            self._open()
        while self._selector.get_map():
            events = self._selector.select(STALL_SECONDS)
            if not events:
                raise TimeoutError(f"no answer for {STALL_SECONDS} s after {self.result.sent} turns")
            for key, _ in events:
                self._receive(key.data)
        self._selector.close()
        self.result.seconds = time.monotonic() - started
        return self.result

    @property
    def _over(self) -> bool:
        return time.monotonic() >= self._until or self.result.sent >= self._most

    def _open(self, old: _Talker | None = None) -> None:
        """A new connection that goes on with the conversation of ``old``."""
        connection = self._connected()
        if connection is None:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talker = _Talker(connection, port=connection.getsockname()[1])
        if old is not None:
            talker.lines, talker.session = old.lines, old.session
        self._selector.register(connection, selectors.EVENT_READ, talker)
        self._say_next(talker)

    def _connected(self) -> socket.socket | None:
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port), 5)
            except OSError as error:
                self.result.failures.append(
                    Failure(time.monotonic(), f"connect: {type(error).__name__}", 0, -1)
                )
                if self._over:
                    return None
                time.sleep(0.05)

    def _say_next(self, talker: _Talker) -> None:
        if self._over:
            self._drop(talker)
            return
        line = next(talker.lines, None)
        if line is None:
            conversation = self._conversations[self._begun % len(self._conversations)]
            talker.lines, talker.session = iter(conversation), f"soak-{self._begun}"
            self._begun += 1
            line = next(talker.lines)
        if self._pause:
            time.sleep(self._pause)
        talker.trace = self.result.sent
        self.result.sent += 1
        talker.sent_at = time.monotonic()
        try:
            talker.socket.sendall(_request(line, talker.session, talker.trace))
        except OSError as error:
            self._failed(talker, type(error).__name__)

    def _receive(self, talker: _Talker) -> None:
        try:
            data = talker.socket.recv(RECEIVE)
        except OSError as error:
            self._failed(talker, type(error).__name__)
            return
        if not data:
            self._failed(talker, "closed without a reply")
            return
        buffer = talker.buffer
        buffer += data
        end = buffer.find(_END)
        if end < 0:
            return
        head = bytes(buffer[:end]).lower()
        if len(buffer) - end - 4 >= _length(head):
            self._finished(talker, head, bytes(buffer[end + 4 :]))

    def _finished(self, talker: _Talker, head: bytes, body: bytes) -> None:
        talker.buffer.clear()
        status = head[9:12]
        if status == b"200":
            now = time.monotonic()
            self.result.latencies.append(now - talker.sent_at)
            self.result.answered.append(talker.trace)
            self.result.degraded += _DEGRADED in body
            self._note_version(now, body)
        else:
            self._note_failure(talker, f"status {status.decode()}")
        if b"connection: close" in head:
            self._drop(talker)
            if not self._over:
                self._open(talker)
        else:
            self._say_next(talker)

    def _note_version(self, now: float, body: bytes) -> None:
        at = body.find(_VERSION) + len(_VERSION)
        version = body[at : at + 20].decode("ascii", "replace").strip(' "').partition('"')[0]
        if version != self._version:
            self._version = version
            self.result.versions.append((now, version))

    def _note_failure(self, talker: _Talker, cause: str) -> None:
        self.result.failures.append(Failure(time.monotonic(), cause, talker.port, talker.trace))

    def _failed(self, talker: _Talker, cause: str) -> None:
        """Note it, and go on with the same conversation on a new connection, as a user would."""
        self._note_failure(talker, cause)
        self._drop(talker)
        if not self._over:
            self._open(talker)

    def _drop(self, talker: _Talker) -> None:
        self._selector.unregister(talker.socket)
        talker.socket.close()


def _request(line: str, session: str, trace: int) -> bytes:
    body = json.dumps({"sent": line, "session_id": session}, ensure_ascii=False).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Trace-Id: soak-{trace}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
