"""Logs: one JSON line an event on standard error, carrying trace and session id, never what people said unless asked."""

import json
import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, BinaryIO, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor, WrappedLogger

from chatbot.reply import Message, Reply

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_message: ContextVar[Message | None] = ContextVar("message", default=None)
_timestamp = structlog.processors.TimeStamper(fmt="iso", utc=True)


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send what any module logs to ``stream`` (standard error) as JSON lines. Call once, in an entry point.

    ``level`` is for our own modules; libraries are heard from ``warning`` on.
    """
    with_ids: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _timestamp,
        _add_ids,
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_compact),
            ],
            foreign_pre_chain=with_ids,
        )
    )
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
    """Writes one line a turn. Thread-safe. ``log_utterances`` adds what was said and answered."""

    def __init__(self, level: str, *, log_utterances: bool = False, stream: BinaryIO | None = None) -> None:
        self._log_utterances = log_utterances
        self._logger = cast(
            FilteringBoundLogger,
            structlog.wrap_logger(
                structlog.BytesLogger(stream or sys.stderr.buffer),
                processors=[
                    structlog.processors.add_log_level,
                    _timestamp,
                    structlog.processors.JSONRenderer(serializer=_compact_bytes),
                ],
                wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
                cache_logger_on_first_use=True,
            ).bind(),
        )

    def turn(self, message: Message, reply: Reply, elapsed_ms: float) -> None:
        """The line of one finished turn."""
        said = {"sent": message.sent, "answer": reply.answer} if self._log_utterances else {}
        self._logger.info(
            "turn",
            trace_id=message.trace_id,
            session_id=message.session_id,
            state=reply.state,
            source=reply.answer_source,
            type=reply.answer_type,
            confidence=round(reply.confidence, 4),
            degraded=reply.degraded,
            elapsed_ms=elapsed_ms,
            **said,
        )


def _add_ids(logger: WrappedLogger, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    message = _message.get()
    if message is not None:
        event.setdefault("trace_id", message.trace_id)
        event.setdefault("session_id", message.session_id)
    return event


def _compact(event: Any, **_: Any) -> str:
    return _compact_bytes(event).decode()


def _compact_bytes(event: Any, **_: Any) -> bytes:
    return _encode(event).encode("utf-8", "replace")
