"""Frozen values that a turn makes by the dozen: made, and made anew with some fields changed, at less cost."""

from collections.abc import Callable, Hashable
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, TypeVar, cast

V = TypeVar("V")
_set = object.__setattr__


def quickly_made(kind: type[V]) -> type[V]:
    """``kind``, a frozen dataclass, with an ``__init__`` that takes a third of the time where there are many fields.

    A frozen dataclass sets each field by a call of ``object.__setattr__``. Here a new value is of a class of the same
    slots that is not frozen while its fields are set, and nobody has seen it yet; without slots, they go into its
    ``__dict__``. All else stays: arguments and their defaults, comparison, and that no field of a value can be set.

    Raises:
        TypeError: a class with ``__post_init__``, or with a field that ``dataclass`` has to treat in a way of its own.
    """
    told = fields(kind)  # type: ignore[arg-type]
    if hasattr(kind, "__post_init__") or not all(map(_is_plain, told)):
        raise TypeError(f"{kind.__name__} does more than hold its fields")
    names = [field.name for field in told]
    known: dict[str, Any] = {"_set": _set, "_kind": kind}
    if "__slots__" in vars(kind):
        known["_open"] = type(kind.__name__, (), {"__slots__": vars(kind)["__slots__"]})
        body = ["_set(self, '__class__', _open)", *(f"self.{name} = {name}" for name in names)]
        body.append("self.__class__ = _kind")
    else:
        body = ["_held = self.__dict__", *(f"_held[{name!r}] = {name}" for name in names)]
    for field in told:
        if field.default is not MISSING:
            known[f"_default_{field.name}"] = field.default
    taken = [name if f"_default_{name}" not in known else f"{name}=_default_{name}" for name in names]
    exec(f"def __init__(self, {', '.join(taken)}):\n " + "\n ".join(body), known)  # as dataclasses do
    init = known["__init__"]
    init.__qualname__, init.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
    init.__annotations__ = {**kind.__init__.__annotations__}
    kind.__init__ = init  # type: ignore[method-assign]
    return kind


def changed(value: V, **changes: object) -> V:
    """``dataclasses.replace`` for a frozen dataclass with slots and no ``__post_init__``, at a sixth of the cost: a turn
    makes ten of them, of up to 15 fields.

    Raises:
        TypeError: a field that it has not.
    """
    kind = cast("Hashable", type(value))
    return cast("V", _with_changes(kind, tuple(changes))(value, *changes.values()))


@cache
def _with_changes(kind: Any, names: tuple[str, ...]) -> Callable[..., object]:
    """From a value of ``kind`` and what the fields ``names`` change to, in that order, to the new value."""
    held: tuple[str, ...] = kind.__slots__  # of a dataclass: its fields, in order
    if strange := [name for name in names if name not in held]:
        raise TypeError(f"{kind.__name__} has no {', '.join(strange)}")
    told = [name if name in names else f"_value.{name}" for name in held]
    known: dict[str, Any] = {"_kind": kind}
    exec(
        f"def made(_value, {', '.join(names)}):\n return _kind({', '.join(told)})", known
    )  # as dataclasses do
    return cast("Callable[..., object]", known["made"])


def _is_plain(field: "Field[Any]") -> bool:
    return field.init and not field.kw_only and field.default_factory is MISSING
