"""What comes nearest when nothing matches, and conditions that no value could meet."""

import numpy as np

from chatbot.knowledge_graph.conditions import Conditions
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, AllOf, Clause, Condition, Path, leaf_conditions
from chatbot.knowledge_graph.result import Nearest, Note
from chatbot.knowledge_graph.selection import Selection, distance, first_by
from chatbot.knowledge_graph.thresholds import Threshold

SHOWN = 3
# A plan that was not understood, or that nothing could meet, has no near miss.
_UNANSWERABLE = {"unknown_attribute", "wrong_dimension", "bad_value", "contradiction"}


def nearest_rows(selection: Selection, shown: int = SHOWN) -> Nearest | None:
    """The rows that miss one condition by the least, relative to its bound; else those that miss any other one.

    Only conditions that stand alone (joined by 且) are relaxed, one at a time.
    """
    if _UNANSWERABLE & {note.code for note in selection.conditions.notes}:
        return None
    conditions, clauses = selection.conditions, _flat(selection.plan.conditions)
    truths = [conditions.judge(clause).true for clause in clauses]
    met = np.sum(truths, axis=0, dtype=np.int32)
    best: tuple[float, Condition, list[int]] | None = None
    other: tuple[Clause, list[int]] | None = None
    for clause, true in zip(clauses, truths, strict=True):
        candidates = (met == len(clauses) - 1) & ~true & selection.scope
        if not candidates.any():
            continue
        threshold = _threshold(clause, conditions)
        if threshold is None or not isinstance(clause, Condition):
            if other is None or _names(other[0]) > _names(clause):
                other = clause, np.flatnonzero(candidates)[:shown].tolist()
            continue
        numbers = conditions.numbers(clause.attribute, threshold.dimension)
        miss = distance(numbers.keys, threshold.low, threshold.high)
        found = first_by(miss, candidates & numbers.usable, shown)[:shown]
        if found and (best is None or miss[found[0]] < best[0]):
            best = float(miss[found[0]]), clause, found
    if best:
        return Nearest(best[1], selection.rows(best[2], selection.attributes()))
    return Nearest(other[0], selection.rows(other[1], selection.attributes())) if other else None


def _names(clause: Clause) -> bool:
    """Whether it names a series or a single entity, which is what was asked about: the last thing to give up."""
    named = leaf_conditions((clause,))
    return any(
        (c.attribute == NAME and c.op == "=") or (c.attribute[:2] == KEYWORDS and c.attribute[2:] > ("1",))
        for c in named
    )


def _flat(clauses: tuple[Clause, ...]) -> list[Clause]:
    """``clauses`` with 且 within 且 taken apart, each once."""
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(_flat(clause.clauses) if isinstance(clause, AllOf) else [clause])
    return list(dict.fromkeys(flat))


def _threshold(clause: Clause, conditions: Conditions) -> Threshold | None:
    return conditions.thresholds.get(clause) if isinstance(clause, Condition) else None


def note_contradictions(clauses: tuple[Clause, ...], conditions: Conditions) -> None:
    """A note for each attribute whose conditions, joined by 且, leave no number: 20万以上10万以下."""
    bounds: dict[tuple[Path, str], tuple[float, float, bool]] = {}
    for clause in _flat(clauses):
        threshold = _threshold(clause, conditions)
        if threshold is None or not isinstance(clause, Condition):
            continue
        key = (clause.attribute, threshold.dimension)
        low, high, strict = bounds.get(key, (-np.inf, np.inf, False))
        if clause.op in (">", ">=", "="):
            low = max(low, threshold.high if clause.op == ">" else threshold.low)
        if clause.op in ("<", "<=", "="):
            high = min(high, threshold.low if clause.op == "<" else threshold.high)
        strict = strict or clause.op in ("<", ">")
        bounds[key] = low, high, strict
    for (path, _), (low, high, strict) in bounds.items():
        if low > high or (strict and low == high):
            conditions.note(Note("contradiction", path))
