"""Executes a plan over the columns: exact, deterministic, and without exceptions for what a user asked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chatbot.knowledge_graph.columns import Columns, Mask, how_many
from chatbot.knowledge_graph.conditions import MAX_CONDITIONS, MAX_NESTING, Conditions
from chatbot.knowledge_graph.directions import Directions, built_in_directions
from chatbot.knowledge_graph.numbers import NumberCache
from chatbot.knowledge_graph.plan import Path, Plan, depth, leaf_conditions
from chatbot.knowledge_graph.relax import nearest_rows, note_contradictions
from chatbot.knowledge_graph.result import LeftOut, Note, Reason, Result
from chatbot.knowledge_graph.selection import Selection, distance, first_by, unmeasured
from chatbot.knowledge_graph.summaries import aggregate, compare, group, verify
from chatbot.knowledge_graph.units import UnitTable, built_in_units

ROWS_LIMIT = 20
MAX_ROWS = 1000
_NEEDS_ATTRIBUTE = {"superlative", "group", "aggregate", "nearest"}
_NEEDS_ENTITIES = {"lookup": 1, "compare": 2, "nearest": 1}


class Engine:
    """Plans in, results out, over one version of the graph. Safe to share between threads."""

    def __init__(
        self, columns: Columns, units: UnitTable | None = None, directions: Directions | None = None
    ) -> None:
        self.columns = columns
        self.units = units or built_in_units()
        self.directions = directions or built_in_directions()
        self._numbers = NumberCache(columns)

    def run(self, plan: Plan, rows_limit: int = ROWS_LIMIT) -> Result:
        """What ``plan`` finds; at most ``rows_limit`` (1-1000) rows of it.

        Never raises for the plan's content: what is unknown, of the wrong dimension or contradictory is a note.
        """
        plan = self._with_places(plan)
        conditions = Conditions(self.columns, self.units, self._numbers, plan.same)
        refusal = _refusal(plan)
        if refusal:
            return Result(plan, notes=(refusal,))
        selection = Selection(plan, self.columns, conditions, self.directions)
        note_contradictions(plan.conditions, conditions)
        result = _OPERATORS[plan.op](selection, min(max(rows_limit, 1), MAX_ROWS))
        left_out = how_many(selection.undecided)
        return replace(result, left_out_total=left_out, notes=tuple(conditions.notes))

    def _with_places(self, plan: Plan) -> Plan:
        """``plan``, saying of what stands in several sections all the places its values may be from."""
        said = {group[0] for group in plan.same if group}
        used = (*plan.attributes, *(one.attribute for one in leaf_conditions(plan.conditions)))
        several = {path: self.columns.places(path) for path in used if path not in said}
        more = tuple(places for places in several.values() if len(places) > 1)
        return replace(plan, same=(*plan.same, *more)) if more else plan


def _refusal(plan: Plan) -> Note | None:
    """Why a plan cannot be executed at all, or ``None``."""
    if depth(plan.conditions) > MAX_NESTING:
        return Note("too_deep", count=MAX_NESTING)
    if sum(1 for _ in leaf_conditions(plan.conditions)) > MAX_CONDITIONS:
        return Note("too_many", count=MAX_CONDITIONS)
    if plan.op in _NEEDS_ATTRIBUTE and not plan.attributes:
        return Note("empty_plan", subject="attributes")
    few = len(set(plan.entities)) < _NEEDS_ENTITIES.get(plan.op, 0)
    return Note("empty_plan", subject="entities") if few else None


def _listed(
    selection: Selection, indices: Sequence[int], total: int, rows_limit: int, left_out: tuple[LeftOut, ...]
) -> Result:
    attributes = selection.attributes()
    return Result(
        selection.plan, attributes, selection.rows(indices[:rows_limit], attributes), total, left_out
    )


def _lookup(selection: Selection, rows_limit: int) -> Result:
    """Entities × attributes, in the plan's order; an attribute that an entity lacks is left out by name."""
    indices = [row for row in selection.named() if selection.matched[row]]
    without: dict[tuple[Path, Reason], Mask] = {}
    for path in selection.plan.attributes:
        if not selection.conditions.places(path):
            selection.conditions.note(Note("unknown_attribute", path))
            continue
        without[path, "missing"] = selection.matched & ~selection.present(path)
    return _listed(selection, indices, len(indices), rows_limit, selection.left_out(without))


def _filter(selection: Selection, rows_limit: int) -> Result:
    """All that match; sorted by the first attribute when an order is given, those without a number last."""
    plan = selection.plan
    indices: Sequence[int] = np.flatnonzero(selection.matched).tolist()
    found = selection.main_numbers(plan.attributes[0]) if plan.order and plan.attributes else None
    if found:
        numbers, _ = found
        ranked = first_by(numbers.keys, selection.matched & numbers.usable, rows_limit, plan.order == "desc")
        indices = ranked[:rows_limit]
        if len(indices) < rows_limit:
            indices = [*indices, *np.flatnonzero(selection.matched & ~numbers.usable).tolist()]
    shown = indices if plan.limit is None else indices[: max(plan.limit, 0)]
    result = _listed(selection, shown, how_many(selection.matched), rows_limit, selection.left_out())
    return _with_nearest(selection, result)


def _with_nearest(selection: Selection, result: Result) -> Result:
    """``result`` with what comes nearest, when conditions left nothing."""
    if how_many(selection.matched) or not selection.plan.conditions:
        return result
    return replace(result, nearest=nearest_rows(selection))


def _superlative(selection: Selection, rows_limit: int) -> Result:
    """The first ``limit`` (1) by the first attribute, with all that tie with the last; ``total`` had a number."""
    plan, path = selection.plan, selection.plan.attributes[0]
    found = selection.main_numbers(path)
    if found is None:
        return Result(plan, selection.attributes(), left_out=selection.left_out())
    numbers, _ = found
    ranked = selection.matched & numbers.usable
    limit = max(plan.limit or 1, 1)
    indices = first_by(numbers.keys, ranked, limit, selection.order(path) == "desc")
    if len(indices) > limit:
        last = numbers.keys[indices[-1]]
        selection.conditions.note(Note("tie", path, count=how_many(numbers.keys[indices] == last)))
    left_out = selection.left_out(unmeasured(path, numbers, selection.matched))
    return _with_nearest(selection, _listed(selection, indices, how_many(ranked), rows_limit, left_out))


def _nearest(selection: Selection, rows_limit: int) -> Result:
    """The others closest to the reference by the first attribute, at most ``limit``; the reference is not a row."""
    plan, path = selection.plan, selection.plan.attributes[0]
    named, found = selection.named(), selection.main_numbers(path)
    if not named or found is None:
        return Result(plan, selection.attributes())
    numbers, _ = found
    reference = named[0]
    itself = selection.conditions.nobody()
    itself[reference] = True
    if not numbers.usable[reference]:
        left_out = selection.left_out(unmeasured(path, numbers, itself))
        return Result(plan, selection.attributes(), left_out=left_out)
    others = selection.matched & ~itself
    ranked = others & numbers.usable
    indices = first_by(distance(numbers.keys, numbers.keys[reference]), ranked, plan.limit)[: plan.limit]
    left_out = selection.left_out(unmeasured(path, numbers, others))
    return _listed(selection, indices, how_many(ranked), rows_limit, left_out)


def _compare(selection: Selection, rows_limit: int) -> Result:
    """The plan's entities side by side, attribute by attribute."""
    result = _lookup(selection, MAX_ROWS)
    indices = [selection.columns.position[row.entity] for row in result.rows]
    known = [path for path in selection.plan.attributes if selection.conditions.places(path)]
    return replace(result, comparisons=tuple(compare(selection, indices, path) for path in known))


def _group(selection: Selection, rows_limit: int) -> Result:
    """Distinct values with counts; ``total`` is how many there are, ``limit`` how many are wanted."""
    path = selection.plan.attributes[0]
    groups = group(selection, path)
    without: dict[tuple[Path, Reason], Mask] = {
        (path, "missing"): selection.matched & ~selection.present(path)
    }
    return Result(
        selection.plan, (path,), total=len(groups), left_out=selection.left_out(without if selection.conditions.places(path) else None),
        groups=groups[: selection.plan.limit],
    )  # fmt: skip


def _aggregate(selection: Selection, rows_limit: int) -> Result:
    """Range, mean and median of the first attribute over what matches."""
    path = selection.plan.attributes[0]
    summary, found = aggregate(selection, path), selection.main_numbers(path)
    without = unmeasured(path, found[0], selection.matched) if found else None
    return Result(
        selection.plan, (path,), total=how_many(selection.matched),
        left_out=selection.left_out(without), aggregate=summary,
    )  # fmt: skip


def _verify(selection: Selection, rows_limit: int) -> Result:
    """For each named entity whether the conditions hold; without entities, whether any entity meets them."""
    if not selection.plan.entities:
        return _filter(selection, rows_limit)
    named, holds = selection.named(), how_many(selection.matched)
    result = _listed(selection, named, holds, rows_limit, selection.left_out())
    return replace(result, verdicts=verify(selection, named))


_OPERATORS = {
    "lookup": _lookup,
    "compare": _compare,
    "filter": _filter,
    "superlative": _superlative,
    "count": _filter,
    "verify": _verify,
    "group": _group,
    "aggregate": _aggregate,
    "nearest": _nearest,
}
