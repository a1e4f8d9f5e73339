"""Random plans over a graph's own attributes and values, from a seeded generator."""

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from chatbot.knowledge_graph.plan import (
    KEYWORDS,
    AllOf,
    AnyOf,
    Clause,
    Comparator,
    Condition,
    Not,
    Op,
    Order,
    Path,
    Plan,
)
from tests.knowledge_graph.oracle import FLAGS, SAME, UNITS, Car, Oracle, read, readable

OPS: tuple[Op, ...] = (
    "filter", "count", "superlative", "group", "aggregate", "nearest", "verify", "compare", "filter", "superlative",
    "lookup",
)  # fmt: skip
COMPARATORS: tuple[Comparator, ...] = ("<", "<=", ">", ">=", "=", "!=")


class PlanMaker:
    """Makes plans that the oracle can judge."""

    def __init__(self, cars: Sequence[Car], seed: int) -> None:
        self.random = random.Random(seed)
        self.cars = list(cars)
        paths = sorted({path for car in cars for path in car.leaves})
        self.values = {path: [car.leaves[path] for car in cars if path in car.leaves] for path in paths}
        blank = Oracle(cars, Plan("filter"))
        known = [path for path in paths if readable(path, cars)]
        self.dates = [path for path in known if blank.main_dimension(path) == "日期"]
        self.numeric = [path for path in known if blank.main_dimension(path) and path not in self.dates]
        self.dimension = {path: blank.main_dimension(path) for path in self.numeric}
        self.texts = [path for path in known if not any(read(path, raw) for raw in self.values[path])]
        self.flags = [path for path in known if any(raw in FLAGS for raw in self.values[path])]

    def plan(self) -> Plan:
        """A plan of any operator; one in six takes what two attributes of one dimension say for the same."""
        plan = self._plan()
        path = plan.attributes[0] if plan.attributes else ()
        others = [p for p in self.numeric if p != path and self._alike(p, path)]
        if not others or self.random.random() > 1 / 6:
            return plan
        return replace(plan, same=((path, self.random.choice(others)),))

    def _alike(self, path: Path, other: Path) -> bool:
        """Of one dimension, and a bare number means the same in both."""
        same = self.dimension[path] == self.dimension.get(other)
        return same and read(path, "1") == read(other, "1")

    def _plan(self) -> Plan:
        op = self.random.choice(OPS)
        names = [car.name for car in self.cars]
        conditions = tuple(self.clause(2) for _ in range(self.random.choice((0, 1, 1, 2, 3))))
        number = self.random.choice(self.numeric)
        if op == "group":
            return Plan(op, (), (self.random.choice(self.texts + self.flags),), conditions)
        if op == "lookup":
            asked = self.random.sample([*self.numeric, *self.texts, *self.flags], 3)
            return Plan(op, tuple(self.random.sample(names, min(3, len(names)))), tuple(dict.fromkeys(asked)))
        if op in ("verify", "compare"):
            few = tuple(self.random.sample(names, min(3, len(names))))
            return Plan(op, few, (number,), conditions if op == "verify" else ())
        if op == "nearest":
            return Plan(op, (self.random.choice(names),), (number,), conditions, limit=5)
        scope = tuple(self.random.sample(names, len(names) // 2)) if self.random.random() < 0.2 else ()
        order: Order = "asc" if self.random.random() < 0.5 else "desc"
        limit = self.random.choice((1, 3, 10)) if op == "superlative" else None
        return Plan(op, scope, (number,), conditions, order, limit)

    def clause(self, depth: int) -> Clause:
        kind = self.random.random()
        if depth and kind < 0.15:
            return AnyOf((self.clause(depth - 1), self.clause(depth - 1)))
        if depth and kind < 0.25:
            return AllOf((self.clause(depth - 1), self.clause(depth - 1)))
        if depth and kind < 0.4:
            return Not(self.clause(depth - 1))
        return self.condition()

    def condition(self) -> Condition:
        kind = self.random.random()
        if kind < 0.05 and self.dates:
            path = self.random.choice(self.dates)
            date = self.random.choice(self.values[path])[: self.random.choice((4, 7))]
            return Condition(path, self.random.choice(COMPARATORS), date)
        if kind < 0.55:
            return self.number_condition()
        if kind < 0.7 and self.flags:
            return Condition(self.random.choice(self.flags), "has", self.random.choice(("有", "无", "选配")))
        if kind < 0.85 and self.texts:
            path = self.random.choice(self.texts)
            text = self.random.choice(self.values[path])
            if self.random.random() < 0.5:
                return Condition(path, "contains", text[: self.random.randint(1, len(text))])
            return Condition(path, self.random.choice(("=", "!=")), text)
        word = self.random.choice(self.random.choice(self.cars).words)
        return Condition(KEYWORDS, self.random.choice(("=", "contains")), word)

    def number_condition(self) -> Condition:
        """A bound at or near a real value, in any unit of the dimension that can say it."""
        path = self.random.choice(self.numeric)
        base = self.base_value(path)
        unit = self.random.choice(self.units(path))
        _, factor = UNITS.get(unit, (unit, Fraction(1)))
        value = float(base / factor)
        if Fraction(repr(value)) * factor != base:  # not to be said exactly in this unit
            value = float(f"{value:.6g}")
        return Condition(path, self.random.choice(COMPARATORS), value, unit)

    def units(self, path: Path) -> tuple[str, ...]:
        dimension = self.dimension[path] or ""
        own = tuple(unit for unit, (of, _) in UNITS.items() if of == dimension)
        return SAME.get(dimension, own[:1]) or (dimension,)

    def base_value(self, path: Path) -> Fraction:
        found = [
            number
            for raw in self.values[path]
            if (number := read(path, raw)) and number[0] == self.dimension[path]
        ]
        base = self.random.choice(found)[1]
        return base * self.random.choice((Fraction(1), Fraction(1), Fraction(9, 10), Fraction(11, 10)))
