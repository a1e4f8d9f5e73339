"""What a text must hold for a regular expression to be found in it, told from the expression alone."""

import re
from collections.abc import Iterable, Iterator
from re import _parser  # private, but the same from Python 3.11 on
from typing import Any

_Needed = frozenset[str] | None  # one of these stands in each text that matches; ``None``: nothing is known
_WIDEST = 64  # characters of a class; a wider one tells nothing worth knowing
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def characters_needed(pattern: str) -> frozenset[str] | None:
    """Characters of which one at least stands in every text where ``pattern``, without flags, is found.

    ``None`` where there is no such set. Of the parts that must all be there, the one with the fewest choices is told.
    """
    return _of_all(_parser.parse(pattern))


def all_needed(pattern: str) -> tuple[frozenset[str], ...]:
    """Such sets of every part that must be there: 一箱油能跑多远 has 油 and 远, and no text without both."""
    return tuple(dict.fromkeys(_each(_parser.parse(pattern))))


def _each(parts: Iterable[tuple[object, Any]]) -> Iterator[frozenset[str]]:
    for op, what in parts:
        if str(op) == "SUBPATTERN" and not what[1] & re.IGNORECASE:
            yield from _each(what[3])
        elif (found := _of_one(str(op), what)) is not None:
            yield found


def _of_all(parts: Iterable[tuple[object, Any]]) -> _Needed:
    told = [found for op, what in parts if (found := _of_one(str(op), what)) is not None]
    return min(told, key=len, default=None)


def _of_one(op: str, what: Any) -> _Needed:
    if op == "LITERAL":
        return frozenset(chr(what))
    if op == "IN":
        return _of_class(what)
    if op == "BRANCH":
        return _of_any([_of_all(branch) for branch in what[1]])
    if op == "SUBPATTERN":
        return None if what[1] & re.IGNORECASE else _of_all(what[3])
    if op in _REPEATS:
        return _of_all(what[2]) if what[0] > 0 else None
    if op == "ASSERT":
        return _of_all(what[1])  # what stands before or behind stands in the text
    return _of_all(what) if op == "ATOMIC_GROUP" else None


def _of_any(branches: list[_Needed]) -> _Needed:
    told = [found for found in branches if found is not None]
    return frozenset().union(*told) if len(told) == len(branches) else None


def _of_class(members: Iterable[tuple[object, Any]]) -> _Needed:
    found: set[str] = set()
    for op, what in members:
        if str(op) == "LITERAL":
            found.add(chr(what))
        elif str(op) == "RANGE" and what[1] - what[0] < _WIDEST:
            found.update(map(chr, range(what[0], what[1] + 1)))
        else:
            return None
    return frozenset(found)
