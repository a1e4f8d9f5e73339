"""``frozen.dataclass`` against ``dataclasses.dataclass``, and ``changed`` against ``dataclasses.replace``."""

import copy
import dataclasses
import inspect
import math
import pickle
import time
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

from chatbot.frozen import changed, dataclass
from chatbot.once import once
from chatbot.reply import Reply
from chatbot.session.base import Memory


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    name: str
    score: float = 1.0
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    score: float = 1.0
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roomy:
    name: str
    score: float = 1.0

    @once
    def shouted(self) -> str:
        return self.name.upper()


@dataclass(frozen=True, slots=True)
class One:
    score: float


@dataclass(frozen=True, slots=True)
class Bare:
    pass


def test_a_value_is_made_from_the_same_arguments() -> None:
    def taken(kind: type) -> list[tuple[str, object, object]]:
        given = inspect.signature(kind).parameters.values()
        return [(one.name, one.default, one.kind) for one in given]

    assert repr(Quick("续航", paths=("a",))) == repr(Plain("续航", paths=("a",))).replace("Plain", "Quick")
    assert taken(Quick) == taken(Plain)
    assert Quick("续航", 0.5) == Quick(score=0.5, name="续航") != Quick("续航")
    with pytest.raises(TypeError, match="name"):
        Quick()  # type: ignore[call-arg]


def test_values_are_equal_and_hashed_by_what_they_hold_and_their_kind() -> None:
    assert hash(Quick("续航")) == hash(Quick("续航")) == hash(Plain("续航"))
    assert Quick("续航").__eq__(Plain("续航")) is NotImplemented and Roomy("a6") == Roomy("a6")
    assert One(math.nan) == One(math.nan)  # as in dataclasses: one and the same object
    assert Bare() == Bare() and hash(Bare()) == hash(Bare())
    assert len({One(1.0), One(1.0), One(2.0)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Quick("a", paths=["b"]))  # type: ignore[arg-type]


def test_a_class_tells_of_its_fields_as_ever() -> None:
    assert [one.name for one in fields(Quick)] == [one.name for one in fields(Plain)]
    assert asdict(Quick("a")) == asdict(Plain("a"))
    match Quick("续航", 0.5):
        case Quick(name, score):
            assert (name, score) == ("续航", 0.5)
        case _:
            pytest.fail("no match")


def test_no_field_of_a_value_can_be_set() -> None:
    quick, roomy = Quick("续航"), Roomy("a6")
    for value in (quick, roomy):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
            value.name = "价格"  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
            del value.name
    assert type(quick) is Quick and not hasattr(quick, "__dict__")
    assert (quick.name, roomy.name, roomy.shouted) == ("续航", "a6", "A6")


def test_a_value_is_copied_and_pickled_and_replaced() -> None:
    memory = Memory(state="answering", entities=("A型号",))
    assert copy.copy(memory) == memory == pickle.loads(pickle.dumps(memory))
    assert replace(memory, turns=2) == Memory(state="answering", entities=("A型号",), turns=2)
    assert copy.deepcopy(Roomy("a6")) == Roomy("a6") == pickle.loads(pickle.dumps(Roomy("a6")))


def test_a_class_that_does_more_than_hold_its_fields_does_it() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("no name")

    @dataclass(frozen=True, slots=True)
    class Filled:
        names: list[str] = field(default_factory=list)
        seen: int = field(default=0, compare=False)

    @dataclass(slots=True)
    class Open:
        name: str

    @dataclass(frozen=True, slots=True)
    class Told:
        name: str

        def __repr__(self) -> str:
            return "told"

    with pytest.raises(ValueError, match="no name"):
        Checked("")
    assert Filled() == Filled(seen=2) and Filled().names is not Filled().names
    opened = Open("a")
    opened.name = "b"
    assert opened == Open("b")
    assert repr(Told("a")) == "told"


def test_a_class_is_defined_in_a_fraction_of_the_time() -> None:
    body = {"__doc__": "A value.", "__annotations__": dict.fromkeys("abcdef", str)}

    def seconds(define: Callable[..., Callable[[type], type]]) -> float:
        kinds = [type("Fresh", (), dict(body)) for _ in range(20)]
        started = time.thread_time()
        for kind in kinds:
            define(frozen=True, slots=True)(kind)
        return time.thread_time() - started

    ours, theirs = (min(seconds(define) for _ in range(3)) for define in (dataclass, dataclasses.dataclass))
    assert ours < theirs / 2


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
