"""JSON on the hot path: orjson where it can, the standard library where orjson is stricter than the contract."""

import json
from collections.abc import Sequence
from typing import Any

import orjson

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_BETWEEN = "between two values"
_SEPARATOR = b',"%b",' % _BETWEEN.encode()


def dumps(value: object) -> bytes:
    """Compact UTF-8. A lone surrogate out of an operator's file becomes ``?``, an unknown type its ``str``."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a lone surrogate, an integer beyond 64 bits, another type
        return _encode(value).encode("utf-8", "replace")


def dumps_apart(values: Sequence[object]) -> tuple[bytes, bytes] | None:
    """All ``values`` in one text and what stands between any two there, each as ``dumps`` writes it: one call for many
    small values takes half the time. ``None`` where they cannot be told apart so, or not all can be written by orjson.
    """
    spaced: list[object] = [_BETWEEN] * (2 * len(values) - 1)
    spaced[::2] = values
    try:
        text = orjson.dumps(spaced)[1:-1]
    except TypeError:
        return None
    # in a string a quotation mark stands behind a backslash: only a whole string of these words looks like it
    return (text, _SEPARATOR) if text.count(_SEPARATOR) == len(values) - 1 else None


def loads(data: bytes) -> Any:
    """The value in UTF-8 ``data``, with or without BOM; lone surrogates that were escaped (``\\ud800``) stay in it.

    Raises:
        ValueError: not UTF-8, or no JSON.
        RecursionError: nested too deep.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data.decode("utf-8").lstrip("\ufeff"))
