"""Logs: one JSON line an event on standard error, carrying trace and session id, never what people said unless asked."""

import logging
import re
import sys
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO, TextIO

from chatbot.json_bytes import dumps
from chatbot.reply import Message, Reply

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_DECEIVING = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON leaves as it is but a terminal or a log viewer obeys: C1 controls, line separators, writing directions."""

_message: ContextVar[Message | None] = ContextVar("message", default=None)


def iso_time(seconds: float) -> str:
    """``seconds`` since 1970 as 2026-01-31T09:00:00.123456Z."""
    whole, rest = divmod(int(seconds * 1_000_000), 1_000_000)
    return f"{_to_the_second(whole)}.{rest:06}Z"


@lru_cache(maxsize=2)
def _to_the_second(seconds: int) -> str:
    """``strftime`` costs more than the rest of a line, and many lines are of the same second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class JsonFormatter(logging.Formatter):
    """A record as one JSON line, with the ids of the turn it belongs to and its traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": iso_time(record.created),
        }
        if message := _message.get():
            line |= {"trace_id": message.trace_id, "session_id": message.session_id}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _escaped(dumps(line).decode())


def _escaped(line: str) -> str:
    """``line`` (JSON, so C0 controls are escaped) in which nothing can end it or draw over it."""
    return _DECEIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send what any module logs to ``stream`` (standard error) as JSON lines. Call once, in an entry point.

    ``level`` is for our own modules; libraries are heard from ``warning`` on.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.WARNING))
    logging.getLogger("chatbot").setLevel(_LEVELS[level])


class turn_ids:
    """``with turn_ids(message):`` whatever this thread logs carries the ids of ``message``."""

    __slots__ = ("_message", "_token")

    def __init__(self, message: Message) -> None:
        self._message = message

    def __enter__(self) -> None:
        self._token = _message.set(self._message)

    def __exit__(self, *error: object) -> None:
        _message.reset(self._token)


class TurnLog:
    """Writes one line a turn, like all others in form. Thread-safe. ``log_utterances`` adds what was said and answered."""

    def __init__(self, level: str, *, log_utterances: bool = False, stream: BinaryIO | None = None) -> None:
        self._log_utterances = log_utterances
        self._enabled = _LEVELS[level] <= logging.INFO
        self._stream, self._one_at_a_time = stream or sys.stderr.buffer, threading.Lock()

    def turn(self, message: Message, reply: Reply, elapsed_ms: float) -> None:
        """The line of one finished turn; put together here, for a logger costs more than the line."""
        if not self._enabled:
            return
        line: dict[str, object] = {
            "trace_id": message.trace_id,
            "session_id": message.session_id,
            "state": reply.state,
            "source": reply.answer_source,
            "type": reply.answer_type,
            "confidence": round(reply.confidence, 4),
            "degraded": reply.degraded,
            "elapsed_ms": elapsed_ms,
        }
        if self._log_utterances:
            line |= {"sent": message.sent, "answer": reply.answer}
        line |= {"event": "turn", "level": "info", "timestamp": iso_time(time.time())}
        written = dumps(line)
        if self._log_utterances:
            written = _escaped(written.decode()).encode()
        written += b"\n"
        with (
            self._one_at_a_time,
            suppress(OSError),
        ):  # nobody reads the log: the turn is answered all the same
            self._stream.write(written)
            self._stream.flush()
