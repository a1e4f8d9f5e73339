"""The bytes of the contract: a request body into what was asked, a reply into the JSON object of section 3."""

import re
from typing import Any

from chatbot.errors import InvalidMessageError
from chatbot.frozen import dataclass
from chatbot.json_bytes import loads
from chatbot.json_file import Json, kind_of
from chatbot.reply import Message, Reply
from chatbot.reply_json import outcome_object
from chatbot.session.ids import validate_session_id

MAX_BODY_BYTES = 1024 * 1024
MAX_SENT_CHARACTERS = 2000
DEFAULT_ROWS, MAX_ROWS = 20, 1000
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A body that the contract allows. ``sent`` holds no NUL and no lone surrogate; ``picture`` is base64."""

    sent: str
    session_id: str | None = None
    rows_limit: int = DEFAULT_ROWS
    picture: str = ""


def read_chat_request(body: bytes, picture_bytes: int = 0) -> ChatRequest:
    """What ``body`` asks; a picture of at most ``picture_bytes`` may be with it, none at 0.

    Raises:
        InvalidMessageError: not a JSON object, or a field of a wrong type or size; names the field.
        InvalidSessionIdError: a session id of another form.
    """
    fields = object_of(body)
    session_id = fields.get("session_id")
    if session_id is not None and not isinstance(session_id, str):
        raise InvalidMessageError(f"session_id 应是文字，现在是{kind_of(session_id)}")
    picture = _picture(fields["image"], picture_bytes) if fields.get("image") is not None else ""
    return ChatRequest(
        text_to_hear(fields, "sent", may_be_blank=bool(picture)),
        None if session_id is None else validate_session_id(session_id),
        _rows_limit(fields.get("rows_limit", DEFAULT_ROWS)),
        picture,
    )


def _picture(image: Json, most: int) -> str:
    """The base64 of a picture, without the head of a data URL. Whether it is a picture is for the image service to say."""
    if not isinstance(image, str):
        raise InvalidMessageError(f"image 应是 base64 的文字，现在是{kind_of(image)}")
    if not most:
        raise InvalidMessageError(
            "image: 这个服务没有开启看图 → 不要带 image，或在配置里写 image_service_url"
        )
    head, comma, after = image.partition(",")
    encoded = after if comma and head.startswith("data:") else image
    if len(encoded) > -(-most // 3) * 4:
        raise InvalidMessageError(f"image 超过 {most // 2**20} MB → 缩小图片再发")
    if not encoded or not _BASE64.fullmatch(encoded):
        raise InvalidMessageError("image 不是 base64 → 发图片文件的 base64，前面可以有 data:image/…;base64,")
    return encoded


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


def text_to_hear(fields: dict[str, Json], field: str, *, may_be_blank: bool = False) -> str:
    """What someone said, in ``field``: a text of at most ``MAX_SENT_CHARACTERS``, without NUL and lone surrogates.

    Raises:
        InvalidMessageError: missing or blank unless it ``may_be_blank``, of another type, or too long.
    """
    sent = fields.get(field, "" if may_be_blank else None)
    if not isinstance(sent, str):
        found = f"现在是{kind_of(sent)}" if field in fields else "现在没有"
        raise InvalidMessageError(f"{field} 应是文字，{found}")
    if len(sent) > MAX_SENT_CHARACTERS:
        raise InvalidMessageError(f"{field} 有 {len(sent)} 个字，最多 {MAX_SENT_CHARACTERS} 个")
    sent = _NOT_TEXT.sub("", sent)
    if not sent.strip() and not may_be_blank:
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
