"""Payloads: what is written is read back, and what cannot be read is never an error."""

import json
import logging
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.knowledge_graph.plan import AllOf, AnyOf, Comparator, Condition, Not, Op, Plan
from chatbot.session.base import Memory, Option, Pending
from chatbot.session.codec import VERSION, decode_memory, encode_memory

text = st.text(st.characters(exclude_categories=[]), max_size=20)
texts = st.lists(text, max_size=4).map(tuple)
pendings = st.builds(
    Pending,
    kind=st.sampled_from(["entity", "attribute", "question"]),
    options=st.lists(st.builds(Option, text, text), max_size=3).map(tuple),
    utterance=text,
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
conditions = st.builds(
    Condition,
    attribute=texts,
    op=st.sampled_from(get_args(Comparator)),
    value=text | numbers,
    unit=text,
)
clauses = st.recursive(
    conditions,
    lambda below: (
        st.builds(Not, below)
        | st.lists(below, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(below, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
    ),
    max_leaves=5,
)
plans = st.builds(
    Plan,
    op=st.sampled_from(get_args(Op)),
    entities=texts,
    attributes=st.lists(texts, max_size=2).map(tuple),
    conditions=st.lists(clauses, max_size=3).map(tuple),
    order=st.sampled_from(["asc", "desc", None]),
    limit=st.none() | st.integers(0, 1000),
)
memories = st.builds(
    Memory,
    state=text,
    entities=texts,
    attributes=st.lists(texts, max_size=3).map(tuple),
    question=st.none() | text,
    pending=st.none() | pendings,
    failures=st.integers(0, 2**40),
    turns=st.integers(0, 2**40),
    suggestions=texts,
    recent=texts,
    shown=texts,
    plan=st.none() | plans,
    guiding=st.booleans(),
    asked=st.lists(texts, max_size=2).map(tuple),
    listed=st.none() | plans,
    topic=st.none() | text,
    before=st.lists(st.lists(text).map(tuple)).map(tuple),
)


@given(memories)
def test_any_memory_survives_the_round_trip(memory: Memory) -> None:
    assert decode_memory(encode_memory(memory), "s") == memory


def test_a_payload_of_version_1_is_read_with_nothing_asked_of_the_graph_yet() -> None:
    payload = json.loads(encode_memory(Memory(entities=("甲",), turns=3)))
    since = ("recent", "shown", "plan", "guiding", "asked", "listed", "topic", "before", "unheard")
    old = {name: payload[name] for name in payload if name not in since}
    assert decode_memory(json.dumps({**old, "v": 1}).encode(), "s") == Memory(entities=("甲",), turns=3)


def test_a_payload_of_version_2_is_read_with_no_list_behind_the_one_that_is_spoken_of() -> None:
    payload = json.loads(encode_memory(Memory(entities=("甲",), shown=("甲", "乙"))))
    old = {name: payload[name] for name in payload if name not in ("listed", "topic", "before", "unheard")}
    assert decode_memory(json.dumps({**old, "v": 2}).encode(), "s") == Memory(
        entities=("甲",), shown=("甲", "乙")
    )


def test_a_payload_of_version_3_is_read_with_nothing_asked_before_a_standard_question() -> None:
    payload = json.loads(encode_memory(Memory(topic="怎么上牌")))
    old = {name: payload[name] for name in payload if name not in ("before", "unheard")}
    assert decode_memory(json.dumps({**old, "v": 3}).encode(), "s") == Memory(topic="怎么上牌")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_memory(payload: bytes) -> None:
    assert isinstance(decode_memory(payload, "s"), Memory)


def test_every_field_of_memory_is_in_the_payload() -> None:
    payload = json.loads(encode_memory(Memory()))
    assert payload.keys() == {"v", *Memory.__dataclass_fields__}
    assert payload["v"] == VERSION


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 6),
        ("plan", {}),
        ("plan", {"op": "fly"}),
        ("listed", {"op": "fly"}),
        ("topic", 1),
        ("before", ["a"]),
        ("guiding", 1),
        ("shown", None),
        ("v", "1"),
        ("v", None),
        ("state", None),
        ("state", 1),
        ("entities", "text"),
        ("entities", [1]),
        ("entities", {"a": 1}),
        ("attributes", [["a"], "b"]),
        ("question", 5),
        ("pending", []),
        ("pending", {}),
        ("pending", {"kind": "other", "options": [], "utterance": ""}),
        ("pending", {"kind": "entity", "options": [["one"]], "utterance": ""}),
        ("pending", {"kind": "entity", "options": [["a", 1]], "utterance": ""}),
        ("pending", {"kind": "entity", "options": [], "utterance": None}),
        ("pending", {"kind": ["entity"], "options": [], "utterance": ""}),
        ("failures", -1),
        ("failures", 1.5),
        ("turns", True),
        ("turns", "7"),
        ("suggestions", None),
    ],
    ids=repr,
)
def test_a_payload_with_one_bad_field_starts_anew(
    field: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    payload = json.loads(encode_memory(Memory(turns=3)))
    payload[field] = value
    with caplog.at_level(logging.WARNING, logger="chatbot.session"):
        assert decode_memory(json.dumps(payload).encode(), "s") == Memory()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("field", Memory.__dataclass_fields__)
def test_a_payload_without_a_field_starts_anew(field: str) -> None:
    payload = json.loads(encode_memory(Memory(turns=3)))
    del payload[field]
    assert decode_memory(json.dumps(payload).encode(), "s") == Memory()


def test_a_field_that_a_later_release_added_is_ignored() -> None:
    payload = json.loads(encode_memory(Memory(turns=3)))
    payload["mood"] = "good"
    assert decode_memory(json.dumps(payload).encode(), "s") == Memory(turns=3)


def test_the_warning_names_the_session_and_nothing_the_user_said(caplog: pytest.LogCaptureFixture) -> None:
    said = "我的电话是13800000000"
    for payload in (f'{{"v":1,"state":"{said}"}}', f'{{"v":9,"{said}":1}}', f'["{said}"]', said):
        with caplog.at_level(logging.WARNING, logger="chatbot.session"):
            decode_memory(payload.encode(), "the-session")
    assert len(caplog.records) == 4
    assert all("the-session" in record.getMessage() for record in caplog.records)
    assert "1380" not in caplog.text
