"""Memory ↔ bytes: versioned JSON, every field named, no pickle.

``{"v": 1, "state": …, "entities": […], "attributes": [[…]], "question": …, "pending": {"kind", "options":
[[text, value]], "utterance"} | null, "failures": 0, "turns": 0, "suggestions": […], "recent": […],
"shown": […], "plan": {…} | null, "guiding": false, "asked": [[…]], "listed": {…} | null, "topic": …,
"before": [[…]], "unheard": ""}``. Version 1 has none of what follows "suggestions", version 2 none of what follows "asked", version 3 no
"before", version 4 no "unheard"; they are read as if these were empty.

A payload of another version, or one that is not of this shape, is a fresh ``Memory`` and a warning: a user whose
session cannot be read starts anew, they do not get an error. The payload's text is never logged.
"""

import json
import logging
from typing import Any, Literal, cast

import orjson

from chatbot.session.base import Memory, Option, Pending
from chatbot.session.plan_codec import MalformedPlanError, decode_plan, encode_plan

VERSION = 5
READABLE = (1, 2, 3, 4, 5)

# the standard library's, where there is a plan or a lone surrogate: it alone gives back every number and text as it was
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NO_PLANS = (b'"plan":null', b'"listed":null')
_log = logging.getLogger("chatbot.session")
_PENDING_KINDS = ("entity", "attribute", "question")
_SINCE_2: dict[str, object] = {"recent": [], "shown": [], "plan": None, "guiding": False, "asked": []}
_SINCE_3: dict[str, object] = {"listed": None, "topic": None}
_SINCE_4: dict[str, object] = {"before": []}
_SINCE_5: dict[str, object] = {"unheard": ""}
_SINCE = {
    1: _SINCE_2 | _SINCE_3 | _SINCE_4 | _SINCE_5,
    2: _SINCE_3 | _SINCE_4 | _SINCE_5,
    3: _SINCE_4 | _SINCE_5,
    4: _SINCE_5,
}


class _UnreadableError(Exception):
    """Why a payload cannot be read, in words that hold nothing of the payload."""


def encode_memory(memory: Memory) -> bytes:
    """The payload of ``memory``; ``decode_memory`` gives back an equal one."""
    pending = memory.pending
    payload = {
        "v": VERSION,
        "state": memory.state,
        "entities": memory.entities,
        "attributes": memory.attributes,
        "question": memory.question,
        "pending": None
        if pending is None
        else {
            "kind": pending.kind,
            "options": [(option.text, option.value) for option in pending.options],
            "utterance": pending.utterance,
        },
        "failures": memory.failures,
        "turns": memory.turns,
        "suggestions": memory.suggestions,
        "recent": memory.recent,
        "shown": memory.shown,
        "plan": None if memory.plan is None else encode_plan(memory.plan),
        "guiding": memory.guiding,
        "asked": memory.asked,
        "listed": None if memory.listed is None else encode_plan(memory.listed),
        "topic": memory.topic,
        "before": memory.before,
        "unheard": memory.unheard,
    }
    if memory.plan is None and memory.listed is None:
        try:
            return orjson.dumps(payload)
        except TypeError:
            pass  # a lone surrogate
    return _encode(payload).encode("utf-8", "surrogatepass")


def decode_memory(payload: bytes, session_id: str) -> Memory:
    """The memory in ``payload``, or a fresh one and a warning that names ``session_id`` and the reason."""
    try:
        return _decode(payload)
    except _UnreadableError as error:
        _log.warning("会话 %s 从头开始：存下的内容%s", session_id, error)
        return Memory()


def _decode(payload: bytes) -> Memory:
    try:
        data = _loads(payload)
    except (ValueError, RecursionError):
        raise _UnreadableError("不是 JSON") from None
    if not isinstance(data, dict):
        raise _UnreadableError("不是 JSON 对象")
    if type(data.get("v")) is not int or data["v"] not in READABLE:
        raise _UnreadableError(f"不是第 {VERSION} 版")
    data = {**_SINCE.get(data["v"], {}), **data}
    try:
        return Memory(
            state=_text(data["state"]),
            entities=_texts(data["entities"]),
            attributes=tuple(_texts(path) for path in _items(data["attributes"])),
            question=None if data["question"] is None else _text(data["question"]),
            pending=None if data["pending"] is None else _pending(data["pending"]),
            failures=_count(data["failures"]),
            turns=_count(data["turns"]),
            suggestions=_texts(data["suggestions"]),
            recent=_texts(data["recent"]),
            shown=_texts(data["shown"]),
            plan=None if data["plan"] is None else decode_plan(data["plan"]),
            guiding=_flag(data["guiding"]),
            asked=tuple(_texts(path) for path in _items(data["asked"])),
            listed=None if data["listed"] is None else decode_plan(data["listed"]),
            topic=None if data["topic"] is None else _text(data["topic"]),
            before=tuple(_texts(path) for path in _items(data["before"])),
            unheard=_text(data["unheard"]),
        )
    except KeyError as error:
        raise _UnreadableError(f"缺少字段 {error}") from None
    except MalformedPlanError:
        raise _UnreadableError("的 plan 不是查询计划") from None


def _loads(payload: bytes) -> Any:
    if all(mark in payload for mark in _NO_PLANS):
        try:
            return orjson.loads(payload)
        except orjson.JSONDecodeError:
            pass  # a lone surrogate
    return json.loads(payload)


def _pending(value: object) -> Pending:
    if not isinstance(value, dict):
        raise _UnreadableError("的 pending 不是对象")
    if value["kind"] not in _PENDING_KINDS:
        raise _UnreadableError("的 pending 是未知的种类")
    return Pending(
        kind=cast(Literal["entity", "attribute", "question"], value["kind"]),
        options=tuple(_option(option) for option in _items(value["options"])),
        utterance=_text(value["utterance"]),
    )


def _option(value: object) -> Option:
    pair = _texts(value)
    if len(pair) != 2:
        raise _UnreadableError("有一个选项不是一对文字")
    return Option(*pair)


def _items(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _UnreadableError("有一个字段不是列表")
    return value


def _texts(value: object) -> tuple[str, ...]:
    texts = tuple(_items(value))
    for text in texts:
        if type(text) is not str:
            raise _UnreadableError("有一个列表里不是文字")
    return texts


def _text(value: object) -> str:
    if type(value) is not str:
        raise _UnreadableError("有一个字段不是文字")
    return value


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise _UnreadableError("有一个字段不是真假")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise _UnreadableError("有一个计数不是非负整数")
    return value
