"""One plan being executed: which entities match, in which order, and what each row shows."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from chatbot.knowledge_graph.columns import Columns, Float, Mask, MeasureGroup, how_many
from chatbot.knowledge_graph.conditions import Conditions
from chatbot.knowledge_graph.directions import Directions
from chatbot.knowledge_graph.numbers import Numbers
from chatbot.knowledge_graph.plan import Order, Path, Plan, leaf_conditions
from chatbot.knowledge_graph.result import Cell, LeftOut, Note, Reason, ResultRow

SHOWN_LEFT_OUT = 20
_HEADER = "实体"


class Selection:
    """The entities a plan selects. Deterministic: equal keys keep the order of the graph's files."""

    def __init__(self, plan: Plan, columns: Columns, conditions: Conditions, directions: Directions) -> None:
        self.plan, self.columns, self.conditions, self.directions = plan, columns, conditions, directions
        self.scope = self._scope()
        self.truth = conditions.all_of(plan.conditions)
        self.matched: Mask = self.truth.true & self.scope
        self.undecided = conditions.nobody()  # everybody that ``left_out`` has named so far

    def _scope(self) -> Mask:
        """Everybody, or the entities that the plan names and stays within."""
        if self.plan.op == "nearest" or not self.plan.entities:
            return self.conditions.everyone()
        scope = self.conditions.nobody()
        scope[self.named()] = True
        return scope

    def named(self) -> list[int]:
        """Rows of the plan's entities, in its order; a note for each that is not in the graph."""
        position = self.columns.position
        for name in self.plan.entities:
            if name not in position:
                self.conditions.note(Note("unknown_entity", subject=name))
        return [position[name] for name in dict.fromkeys(self.plan.entities) if name in position]

    def attributes(self) -> tuple[Path, ...]:
        """What rows show: the plan's attributes, then those of its conditions; not what stands under 实体."""
        asked = dict.fromkeys(self.plan.attributes)
        asked.update(dict.fromkeys(one.attribute for one in leaf_conditions(self.plan.conditions)))
        return tuple(path for path in asked if path[:1] != (_HEADER,))

    def rows(self, indices: Iterable[int], attributes: Sequence[Path]) -> tuple[ResultRow, ...]:
        """A row for each entity index, raw values from the first place that has one."""
        return tuple(
            ResultRow(self.columns.names[i], tuple(self.cell(i, path) for path in attributes))
            for i in indices
        )

    def cell(self, index: int, path: Path) -> Cell | None:
        for column, _ in self.conditions.places(path):
            raw = column.text_at(index)
            if raw is not None:
                return Cell(column.path_at(index), raw, self.columns.files[index])
        return None

    def present(self, path: Path) -> Mask:
        """Who has a value for the attribute, of whatever kind."""
        mask = self.conditions.nobody()
        for column, _ in self.conditions.places(path):
            mask[column.rows] = True
        return mask

    def main_numbers(self, path: Path) -> tuple[Numbers, MeasureGroup] | None:
        """The attribute in the dimension it is mostly measured in, and its unit; a note when it has no numbers."""
        places = self.conditions.places(path)
        if not places:
            self.conditions.note(Note("unknown_attribute", path))
            return None
        for column, part in places:
            group = next((g for g in column.groups if g.label == part), None) if part else column.main
            if group:
                return self.conditions.numbers(path, group.dimension), group
        self.conditions.note(Note("bad_value", path))
        return None

    def order(self, path: Path) -> Order:
        """The plan's order, else the better first; a note when nothing says which that is."""
        if self.plan.order:
            return self.plan.order
        direction = self.directions.of(path[-1])
        if direction is None:
            self.conditions.note(Note("no_direction", path, subject="↑"))
        return "asc" if direction == "down" else "desc"

    def left_out(self, unmeasured: Mapping[tuple[Path, Reason], Mask] | None = None) -> tuple[LeftOut, ...]:
        """Who could not be judged, by the attribute that was missing or not comparable.

        By the conditions: those that might match. By what is ranked or measured: ``unmeasured`` of the matched.
        """
        unknown = self.truth.unknown & self.scope
        found = {key: mask & unknown for key, mask in self.conditions.gaps.items()}
        for key, mask in (unmeasured or {}).items():
            found[key] = found[key] | mask if key in found else mask
        for mask in found.values():
            self.undecided |= mask
        return tuple(self._left(*key, mask) for key, mask in found.items() if how_many(mask))

    def _left(self, path: Path, reason: Reason, mask: Mask) -> LeftOut:
        indices = np.flatnonzero(mask)
        names = tuple(self.columns.names[i] for i in indices[:SHOWN_LEFT_OUT])
        return LeftOut(path, reason, len(indices), names)


def unmeasured(path: Path, numbers: Numbers, among: Mask) -> dict[tuple[Path, Reason], Mask]:
    """Of ``among``, those that have no number for the attribute, by reason."""
    return {
        (path, "missing"): among & ~numbers.present,
        (path, "incomparable"): among & numbers.present & ~numbers.usable,
    }


def distance(keys: Float, low: float, high: float | None = None) -> Float:
    """How far each key is from ``low`` … ``high`` (``low`` alone), as a share of ``low``; 0 inside.

    Rounded to 12 decimals, so that 13.2 and 13.8 are equally far from 13.5 in floating point too.
    """
    outside = np.maximum(np.maximum(low - keys, keys - (low if high is None else high)), 0.0)
    bound = low if high is None or np.isfinite(low) else high
    rounded: Float = np.round(outside / (abs(bound) or 1.0), 12)
    return rounded


def first_by(keys: Float, candidates: Mask, limit: int | None, descending: bool = False) -> list[int]:
    """Indices of ``candidates`` by key, then by index; with a ``limit`` also all that tie with the last.

    Linear in the number of entities, plus sorting what is kept.
    """
    indices = np.flatnonzero(candidates)
    wanted = -keys[indices] if descending else keys[indices]
    if limit is not None and 0 < limit < len(indices):
        last = np.partition(wanted, limit - 1)[limit - 1]
        kept = wanted <= last
        indices, wanted = indices[kept], wanted[kept]
    return [int(i) for i in indices[np.argsort(wanted, kind="stable")]]
