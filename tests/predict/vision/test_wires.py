"""Whatever a client sends, the formats read it, refuse it, or put an error in its place; nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.errors import InvalidMessageError, OverloadedError
from chatbot.predict.base import ItemError
from chatbot.predict.vision.image_classification import schema
from chatbot.predict.vision.wires import FORMS, MOST_PICTURES, PictureForms

SCHEMA = schema(FORMS)
WIRE = PictureForms()
_LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
_ANY = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
_KEYS = st.sampled_from(
    ["image", "dataArray", "input_data", "columns", "data", "name", "type", "body", "image_base64",
     "model_explainability", "xai_parameters", "xai_algorithm", "n_steps", "id"]
)  # fmt: skip
_NEAR = st.recursive(
    _LEAF | st.sampled_from(["image", "stream", "xrai", "AAAA", '{"image_base64": "AAAA"}']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
)


def read(value: Any) -> None:
    """Raises whatever is not allowed."""
    try:
        parsed = WIRE.parse(json.dumps(value).encode(), SCHEMA)
    except InvalidMessageError as error:
        assert "→" in error.message
        return
    assert len(parsed.items) == len(parsed.ids) <= MOST_PICTURES and parsed.form in FORMS
    for one in parsed.items:
        assert isinstance(one, ItemError) or isinstance(one["image"], str)
    refused = [
        one if isinstance(one, ItemError) else ItemError("prediction_failed", "") for one in parsed.items
    ]
    assert WIRE.render(parsed, refused, "id")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_ANY | _NEAR)
def test_any_json_is_read_or_refused(value: Any) -> None:
    read(value)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_KEYS, _NEAR)
def test_any_json_below_a_key_of_a_format_is_read_or_refused(key: str, value: Any) -> None:
    read({key: value})
    read({"input_data": {"columns": ["image"], "data": [value, json.dumps({key: value})]}})
    read({"dataArray": [{"name": "image", "type": "stream", "body": value, key: value}]})


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[" * 100_000, b'"' + b"A" * 10])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidMessageError, match="dataArray"):
        WIRE.parse(body, SCHEMA)


def test_a_body_that_is_not_read_is_refused_in_words_that_every_client_looks_for() -> None:
    refused = PictureForms().refusal(None, OverloadedError("没有地方放", 1.0))
    assert refused == {
        "error": {"code": "overloaded", "message": "没有地方放"},
        "success": False,
        "errorCode": 2002,
        "errorMsg": "GET_INSTANCE_ERROR: 没有地方放",
    }
