"""An object or a list of objects in; each answered by itself, in order."""

import json

import pytest

from chatbot.errors import InvalidMessageError
from chatbot.predict.base import ItemError, Outcome
from chatbot.predict.wire import MOST_ITEMS, JsonItems
from tests.predict.fakes import SCHEMA

WIRE = JsonItems()


def parse(value: object) -> tuple[object, ...]:
    return WIRE.parse(json.dumps(value).encode(), SCHEMA).items


def test_one_object_is_one_item_and_unknown_fields_are_not_the_models() -> None:
    parsed = WIRE.parse('{"id": "110", "first_sequence": "好", "sequence_length": 128}'.encode(), SCHEMA)
    assert (parsed.items, parsed.ids, parsed.many) == (({"first_sequence": "好"},), ("110",), False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "first_sequence 应是文字，现在没有"),
        ({"first_sequence": 5}, "first_sequence 应是文字，现在是整数"),
        ({"first_sequence": "  "}, "first_sequence 是空的"),
        ({"first_sequence": "x" * 101}, "101 个字，最多 100"),
        ({"first_sequence": "x", "repeat": True}, "repeat 应是整数，现在是布尔值"),
        ({"first_sequence": "x", "repeat": 11}, "repeat 的值超出"),
        ({"first_sequence": "x", "second_sequence": []}, "second_sequence 应是文字"),
    ],
)
def test_what_is_wrong_with_an_item_names_the_field(fields: dict[str, object], said: str) -> None:
    (item,) = parse(fields)
    assert isinstance(item, ItemError) and item.code == "invalid_item" and said in item.message


def test_a_bad_item_of_a_list_leaves_the_others_as_they_are() -> None:
    found = parse([{"first_sequence": "a"}, 7, {"first_sequence": None}, {"first_sequence": "b"}])
    assert [isinstance(one, ItemError) for one in found] == [False, True, True, False]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b'"text"', b"[]", b"5", b"[" * 100_000, b"null"])
def test_a_body_that_is_nothing_of_this_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(InvalidMessageError):
        WIRE.parse(body, SCHEMA)


def test_a_list_that_is_too_long_is_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidMessageError, match="tools predict"):
        parse([{"first_sequence": "a"}] * (MOST_ITEMS + 1))


def test_nul_and_lone_surrogates_do_not_reach_a_model() -> None:
    parsed = WIRE.parse(b'{"first_sequence": "a\\u0000\\ud800b"}', SCHEMA)
    assert parsed.items == ({"first_sequence": "ab"},)


def test_a_reply_names_each_item_and_a_single_one_its_request() -> None:
    outcomes: list[Outcome] = [{"length": 1}, ItemError("invalid_item", "no")]
    many = WIRE.parse(b'[{"id": 1, "first_sequence": "a"}, {"id": "b"}]', SCHEMA)
    assert WIRE.render(many, outcomes, "r") == [
        {"id": 1, "length": 1}, {"id": "b", "error": {"code": "invalid_item", "message": "no"}}
    ]  # fmt: skip
    one = WIRE.parse(b'{"first_sequence": "a"}', SCHEMA)
    assert WIRE.render(one, outcomes[:1], "r") == {"length": 1, "request_id": "r"}
