"""The bytes of the contract: a request body into what was asked, a reply into the JSON object of section 3."""

import re
from dataclasses import dataclass
from typing import Any

from chatbot.errors import InvalidMessageError
from chatbot.json_bytes import loads
from chatbot.json_file import Json, kind_of
from chatbot.reply import Message, Reply
from chatbot.reply_json import outcome_object
from chatbot.session.ids import validate_session_id

MAX_BODY_BYTES = 1024 * 1024
MAX_SENT_CHARACTERS = 2000
DEFAULT_ROWS, MAX_ROWS = 20, 1000
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A body that the contract allows. ``sent`` holds no NUL and no lone surrogate."""

    sent: str
    session_id: str | None = None
    rows_limit: int = DEFAULT_ROWS


def read_chat_request(body: bytes) -> ChatRequest:
    """What ``body`` asks.

    Raises:
        InvalidMessageError: not a JSON object, or a field of a wrong type or size; names the field.
        InvalidSessionIdError: a session id of another form.
    """
    fields = object_of(body)
    session_id = fields.get("session_id")
    if session_id is not None and not isinstance(session_id, str):
        raise InvalidMessageError(f"session_id 应是文字，现在是{kind_of(session_id)}")
    return ChatRequest(
        text_to_hear(fields, "sent"),
        None if session_id is None else validate_session_id(session_id),
        _rows_limit(fields.get("rows_limit", DEFAULT_ROWS)),
    )


def object_of(body: bytes, example: str = '{"sent": "您好"}') -> dict[str, Json]:
    """The JSON object that ``body`` is.

    Raises:
        InvalidMessageError: it is none; the message shows ``example``.
    """
    try:
        value = loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidMessageError(f"请求体不是 UTF-8 的 JSON → 发送 {example}") from error
    if not isinstance(value, dict):
        raise InvalidMessageError(f"请求体应是 JSON 对象，现在是{kind_of(value)} → 发送 {example}")
    return value


def text_to_hear(fields: dict[str, Json], field: str) -> str:
    """What someone said, in ``field``: a text of at most ``MAX_SENT_CHARACTERS``, without NUL and lone surrogates.

    Raises:
        InvalidMessageError: missing, of another type, too long, or nothing is left of it.
    """
    sent = fields.get(field)
    if not isinstance(sent, str):
        found = f"现在是{kind_of(sent)}" if field in fields else "现在没有"
        raise InvalidMessageError(f"{field} 应是文字，{found}")
    if len(sent) > MAX_SENT_CHARACTERS:
        raise InvalidMessageError(f"{field} 有 {len(sent)} 个字，最多 {MAX_SENT_CHARACTERS} 个")
    sent = _NOT_TEXT.sub("", sent)
    if not sent.strip():
        raise InvalidMessageError(f"{field} 是空的 → 写上要说的话")
    return sent


def short_text(fields: dict[str, Json], field: str, most: int = 256, default: str | None = None) -> str:
    """A text of at most ``most`` characters in ``field``; ``default`` when there is none.

    Raises:
        InvalidMessageError: missing without a default, of another type, or too long.
    """
    value = fields.get(field, default)
    if not isinstance(value, str) or len(value) > most:
        found = f"{len(value)} 个字" if isinstance(value, str) else kind_of(value)
        raise InvalidMessageError(f"{field} 应是最多 {most} 个字的文字，现在是{found}")
    return _NOT_TEXT.sub("", value)


def _rows_limit(limit: Json) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_ROWS:
        found = limit if isinstance(limit, int) and abs(limit) < 10**9 else kind_of(limit)
        raise InvalidMessageError(f"rows_limit 应是 1 到 {MAX_ROWS} 的整数，现在是 {found}")
    return limit


def reply_object(message: Message, reply: Reply, elapsed_ms: float) -> dict[str, Any]:
    """The contract's JSON object, keys in its order. ``degraded`` appears only when it is true."""
    shown: dict[str, Any] = {
        "session_id": message.session_id,
        "trace_id": message.trace_id,
        "kb_version": reply.kb_version,
        **outcome_object(reply, message.rows_limit),
        "elapsed_ms": round(elapsed_ms, 3),
    }
    if reply.degraded:
        shown["degraded"] = True
    return shown
