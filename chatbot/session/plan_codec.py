"""The last query ↔ JSON values, for ``codec.py``."""

from typing import Any, get_args

from chatbot.knowledge_graph.plan import AllOf, AnyOf, Clause, Comparator, Condition, Not, Op, Plan

MAX_DEPTH = 50
_OPS, _COMPARATORS = frozenset(get_args(Op)), frozenset(get_args(Comparator))


class MalformedPlanError(Exception):
    """The value is no plan."""


def encode_plan(plan: Plan) -> dict[str, object]:
    """Every field of ``plan`` as JSON values."""
    return {
        "op": plan.op,
        "entities": plan.entities,
        "attributes": plan.attributes,
        "conditions": [_encode(clause) for clause in plan.conditions],
        "order": plan.order,
        "limit": plan.limit,
        "same": plan.same,
    }


def _encode(clause: Clause) -> list[object]:
    match clause:
        case Condition():
            return ["is", clause.attribute, clause.op, clause.value, clause.unit]
        case Not(inner):
            return ["not", _encode(inner)]
        case AllOf(clauses):
            return ["all", *map(_encode, clauses)]
        case AnyOf(clauses):
            return ["any", *map(_encode, clauses)]


def decode_plan(value: Any) -> Plan:
    """The plan in ``value``.

    Raises:
        MalformedPlanError: it is none.
    """
    try:
        return _plan(value)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MalformedPlanError from error


def _plan(value: Any) -> Plan:
    limit = value["limit"]
    if value["op"] not in _OPS or value["order"] not in ("asc", "desc", None):
        raise ValueError
    if limit is not None and type(limit) is not int:
        raise ValueError
    return Plan(
        op=value["op"],
        entities=_texts(value["entities"]),
        attributes=tuple(_texts(path) for path in _items(value["attributes"])),
        conditions=tuple(_decode(clause, 0) for clause in _items(value["conditions"])),
        order=value["order"],
        limit=limit,
        same=tuple(tuple(_texts(path) for path in _items(group)) for group in _items(value["same"])),
    )


def _decode(value: Any, depth: int) -> Clause:
    kind, *parts = _items(value)
    if depth > MAX_DEPTH:
        raise ValueError
    if kind == "is":
        attribute, op, wanted, unit = parts
        if op not in _COMPARATORS or type(unit) is not str or type(wanted) not in (str, int, float):
            raise ValueError
        return Condition(_texts(attribute), op, wanted, unit)
    if kind == "not":
        return Not(_decode(parts[0], depth + 1))
    clauses = tuple(_decode(part, depth + 1) for part in parts)
    if kind not in ("all", "any"):
        raise ValueError
    return AllOf(clauses) if kind == "all" else AnyOf(clauses)


def _items(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    texts = tuple(_items(value))
    if any(type(text) is not str for text in texts):
        raise TypeError
    return texts
