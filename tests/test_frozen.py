"""``quickly_made`` against what ``dataclass`` makes, and ``changed`` against ``dataclasses.replace``."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from chatbot.frozen import changed, quickly_made
from chatbot.once import once
from chatbot.reply import Reply
from chatbot.session.base import Memory


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    score: float = 1.0
    paths: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    score: float = 1.0
    paths: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True)
class Roomy:
    name: str
    score: float = 1.0

    @once
    def shouted(self) -> str:
        return self.name.upper()


def test_a_value_is_made_from_the_same_arguments() -> None:
    def taken(kind: type) -> list[tuple[str, object, object]]:
        given = inspect.signature(kind).parameters.values()
        return [(one.name, one.default, one.kind) for one in given]

    assert taken(Quick) == taken(Plain)
    assert repr(Quick("续航", paths=("a",))) == repr(Plain("续航", paths=("a",))).replace("Plain", "Quick")
    assert Quick("续航", 0.5) == Quick(score=0.5, name="续航") != Quick("续航")
    assert hash(Quick("续航")) == hash(Quick("续航"))
    with pytest.raises(TypeError, match="name"):
        Quick()  # type: ignore[call-arg]


def test_no_field_of_a_value_can_be_set() -> None:
    quick, roomy = Quick("续航"), Roomy("a6")
    for value in (quick, roomy):
        with pytest.raises(FrozenInstanceError):
            value.name = "价格"  # type: ignore[misc]
    assert type(quick) is Quick and not hasattr(quick, "__dict__")
    assert (quick.name, roomy.name, roomy.shouted) == ("续航", "a6", "A6")


def test_a_value_is_copied_and_pickled_and_replaced() -> None:
    memory = Memory(state="answering", entities=("A型号",))
    assert copy.copy(memory) == memory == pickle.loads(pickle.dumps(memory))
    assert replace(memory, turns=2) == Memory(state="answering", entities=("A型号",), turns=2)


def test_a_class_that_does_more_than_hold_its_fields_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None: ...

    @dataclass(frozen=True, slots=True)
    class Filled:
        names: list[str] = field(default_factory=list)

    for kind in (Checked, Filled):
        with pytest.raises(TypeError, match=f"{kind.__name__} does more"):
            quickly_made(kind)


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
