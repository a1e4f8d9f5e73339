"""What foreign clients send and expect, to and from our own messages and replies."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from chatbot.errors import InvalidMessageError, InvalidSessionIdError
from chatbot.frozen import dataclass
from chatbot.json_file import Json, kind_of
from chatbot.reply import Message, Reply
from chatbot.session.ids import new_session_id, validate_session_id
from chatbot.web.wire import object_of, reply_object, text_to_hear

COMPLETION_TYPE = "text/event-stream; charset=utf-8"
MAX_NAME = 256
_PIECE = 16
"""Characters a streamed chunk holds."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A Rasa REST message. ``sender`` is given back as it came; ``session_id`` is the session it names."""

    sent: str
    sender: str
    session_id: str


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """The last thing the user said; the conversation before it is the session's, not the client's copy."""

    sent: str
    session_id: str
    stream: bool = False
    stream_usage: bool = False


def read_webhook(body: bytes) -> WebhookRequest:
    """``{"sender", "message"}``; without a sender a new session is made.

    Raises:
        InvalidMessageError: not of this form; names the field.
    """
    fields = object_of(body, '{"sender": "u1", "message": "您好"}')
    sender = _name(fields, "sender") or new_session_id()
    return WebhookRequest(text_to_hear(fields, "message"), sender, session_named(sender))


def webhook_object(sender: str, reply: Reply) -> list[dict[str, Any]]:
    """One message with the suggestions as buttons (their payload is what a click says)."""
    said: dict[str, Any] = {"recipient_id": sender, "text": reply.answer}
    if reply.suggestions:
        said["buttons"] = [{"title": text, "payload": text} for text in reply.suggestions]
    return [said]


def read_completion(body: bytes, session_header: str | None) -> CompletionRequest:
    """A chat completion. The session is what the header names, else the ``user`` field, else a new one.

    Raises:
        InvalidMessageError: not of this form; names the field.
    """
    fields = object_of(body, '{"messages": [{"role": "user", "content": "您好"}]}')
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidMessageError('messages 应是非空的列表 → 写 [{"role": "user", "content": "您好"}]')
    said = [_content(message, place) for place, message in enumerate(messages) if _is_users(message)]
    if not said:
        raise InvalidMessageError(
            'messages 里没有 role 是 user 的消息 → 加上 {"role": "user", "content": "您好"}'
        )
    stream = _flag(fields, "stream")
    options = fields.get("stream_options")
    usage = stream and isinstance(options, dict) and _flag(options, "include_usage")
    name = (session_header or "")[:MAX_NAME] or _name(fields, "user")
    sent = text_to_hear({"content": said[-1]}, "content")
    return CompletionRequest(sent, session_named(name) if name else new_session_id(), stream, usage)


def completion_object(model: str, message: Message, reply: Reply, seconds: float) -> dict[str, Any]:
    """A ``chat.completion``. ``usage`` counts characters, for there are no tokens here; ``chatbot`` is our own reply."""
    asked, said = len(message.sent), len(reply.answer)
    return {
        "id": f"chatcmpl-{message.trace_id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": reply.answer, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
        "chatbot": reply_object(message, reply, seconds * 1000),
    }


def completion_chunks(completion: dict[str, Any], *, with_usage: bool) -> Iterator[dict[str, Any]]:
    """The same as ``chat.completion.chunk``s: the role, the text piece by piece, the end, and the usage if wanted."""
    frame = {name: completion[name] for name in ("id", "created", "model")} | {
        "object": "chat.completion.chunk"
    }
    text = completion["choices"][0]["message"]["content"]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[start : start + _PIECE]} for start in range(0, len(text), _PIECE)]
    for delta in deltas:
        yield frame | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]}
    end = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    yield frame | {"choices": [end], "chatbot": completion["chatbot"]}
    if with_usage:
        yield frame | {"choices": [], "usage": completion["usage"]}


def model_list(name: str) -> dict[str, Any]:
    """The one model there is."""
    return {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "chatbot"}]}


def session_named(name: str) -> str:
    """The session of a client's own name for someone: the name itself when it may be an id, else a hash of it."""
    try:
        return validate_session_id(name)
    except InvalidSessionIdError:
        return "name-" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _is_users(message: Json) -> bool:
    return isinstance(message, dict) and message.get("role") == "user"


def _content(message: Json, place: int) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise InvalidMessageError(f"messages[{place}].content 应是文字，现在是{kind_of(content)}")
    parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "\n".join(part for part in parts if isinstance(part, str))


def _name(fields: dict[str, Json], field: str) -> str:
    value = fields.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise InvalidMessageError(f"{field} 应是最多 {MAX_NAME} 个字的文字，现在是{kind_of(value)}")
    return value


def _flag(fields: dict[str, Json], field: str) -> bool:
    value = fields.get(field)
    if value is not None and not isinstance(value, bool):
        raise InvalidMessageError(f"{field} 应是 true 或 false，现在是{kind_of(value)}")
    return bool(value)
