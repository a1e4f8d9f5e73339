"""What the knowledge graph was asked, typed: the reply shows it, and execution follows it and nothing else."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from chatbot.frozen import dataclass

Path = tuple[str, ...]
Op = Literal["lookup", "compare", "filter", "superlative", "count", "verify", "group", "aggregate", "nearest"]
Comparator = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "has"]
Order = Literal["asc", "desc"]

# What stands under 实体 can be asked like an attribute: the name, all keywords, or the n-th keyword.
NAME: Path = ("实体", "名称")
KEYWORDS: Path = ("实体", "关键词")


def keyword_level(level: int) -> Path:
    """The path of the ``level``-th keyword, from 1 (the most general, e.g. the brand)."""
    return (*KEYWORDS, str(level))


@dataclass(frozen=True, slots=True)
class Condition:
    """``attribute op value``, the value in ``unit``; without a unit a number is in the attribute's own.

    ``attribute`` may end in the label of a part: ``(…, "长*宽*高(mm)", "长")``, ``(…, "充电时间", "快充")``.
    ``has`` takes 有, 无 or 选配. Dates are text: ``2024``, ``2024.03``. ``contains`` and ``=`` on ``KEYWORDS``
    hold when any keyword does.
    """

    attribute: Path
    op: Comparator
    value: float | str
    unit: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "attribute": "/".join(self.attribute),
            "op": self.op,
            "value": self.value,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class AllOf:
    """且: every clause holds."""

    clauses: "tuple[Clause, ...]"

    def as_json(self) -> dict[str, object]:
        return {"all": [clause.as_json() for clause in self.clauses]}


@dataclass(frozen=True, slots=True)
class AnyOf:
    """或: at least one clause holds."""

    clauses: "tuple[Clause, ...]"

    def as_json(self) -> dict[str, object]:
        return {"any": [clause.as_json() for clause in self.clauses]}


@dataclass(frozen=True, slots=True)
class Not:
    """非、除了: the clause is known not to hold; an entity whose value is missing is not counted."""

    clause: "Clause"

    def as_json(self) -> dict[str, object]:
        return {"not": self.clause.as_json()}


Clause: TypeAlias = Condition | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Plan:
    """One query: entities by name, attributes by path, conditions joined by 且.

    ``entities`` are the ones asked about (lookup, compare, verify), the reference (nearest: its first), else
    the ones to stay within. ``attributes[0]`` is what is ranked, grouped, averaged or measured; the rest are
    shown. ``order`` is the way ``attributes[0]`` is sorted; ``None`` means the better first where the lexicon of
    directions knows it. ``same`` lists paths that mean the same, best first: an entity's value is the first it
    has, wherever the plan names the group's first path.
    """

    op: Op
    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    conditions: tuple[Clause, ...] = ()
    order: Order | None = None
    limit: int | None = None
    same: tuple[tuple[Path, ...], ...] = ()

    def as_json(self) -> dict[str, object]:
        """The contract's JSON object; paths are joined by ``/``."""
        plan: dict[str, object] = {
            "op": self.op,
            "entities": list(self.entities),
            "attributes": ["/".join(path) for path in self.attributes],
            "conditions": [clause.as_json() for clause in self.conditions],
            "order": self.order,
            "limit": self.limit,
        }
        if self.same:
            plan["same"] = [["/".join(path) for path in group] for group in self.same]
        return plan


def leaf_conditions(clauses: tuple[Clause, ...]) -> Iterator[Condition]:
    """Every ``Condition`` in ``clauses``, in reading order."""
    stack = list(reversed(clauses))
    while stack:
        clause = stack.pop()
        match clause:
            case Condition():
                yield clause
            case Not():
                stack.append(clause.clause)
            case AllOf() | AnyOf():
                stack.extend(reversed(clause.clauses))


def depth(clauses: tuple[Clause, ...]) -> int:
    """How deeply ``clauses`` nest; 0 for none, 1 for a flat list."""
    level, deepest = list(clauses), 0
    while level:
        deepest += 1
        below: list[Clause] = []
        for clause in level:
            if isinstance(clause, Not):
                below.append(clause.clause)
            elif not isinstance(clause, Condition):
                below.extend(clause.clauses)
        level = below
    return deepest
