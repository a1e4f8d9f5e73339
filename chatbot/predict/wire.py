"""How requests and replies look: a wire format turns bytes into items and outcomes into a JSON value.

``JsonItems`` is the one of the text services: an object or a list of objects, each answered by itself, in order.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chatbot.errors import ChatbotError, InvalidMessageError
from chatbot.json_bytes import dumps, loads
from chatbot.json_file import Json, kind_of
from chatbot.predict.base import Input, Item, ItemError, Outcome, Schema

MOST_ITEMS = 1000
ID = "id"
_MOST_ID = 256
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "text": str, "integer": int, "number": (int, float), "boolean": bool, "image": str,
}  # fmt: skip
_KINDS = {
    "text": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "布尔值",
    "image": "图片的 base64 文字",
}
_JSON_TYPES = {
    "text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "image": "string",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """A request's body. ``items`` are what can be predicted on and what cannot; ``many`` when it was a list.

    ``form`` is the wire format it came in, where the kind of model has several.
    """

    items: tuple[Item | ItemError, ...]
    ids: tuple[Json, ...]
    many: bool
    form: str = ""


class RefusedError(ChatbotError):
    """``cause``, which nobody could be answered for, in the words of the request's own wire format."""

    def __init__(self, cause: ChatbotError, reply: Json) -> None:
        super().__init__(cause.message)
        self.code, self.cause, self.reply = cause.code, cause, reply


class WireFormat(Protocol):
    """Promises: raises only ``InvalidMessageError`` for what is wrong with a body as a whole."""

    def parse(self, body: bytes, schema: Schema) -> Parsed:
        """What ``body`` asks."""

    def render(self, parsed: Parsed, outcomes: Sequence[Outcome], request_id: str) -> Json:
        """The reply; ``outcomes`` stand as ``parsed.items`` do."""

    def refusal(self, parsed: Parsed | None, error: ChatbotError) -> Json:
        """The reply when nothing could be predicted now; ``None`` for the platform's own shape of an error.

        Without ``parsed`` the body was not even read, and the format is not known.
        """

    def openapi(self, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
        """JSON Schemas of a body and of its reply."""


class JsonItems:
    """``{"id": "110", "first_sequence": "…"}`` or a list of these → ``{"id": "110", "predictions": …}`` in order.

    A list's bad item is an error in its place (``{"id", "error": {"code", "message"}}``); a bad object alone is the
    whole request's error. Fields the schema does not know are ignored, as clients send their own.
    """

    def parse(self, body: bytes, schema: Schema) -> Parsed:
        try:
            value = loads(body)
        except (ValueError, RecursionError) as error:
            example = dumps(schema.example).decode()
            raise InvalidMessageError(f"请求体不是 UTF-8 的 JSON → 发送 {example}") from error
        if isinstance(value, dict):
            return Parsed((read_item(value, schema.inputs),), (id_of(value),), many=False)
        if not isinstance(value, list):
            raise InvalidMessageError(f"请求体应是 JSON 对象或对象的列表，现在是{kind_of(value)}")
        if len(value) > MOST_ITEMS:
            raise InvalidMessageError(
                f"列表有 {len(value)} 条，最多 {MOST_ITEMS} 条 → 分几次发，或用 python -m tools predict 离线算"
            )
        if not value:
            raise InvalidMessageError("列表是空的 → 至少放一个对象")
        return Parsed(tuple(_read_any(one, schema) for one in value), tuple(map(id_of, value)), many=True)

    def render(self, parsed: Parsed, outcomes: Sequence[Outcome], request_id: str) -> Json:
        replies: list[Json] = [
            reply_item(key, outcome) for key, outcome in zip(parsed.ids, outcomes, strict=True)
        ]
        if parsed.many:
            return replies
        only = outcomes[0]
        if isinstance(only, ItemError):
            return {"error": {"code": only.code, "message": only.message}, "request_id": request_id}
        return {**reply_item(parsed.ids[0], only), "request_id": request_id}

    def refusal(self, parsed: Parsed | None, error: ChatbotError) -> Json:
        return None

    def openapi(self, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
        item = {
            "type": "object",
            "properties": {
                ID: {"type": ["string", "integer"]},
                **{one.name: _input_schema(one) for one in schema.inputs},
            },
            "required": [one.name for one in schema.inputs if one.required],
            "example": dict(schema.example),
        }
        problem = {
            "type": "object",
            "properties": {ID: {}, "error": {"type": "object"}},
            "required": ["error"],
        }
        answer = {**schema.outputs}
        return _one_or_many(item), _one_or_many({"anyOf": [answer, problem]})


def read_item(fields: Mapping[str, Json], inputs: Sequence[Input]) -> Item | ItemError:
    """``fields`` as an item, or what is wrong with it; names the field."""
    item: dict[str, Json] = {}
    for one in inputs:
        value = fields.get(one.name)
        if value is None and not one.required:
            continue
        fault = _fault(one, value, one.name in fields)
        if fault:
            return ItemError("invalid_item", fault)
        item[one.name] = _NOT_TEXT.sub("", value) if one.kind == "text" and isinstance(value, str) else value
    return item


def id_of(value: Json) -> Json:
    """What the caller calls this item: a short text or an integer, else nothing."""
    key = value.get(ID) if isinstance(value, dict) else None
    if isinstance(key, str) and len(key) <= _MOST_ID:
        return _NOT_TEXT.sub("", key)
    return key if isinstance(key, int) and not isinstance(key, bool) else None


def reply_item(key: Json, outcome: Outcome) -> dict[str, Json]:
    """One item's part of a reply."""
    named: dict[str, Json] = {} if key is None else {ID: key}
    if isinstance(outcome, ItemError):
        return {**named, "error": {"code": outcome.code, "message": outcome.message}}
    return {**named, **outcome}


def _read_any(one: Json, schema: Schema) -> Item | ItemError:
    if not isinstance(one, dict):
        return ItemError("invalid_item", f"每一条应是 JSON 对象，这一条是{kind_of(one)}")
    return read_item(one, schema.inputs)


def _fault(one: Input, value: Json, given: bool) -> str:
    """What is wrong with the value of a field; empty when nothing is."""
    if not isinstance(value, _TYPES[one.kind]) or (isinstance(value, bool) and one.kind != "boolean"):
        return f"{one.name} 应是{_KINDS[one.kind]}，现在" + (f"是{kind_of(value)}" if given else "没有")
    if one.kind == "image":
        return ""  # its bytes are counted, and looked at, when it is read
    if isinstance(value, str):
        if len(value) > one.most:
            return f"{one.name} 有 {len(value)} 个字，最多 {one.most} 个 → 截短或分成几条"
        if not value.strip() and not one.may_be_empty:
            return f"{one.name} 是空的 → 写上文字"
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > one.most):
        return f"{one.name} 的值超出 ±{one.most}"
    return ""


def _input_schema(one: Input) -> dict[str, Any]:
    about: dict[str, Any] = {"type": _JSON_TYPES[one.kind], "description": one.about}
    if one.kind == "image":
        return {**about, "contentEncoding": "base64"}
    return {**about, "maxLength": one.most} if one.kind == "text" else about


def _one_or_many(item: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [item, {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_ITEMS}]}
