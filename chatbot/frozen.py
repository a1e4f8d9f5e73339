"""Frozen values: classes that cost little to define, values that cost little to make, and to make anew with some fields
changed.

A service has two hundred kinds of values, and ``dataclasses`` compiles six methods for each while it is imported: a fifth
of the imports' time. A turn makes values by the dozen.
"""

import dataclasses
from collections.abc import Callable, Hashable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar, cast

V = TypeVar("V")
_set = object.__setattr__
_OWN = (
    "__init__",
    "__post_init__",
    "__repr__",
    "__eq__",
    "__hash__",
    "__setattr__",
    "__delattr__",
    "__getstate__",
)

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(kind=None, /, **asked):
        """``dataclasses.dataclass``; a frozen class of plain fields and no methods of its own for what ``dataclass`` makes
        is defined in a tenth of the time, and its values are made in a third of it where there are many fields.

        All else is the same: comparison, hash, ``repr``, ``fields``, ``replace``, ``match``, pickling, and that no field of
        a value can be set.
        """
        if kind is None:
            return lambda kind: dataclass(kind, **asked)
        if _is_simple(kind, asked):
            return _simple(kind, asked.get("slots", False))
        return dataclasses.dataclass(**asked)(kind)


def _is_simple(kind: type, asked: dict[str, bool]) -> bool:
    own = vars(kind)
    return (
        asked.get("frozen", False)
        and asked.keys() <= {"frozen", "slots"}
        and not any(name in own for name in _OWN)
        and not any(isinstance(value, dataclasses.Field) for value in own.values())
        and not any(map(dataclasses.is_dataclass, kind.__mro__))
    )


def _simple(kind: type, slots: bool) -> Any:
    """``kind`` with its fields told by ``dataclasses``, and methods that are compiled already, or when first called."""
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(kind)
    held = _held(made.__match_args__)

    def __init__(self: object, *given: object, **named: object) -> None:
        made.__init__ = _init(made)
        made.__init__(self, *given, **named)

    def __eq__(self: object, other: object) -> bool:
        return held(self) == held(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(held(self))

    made.__init__, made.__eq__, made.__hash__ = __init__, __eq__, __hash__
    made.__repr__, made.__setattr__, made.__delattr__ = _repr, _refuse_to_set, _refuse_to_delete
    if slots:
        made.__getstate__, made.__setstate__ = lambda self: held(self), _restore
    return made


@recursive_repr()
def _repr(self: Any) -> str:
    told = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({', '.join(told)})"


def _refuse_to_set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: Any, state: tuple[object, ...]) -> None:
    for name, value in zip(self.__match_args__, state, strict=True):
        _set(self, name, value)


def _held(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """From a value to what its fields hold."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda value: ()
    only = attrgetter(names[0])
    return lambda value: (only(value),)


def _init(kind: Any) -> Callable[..., None]:
    """The ``__init__`` of ``kind``, compiled when its first value is made.

    ``dataclasses`` sets each field of a frozen value by a call of ``object.__setattr__``. Here a new value is of a class of
    the same slots that is not frozen while its fields are set, and nobody has seen it yet; without slots, they go into
    its ``__dict__``.
    """
    names = [field.name for field in dataclasses.fields(kind)]
    known: dict[str, Any] = {"_set": _set, "_kind": kind}
    if "__slots__" in vars(kind):
        known["_open"] = type(kind.__name__, (), {"__slots__": vars(kind)["__slots__"]})
        body = ["_set(self, '__class__', _open)", *(f"self.{name} = {name}" for name in names)]
        body.append("self.__class__ = _kind")
    else:
        body = ["_held = self.__dict__", *(f"_held[{name!r}] = {name}" for name in names)]
    taken = []
    for field in dataclasses.fields(kind):
        told = field.default is not dataclasses.MISSING
        known[f"_default_{field.name}"] = field.default
        taken.append(f"{field.name}=_default_{field.name}" if told else field.name)
    exec(f"def __init__(self, {', '.join(taken)}):\n " + "\n ".join(body), known)  # as dataclasses do
    init: Callable[..., None] = known["__init__"]
    init.__qualname__, init.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
    return init


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
