"""What a result says, in sentences made of its own values; nothing is said that no file holds."""

import re
from collections.abc import Sequence

from chatbot.knowledge_graph.graph import KnowledgeGraph, asked_whether
from chatbot.knowledge_graph.lookup import with_unit
from chatbot.knowledge_graph.plan import (
    KEYWORDS,
    NAME,
    AllOf,
    AnyOf,
    Clause,
    Condition,
    Not,
    Order,
    Path,
    Plan,
)
from chatbot.knowledge_graph.plan_text import attribute_text, clause_text, note_text, quantity_text
from chatbot.knowledge_graph.result import Cell, Comparison, LeftOut, Result, ResultRow
from chatbot.knowledge_graph.units import DATE
from chatbot.messages import say
from chatbot.planning.clauses import flat

SHOWN = 5
_MANY_NAMES = 3
_PAIR = 2
_MONTH = 30.44  # days
_WORSE: dict[str, Order] = {"down": "desc", "up": "asc"}
_DIGIT = re.compile(r"\d")
_TELLING = {"no_direction", "part_assumed", "optional", "wrong_dimension", "bad_value", "contradiction"}


class Wording:
    """Names and values of one graph as they are said."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._names, self._levels = graph.short_names, graph.level_names

    def name(self, entity: str) -> str:
        return self._names.get(entity, entity)

    def several(self, entities: Sequence[str]) -> str:
        """The first few of ``entities``, and how many there are where these are not all."""
        named = say("and").join(map(self.name, entities[:_MANY_NAMES]))
        return named + (f"等 {len(entities)} 款" if len(entities) > _MANY_NAMES else "")

    def attribute(self, path: Path) -> str:
        return attribute_text(path, self._levels)

    def value(self, cell: Cell) -> str:
        return with_unit(cell.path, cell.raw)

    def row(self, row: ResultRow, attributes: Sequence[Path]) -> str:
        """One line of a table: the name, then each value or that it is not on record."""
        cells = []
        for path, cell in zip(attributes, row.cells, strict=True):
            name = attribute_text(path)
            if cell is None:
                cells.append(say("table_missing", attribute=name))
            else:
                cells.append(say("table_value", attribute=name, value=self.value(cell)))
        return (
            say("table_row", entity=self.name(row.entity), values="，".join(cells))
            if cells
            else self.name(row.entity)
        )

    def table(self, result: Result, shown: int = SHOWN) -> str:
        lines = [f"{i}. {self.row(row, result.attributes)}" for i, row in enumerate(result.rows[:shown], 1)]
        return "\n".join(lines)

    def scope(self, plan: Plan) -> str:
        """What a plan is about: its conditions, else the things it is of, else all there are."""
        all_of = say("of_these", count=len(plan.entities)) if plan.entities else say("everything")
        return self.conditions(plan.conditions) or all_of

    def conditions(self, clauses: Sequence[Clause]) -> str:
        """What was understood, short: 经销商报价≤30万元、SUV、不要增程."""
        names = [c for c in clauses if isinstance(c, Not) and _is_name(c.clause)]
        others = self._with_ranges([c for c in flat(clauses) if c not in names])
        if names:
            said = [self.clause(c) for c in names[:_MANY_NAMES]]
            others.append(say("and").join(said) + (f"等 {len(names)} 款" if len(names) > _MANY_NAMES else ""))
        return say("and").join(others)

    def _with_ranges(self, clauses: Sequence[Clause]) -> list[str]:
        """Each clause in words; two bounds of one attribute as one: 经销商报价9万元到11万元."""
        said: list[str] = []
        left = list(clauses)
        while left:
            one = left.pop(0)
            other = next((c for c in left if _is_range(one, c)), None)
            if other is None or not (isinstance(one, Condition) and isinstance(other, Condition)):
                said.append(self.clause(one))
                continue
            left.remove(other)
            low, high = (clause_text(c).removeprefix(attribute_text(c.attribute))[1:] for c in (one, other))
            said.append(say("between", attribute=attribute_text(one.attribute), low=low, high=high))
        return said

    def clause(self, clause: Clause) -> str:
        match clause:
            case Not(Condition(op="has") as inner) if not asked_whether(inner.attribute[-1]):
                return say("has_not", what=attribute_text(inner.attribute))
            case Not(Condition(op="has")):
                return clause_text(clause)
            case Not(inner):
                return say("without", what=self.clause(inner))
            case AnyOf(clauses) if len(clauses) > _MANY_NAMES and all(map(_is_name, clauses)):
                some = say("and").join(self.clause(one) for one in clauses[:_MANY_NAMES])
                return f"{some}等 {len(clauses)} 款"
            case AnyOf(clauses):
                values = [one for one in clauses if not _says_so_too(one)]
                return "或".join(self.clause(one) for one in values or clauses)
            case AllOf(clauses):
                return say("and").join(self._with_ranges(clauses))
            case Condition():
                return self._condition(clause)

    def _condition(self, condition: Condition) -> str:
        if condition.attribute == NAME:
            return self.name(str(condition.value))
        if condition.attribute[:2] == KEYWORDS:
            return str(condition.value)
        value, named = condition.value, condition.op in ("=", "contains")
        if isinstance(value, str) and named and len(value) > 1 and not _DIGIT.search(value):
            return _capitals(value)
        return clause_text(condition)

    def left_out(self, left: Sequence[LeftOut]) -> str:
        """Who could not be judged, attribute by attribute."""
        lines = []
        for one in left:
            names = say("and").join(self.name(name) for name in one.entities[:_MANY_NAMES])
            more = "等" if one.count > len(one.entities[:_MANY_NAMES]) else ""
            key = "left_out_missing" if one.reason == "missing" else "left_out_incomparable"
            lines.append(
                say(key, count=one.count, attribute=attribute_text(one.attribute), names=names + more)
            )
        return "".join(lines)

    def notes(self, result: Result) -> str:
        said = [note_text(note) for note in result.notes if note.code in _TELLING]
        return "（" + "；".join(said) + "）" if said else ""

    def comparison(
        self, one: Comparison, rows: Sequence[ResultRow], column: int, order: Order | None = None
    ) -> str:
        """One attribute side by side, who is ahead and by how much; ``order`` says which end was asked for."""
        name = attribute_text(one.attribute)
        sides = []
        for row in rows:
            cell = row.cells[column]
            value = self.value(cell) if cell else say("not_on_record")
            sides.append(f"{self.name(row.entity)} {value}")
        line = f"{name}：" + "，".join(sides)
        told = all(row.cells[column] for row in rows)
        return f"{line}。{self._verdict(one, rows, order, told=told)}"

    def _verdict(self, one: Comparison, rows: Sequence[ResultRow], order: Order | None, *, told: bool) -> str:
        if one.same or (one.spread == 0 and one.lead is not None):
            return say("draw")
        if one.spread is None or one.lead is None:
            return say("cannot_compare") if any(v is None for v in one.values) and not told else ""
        if one.unit == DATE:
            return self._earlier_or_later(one, rows, order)
        gap = quantity_text(one.lead if one.winners else one.spread, one.unit)
        if not one.winners:
            return say("differs", gap=gap)
        names = say("and").join(self.name(name) for name in one.winners)
        behind = [self.name(row.entity) for row in rows if row.entity not in one.winners]
        if order == _WORSE.get(one.direction or "") and len(rows) == len(one.winners) + len(behind) == _PAIR:
            asked = "the_higher" if order == "desc" else "the_lower"
            return say(asked, name=behind[0], other=names, gap=gap)
        return say("ahead_low" if one.direction == "down" else "ahead_high", names=names, gap=gap)

    def _earlier_or_later(self, one: Comparison, rows: Sequence[ResultRow], order: Order | None) -> str:
        """Which date is the later one, or the earlier where that was asked, and by how long."""
        dated = [(v, self.name(row.entity)) for v, row in zip(one.values, rows, strict=True) if v is not None]
        wanted = min(dated)[0] if order == "asc" else max(dated)[0]
        names = say("and").join(name for value, name in dated if value == wanted)
        days = round(max(dated)[0] - min(dated)[0])
        months = round(days / _MONTH)
        gap = say("months", count=months) if months > 1 else say("days", count=days)
        return say("earlier" if order == "asc" else "later", names=names, gap=gap)


def _is_range(one: Clause, other: Clause) -> bool:
    """Whether they are the lower and the upper bound of one attribute, both meant themselves."""
    if not (isinstance(one, Condition) and isinstance(other, Condition)):
        return False
    return one.attribute == other.attribute and (one.op, other.op) == (">=", "<=")


def _capitals(word: str) -> str:
    return re.sub("[a-z]{2,}|[a-z](?=-[a-z])|(?<=-)[a-z]", lambda found: found.group().upper(), word)


def _says_so_too(clause: Clause) -> bool:
    """Whether it is about a word in the name; beside a value it says the same: 四驱 or xDrive."""
    return isinstance(clause, Condition) and clause.attribute == NAME and clause.op == "contains"


def _is_name(clause: Clause) -> bool:
    return isinstance(clause, Condition) and clause.attribute == NAME
