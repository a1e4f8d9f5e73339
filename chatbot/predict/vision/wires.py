"""The three wire formats of image services; which one a body is in is seen from its shape.

``image``: ``{"image": "<base64>"}`` or a list of these. ``dataArray``: a list with one stream, errors by number.
``input_data``: a table of one column, each datum a base64 text or a JSON text that also asks for an explanation.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chatbot.errors import (
    ChatbotError,
    DeadlineError,
    InvalidMessageError,
    NotReadyError,
    OverloadedError,
)
from chatbot.json_bytes import loads
from chatbot.json_file import Json, kind_of, shown
from chatbot.predict.base import CALLERS, Item, ItemError, Outcome, Schema
from chatbot.predict.vision.asked import EXPLAIN, IMAGE, read_explanation
from chatbot.predict.wire import Parsed, id_of

SINGLE, STREAM, TABLE = "image", "dataArray", "input_data"
FORMS = (SINGLE, STREAM, TABLE)
MOST_PICTURES = 100
_INPUT, _DECODE, _UNKNOWN, _INSTANCE, _FORWARD = 1001, 1002, 2001, 2002, 2003
ERRORS: Mapping[int, str] = {
    _INPUT: "INPUT_FORMAT_ERROR", _DECODE: "IMAGE_DECODE_ERROR", _UNKNOWN: "UNKNOWN_ERROR",
    _INSTANCE: "GET_INSTANCE_ERROR", _FORWARD: "MODEL_FORWARD_ERROR",
}  # fmt: skip
INVALID_PICTURE = "invalid_picture"
_NUMBER: Json = {"type": "number"}
_TEXT: Json = {"type": "string"}


class PictureForms:
    """Speaks the formats that the model's schema names (``Schema.forms``)."""

    def parse(self, body: bytes, schema: Schema) -> Parsed:
        try:
            value = loads(body)
        except (ValueError, RecursionError) as error:
            raise InvalidMessageError(f"请求体不是 UTF-8 的 JSON → {_ways(schema)}") from error
        form = _form(value)
        if form not in schema.forms:
            raise InvalidMessageError(f"认不出请求的格式 → {_ways(schema)}")
        return _READERS[form](value)

    def render(self, parsed: Parsed, outcomes: Sequence[Outcome], request_id: str) -> Json:
        if parsed.form == TABLE:
            return [_row(one) for one in outcomes]
        if parsed.form == STREAM:
            return _streamed(outcomes[0])
        shown = [
            {**({} if key is None else {"id": key}), **_single(one, request_id)}
            for key, one in zip(parsed.ids, outcomes, strict=True)
        ]
        return [*shown] if parsed.many else shown[0]

    def refusal(self, parsed: Parsed | None, error: ChatbotError) -> Json:
        if parsed is None:  # whatever the client speaks, it finds what it looks for
            told: Json = {"code": error.code, "message": error.message}
            return {"error": told, **_failed(_number(error), error.message)}
        return _failed(_number(error), error.message) if parsed.form == STREAM else None

    def openapi(self, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
        asked = [_ASKED[form] for form in schema.forms]
        return {"anyOf": asked, "example": dict(schema.example)}, {
            "anyOf": [_ANSWERED[form] for form in schema.forms]
        }


def _form(value: Json) -> str:
    if isinstance(value, list):
        return SINGLE
    if not isinstance(value, dict):
        return ""
    return next((form for form in (STREAM, TABLE, SINGLE) if form in value), "")


def _ways(schema: Schema) -> str:
    known = {
        SINGLE: '{"image": "<base64>"}',
        STREAM: '{"dataArray": [{"name": "image", "type": "stream", "body": "<base64>"}]}',
        TABLE: '{"input_data": {"columns": ["image"], "data": ["<base64>"]}}',
    }
    return "发送 " + " 或 ".join(known[form] for form in schema.forms)


# ---------------------------------------------------------------------- {"image": …}


def _read_single(value: Any) -> Parsed:
    if isinstance(value, dict):
        return Parsed((_picture(value.get(IMAGE), IMAGE),), (id_of(value),), many=False, form=SINGLE)
    _check_count(len(value))
    items = [
        _picture(one.get(IMAGE), IMAGE)
        if isinstance(one, dict)
        else ItemError("invalid_item", f'每一条应是 {{"image": …}}，这一条是{kind_of(one)}')
        for one in value
    ]
    return Parsed(tuple(items), tuple(map(id_of, value)), many=True, form=SINGLE)


def _single(outcome: Outcome, request_id: str) -> dict[str, Json]:
    if isinstance(outcome, ItemError):
        return {"request_id": request_id, "success": False, "error": _told(outcome)}
    kept = ("class", "class_name", "probs", "class_probs", *(key for key in _RISK if key in outcome))
    return {"request_id": request_id, "success": True, **{key: outcome[key] for key in kept}}


# ---------------------------------------------------------------------- {"dataArray": …}


def _read_stream(value: Any) -> Parsed:
    return Parsed((_stream(value[STREAM]),), (None,), many=False, form=STREAM)


def _stream(found: Json) -> Item | ItemError:
    if not isinstance(found, list) or len(found) != 1:
        count = len(found) if isinstance(found, list) else kind_of(found)
        return ItemError("invalid_item", f"dataArray 应是只有一张图片的列表，现在是 {count} → 一次发一张")
    one = found[0]
    if not isinstance(one, dict) or one.get("type") != "stream":
        kind = shown(one.get("type")) if isinstance(one, dict) else kind_of(one)
        return ItemError(
            "invalid_item", f'dataArray[0].type 是 {kind} → 写 "stream"，图片的 base64 放在 body'
        )
    if one.get("name") != IMAGE:
        return ItemError("invalid_item", f'dataArray[0].name 是 {shown(one.get("name"))} → 写 "image"')
    return _picture(one.get("body"), "dataArray[0].body")


def _streamed(outcome: Outcome) -> Json:
    if isinstance(outcome, ItemError):
        return _failed(_number_of_item(outcome), outcome.message)
    chances, picked = outcome["class_probs"], outcome["class_name"]
    assert isinstance(chances, Mapping)
    names = picked if isinstance(picked, list) else chances
    ranked = sorted(((str(name), float(str(chances[str(name)]))) for name in names), key=lambda one: -one[1])
    output: list[Json] = [{"label": name, "conf": chance} for name, chance in ranked]
    return {"success": True, "result": {"output": output, "meta": outcome["meta"]}}


def _failed(number: int, message: str) -> dict[str, Json]:
    return {"success": False, "errorCode": number, "errorMsg": f"{ERRORS[number]}: {message}"}


def _number_of_item(error: ItemError) -> int:
    if error.code == INVALID_PICTURE:
        return _DECODE
    if error.code.startswith(CALLERS):
        return _INPUT
    return _FORWARD if error.code == "prediction_failed" else _UNKNOWN


def _number(error: ChatbotError) -> int:
    return _INSTANCE if isinstance(error, NotReadyError | OverloadedError | DeadlineError) else _UNKNOWN


# ---------------------------------------------------------------------- {"input_data": …}


def _read_table(value: Any) -> Parsed:
    table = value[TABLE]
    if not isinstance(table, dict) or table.get("columns") != [IMAGE]:
        columns = shown(table.get("columns")) if isinstance(table, dict) else kind_of(table)
        raise InvalidMessageError(f'input_data.columns 是 {columns} → 应是 ["image"]')
    data = table.get("data")
    if not isinstance(data, list):
        raise InvalidMessageError(f"input_data.data 是{kind_of(data)} → 应是图片的列表")
    _check_count(len(data))
    return Parsed(tuple(map(_datum, data)), (None,) * len(data), many=True, form=TABLE)


def _datum(found: Json) -> Item | ItemError:
    """A base64 text, or a JSON text (or object) that asks for more; alone or in a row of its own."""
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, str) and found.lstrip()[:1] == "{":
        try:
            found = loads(found.encode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            return ItemError("invalid_item", "这一条像 JSON 文字，但不是合法的 JSON → 检查引号和括号")
    if not isinstance(found, dict):
        return _picture(found, "data 里的图片")
    item = _picture(found.get("image_base64"), "image_base64")
    explain = read_explanation(found)
    if isinstance(item, ItemError) or explain is None:
        return item
    return explain if isinstance(explain, ItemError) else {**item, EXPLAIN: explain}


def _row(outcome: Outcome) -> Json:
    if isinstance(outcome, ItemError):
        return {"error": _told(outcome)}
    chances = outcome["class_probs"]
    assert isinstance(chances, Mapping)
    kept = ("visualizations", "attributions", "explanation", *_RISK)
    more = {key: outcome[key] for key in kept if key in outcome}
    return {"probs": outcome["probs"], "labels": list(chances), **more}


# ---------------------------------------------------------------------- shared

_RISK = ("risk", "decided_by", "nsfw")
_READERS: Mapping[str, Callable[[Any], Parsed]] = {
    SINGLE: _read_single, STREAM: _read_stream, TABLE: _read_table,
}  # fmt: skip


def _check_count(count: int) -> None:
    if count > MOST_PICTURES:
        raise InvalidMessageError(
            f"一次有 {count} 张图片，最多 {MOST_PICTURES} 张 → 分几次发，或用 python -m tools image predict 离线算"
        )
    if not count:
        raise InvalidMessageError("没有图片 → 至少放一张")


def _picture(value: Json, place: str) -> Item | ItemError:
    if not isinstance(value, str):
        given = "没有" if value is None else f"是{kind_of(value)}"
        return ItemError("invalid_item", f"{place} 应是图片的 base64 文字，现在{given}")
    return {IMAGE: value} if value else ItemError("invalid_item", f"{place} 是空的 → 放图片的 base64 文字")


def _told(error: ItemError) -> dict[str, Json]:
    return {"code": error.code, "message": error.message}


def _object(properties: Mapping[str, Json], required: Sequence[str] = ()) -> dict[str, Json]:
    return {"type": "object", "properties": dict(properties), "required": list(required) or list(properties)}


def _list_of(item: Json) -> dict[str, Json]:
    return {"type": "array", "items": item}


_PICTURE: Json = {"type": "string", "contentEncoding": "base64"}
_ONE: Json = {**_object({IMAGE: _PICTURE, "id": {}}, [IMAGE])}
_ASKED: Mapping[str, Json] = {
    SINGLE: {"anyOf": [_ONE, {**_list_of(_ONE), "minItems": 1, "maxItems": MOST_PICTURES}]},
    STREAM: _object({STREAM: {**_list_of(_object({
        "name": {"const": IMAGE}, "type": {"const": "stream"}, "body": _PICTURE,
    })), "minItems": 1, "maxItems": 1}}),
    TABLE: _object({TABLE: _object({
        "columns": {"const": [IMAGE]},
        "data": {"type": "array", "minItems": 1, "maxItems": MOST_PICTURES, "items": _TEXT},
    })}),
}  # fmt: skip
_PROBLEM = _object({"error": _object({"code": _TEXT, "message": _TEXT})})
_CLASS: Mapping[str, Json] = {
    "request_id": _TEXT, "success": {"type": "boolean"},
    "class": {"anyOf": [{"type": "integer"}, _list_of({"type": "integer"})]},
    "class_name": {"anyOf": [_TEXT, _list_of(_TEXT)]}, "probs": _list_of(_NUMBER),
    "class_probs": {"type": "object", "additionalProperties": _NUMBER},
}  # fmt: skip
_SINGLE_REPLY: Json = {"anyOf": [_object(_CLASS), _PROBLEM]}
_ANSWERED: Mapping[str, Json] = {
    SINGLE: {"anyOf": [_SINGLE_REPLY, _list_of(_SINGLE_REPLY)]},
    STREAM: {"anyOf": [
        _object({"success": {"const": True}, "result": _object({
            "output": _list_of(_object({"label": _TEXT, "conf": _NUMBER})),
            "meta": _object({"height": {"type": "integer"}, "width": {"type": "integer"}}),
        })}),
        _object({"success": {"const": False}, "errorCode": {"enum": [*ERRORS]}, "errorMsg": _TEXT}),
    ]},
    TABLE: _list_of({"anyOf": [_object({"probs": _list_of(_NUMBER), "labels": _list_of(_TEXT)}), _PROBLEM]}),
}  # fmt: skip
