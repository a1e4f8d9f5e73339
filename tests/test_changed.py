"""``changed`` against ``dataclasses.replace``."""

from dataclasses import replace

import pytest

from chatbot.changed import changed
from chatbot.reply import Reply
from chatbot.session.base import Memory


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (Memory(), {}),
        (Memory(state="answering", turns=2), {"turns": 3, "suggestions": ("续航",), "plan": None}),
        (Reply("27.6万", "answer", "kg", "answering", 0.9), {"degraded": True, "kb_version": "v1"}),
    ],
    ids=["nothing", "memory", "reply"],
)
def test_a_changed_value_is_the_one_that_replace_makes(
    value: Memory | Reply, fields: dict[str, object]
) -> None:
    before = replace(value)
    assert changed(value, **fields) == replace(value, **fields)  # type: ignore[arg-type]
    assert value == before


def test_a_field_that_is_not_there_is_an_error() -> None:
    with pytest.raises(TypeError, match="Memory has no turn"):
        changed(Memory(), turn=1)
