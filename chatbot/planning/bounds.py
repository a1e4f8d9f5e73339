"""Bounds of earlier turns and how a message moves, widens or replaces them: 预算再加两万, 20万也行, 15万吧."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.numerals import ABOUT
from chatbot.knowledge_graph.plan import Clause, Condition, Path, Plan
from chatbot.planning.clauses import flat
from chatbot.regex import regex

_MORE = "加添涨抬"
_MOVED = regex(
    "(?:再|又|还|可以|能|多|往上|往下)(?:多)?([加添涨抬减降砍])(?![到至个上])|([加添涨抬减降砍])(?=(?:个)?[\\d一两二三四五]{1,2}万$)"
)

_BARE = regex(r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)\s?[万w]?(?:块钱?|元)?(?:的|吧|啊|才对)*$")
_BOUNDED = regex("以[上下内]|不?[超低高]过?于?|[小大少多]于|起|[上左]+[右下]|约|到|至")


def end_of(clause: Condition) -> str:
    """Which end a condition bounds: ``max``, ``min``, or neither."""
    return {"<": "max", "<=": "max", ">": "min", ">=": "min"}.get(clause.op, "")


def bounds(clause: Clause) -> bool:
    """Whether it only says how much: better than what was shown is within it already, or asks for what is beyond it."""
    return isinstance(clause, Condition) and bool(end_of(clause))


def other_end(old: Clause, new: Clause) -> bool:
    """Whether one is a lower and the other an upper bound: either of the two would be no bound at all."""
    if not (isinstance(old, Condition) and isinstance(new, Condition)):
        return False
    return bool(end_of(old) and end_of(new)) and end_of(old) != end_of(new)


def apart(old: Condition, new: Condition) -> bool:
    """Whether no number is within both: 10万以下的呢 after 20到25万 asks for the cheap ones instead."""
    low, high = (old, new) if end_of(old) == "min" else (new, old)
    ends = isinstance(low.value, float) and isinstance(high.value, float) and low.unit == high.unit
    return ends and float(low.value) >= float(high.value)


def wider(one: Clause, other: Clause) -> Condition | None:
    """Of two bounds that point the same way the one that leaves more; ``None`` for all else."""
    if not (isinstance(one, Condition) and isinstance(other, Condition)) or one.attribute != other.attribute:
        return None
    ends = isinstance(one.value, float) and isinstance(other.value, float) and one.unit == other.unit
    if not ends or not end_of(one) or end_of(one) != end_of(other):
        return None
    further = float(other.value) > float(one.value)
    return other if further == (end_of(one) == "max") else one


def without_rough(base: list[Clause], added: Sequence[Clause], text: str) -> list[Clause]:
    """``base`` without both ends of 15万左右 where ``added`` says another bound: 预算15万吧; 再加两万 moves one of them."""
    if _MOVED.search(text):
        return base
    told = {c.attribute for c in flat(added) if isinstance(c, Condition) and end_of(c)}
    ends = [c for c in base if isinstance(c, Condition) and c.attribute in told and end_of(c)]
    rough = {c for low in ends for high in ends if _is_rough(low, high) for c in (low, high)}
    return [clause for clause in base if clause not in rough]


def _is_rough(low: Condition, high: Condition) -> bool:
    """Whether the two are what is said as about a number."""
    if low.attribute != high.attribute or (end_of(low), end_of(high)) != ("min", "max"):
        return False
    if not (isinstance(low.value, float) and isinstance(high.value, float)) or low.unit != high.unit:
        return False
    return math.isclose(low.value * (1 + float(ABOUT)), high.value * (1 - float(ABOUT)))


def moved(previous: Plan, clauses: Sequence[Clause], text: str) -> tuple[Clause, ...]:
    """预算再加两万: the bound that is there, moved by that much; ``clauses`` as they are where none is."""
    by = _MOVED.search(text)
    if by is None:
        return tuple(clauses)
    tops = {
        c.attribute: c for c in flat(previous.conditions) if isinstance(c, Condition) and end_of(c) == "max"
    }
    return tuple(_moved(clause, tops, 1 if by.group(1) in _MORE else -1) for clause in clauses)


def _moved(clause: Clause, tops: Mapping[Path, Condition], sign: int) -> Clause:
    if not isinstance(clause, Condition) or not isinstance(clause.value, float):
        return clause
    old = tops.get(clause.attribute)
    if old is None or old.unit != clause.unit or not isinstance(old.value, float):
        return clause
    value = old.value + sign * clause.value
    return replace(old, value=value) if value > 0 else clause


def in_its_way(previous: Plan, clauses: Sequence[Clause], text: str) -> tuple[Clause, ...]:
    """打错了，是18万 after 8万左右: about as much, for the number was wrong and not what was said of it."""
    bare = _BARE.search(text) and not _BOUNDED.search(text)
    new, old = _numbers(clauses), _numbers(previous.conditions)
    if not bare or not new or len({c.attribute for c in new}) != 1:
        return tuple(clauses)
    before = [c for c in old if (c.attribute, c.unit) == (new[0].attribute, new[0].unit)]
    rough = len(before) > 1 and _is_rough(before[0], before[-1])
    if len(new) < len(flat(clauses)) or not (rough or len(before) == 1):
        return tuple(clauses)  # 10到15万 was no number that one is off by
    middle = sum(float(c.value) for c in before) / len(before)
    meant = sum(float(c.value) for c in new) / len(new)
    return tuple(replace(c, value=meant * float(c.value) / middle) for c in before)


def _numbers(clauses: Sequence[Clause]) -> list[Condition]:
    """Those that bound a number."""
    return [c for c in flat(clauses) if isinstance(c, Condition) and isinstance(c.value, float) and end_of(c)]
