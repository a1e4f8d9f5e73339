"""The planner's words and what they mean, as plain data: each sense once, each set of senses once, a number for a word."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, cast

from chatbot.derived import Derived
from chatbot.knowledge_graph.plan import AllOf, AnyOf, Condition, Not
from chatbot.planning.links import (
    AttributeSense,
    CategorySense,
    DegreeSense,
    RoleSense,
    Sense,
    ValueSense,
)

_KINDS: Mapping[str, Callable[..., object]] = {
    kind.__name__: kind
    for kind in (
        AttributeSense, CategorySense, ValueSense, DegreeSense, RoleSense, Condition, AllOf, AnyOf, Not
    )
}  # fmt: skip


class _Stored(TypedDict):
    """``words`` → number in ``sets``, whose numbers are those in ``senses``."""

    senses: list[object]
    sets: list[list[int]]
    words: dict[str, int]


def meanings(
    derived: Derived, told: Callable[[], Iterable[tuple[str, Sense]]]
) -> Mapping[str, frozenset[Sense]]:
    """Every word that ``told`` tells a sense of, with all its senses; words that mean the same share one set."""
    stored = derived.json("senses", lambda: _stored(told()))
    same: dict[tuple[object, ...], tuple[object, ...]] = {}
    senses = [cast(Sense, _made(plain, same)) for plain in stored["senses"]]
    sets = [frozenset(senses[number] for number in numbers) for numbers in stored["sets"]]
    return {word: sets[number] for word, number in stored["words"].items()}


def _stored(told: Iterable[tuple[str, Sense]]) -> _Stored:
    numbers: dict[Sense, int] = {}
    found: dict[str, dict[int, None]] = {}
    for word, sense in told:
        found.setdefault(word, {})[numbers.setdefault(sense, len(numbers))] = None
    sets: dict[tuple[int, ...], int] = {}
    words = {word: sets.setdefault(tuple(those), len(sets)) for word, those in found.items()}
    return _Stored(senses=[_plain(sense) for sense in numbers], sets=[*map(list, sets)], words=words)


def _plain(value: object) -> object:
    """A value of one of the kinds as ``{name: fields}``, a tuple as a list, anything else as it is."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if type(value).__name__ in _KINDS and dataclasses.is_dataclass(value):
        fields = (getattr(value, field.name) for field in dataclasses.fields(value))
        return {type(value).__name__: [_plain(field) for field in fields]}
    return value


def _made(plain: object, same: dict[tuple[object, ...], tuple[object, ...]]) -> object:
    """What ``_plain`` told; equal paths are one object of ``same``."""
    if isinstance(plain, list):
        made = tuple([_made(one, same) for one in plain])
        return same.setdefault(made, made)
    if isinstance(plain, dict):
        ((name, fields),) = plain.items()
        return _KINDS[name](*[_made(field, same) for field in fields])
    return plain
