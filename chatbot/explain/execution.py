"""What a plan came to, condition by condition: how many meet each, and who cannot be judged for want of a value."""

from collections.abc import Mapping
from dataclasses import replace

from chatbot.explain.explanation import Absent, Execution, Narrowing
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.plan import Clause, Plan
from chatbot.knowledge_graph.plan_text import attribute_text, clause_text, note_text, plan_text

FIRST = 5
MAX_CONDITIONS = 20  # explained one by one


def executed(engine: Engine, plan: Plan, levels: Mapping[str, str]) -> Execution:
    """The plan run once more, with its conditions counted one by one; at most the first 20 of them."""
    result = engine.run(plan, FIRST)
    counted = plan.conditions[:MAX_CONDITIONS]
    return Execution(
        plan=plan,
        text=plan_text(plan, levels),
        scope=_count(engine, plan, ())[0],
        narrowing=tuple(_narrowing(engine, plan, counted, at, levels) for at in range(len(counted))),
        total=len(result.verdicts) or result.total,
        first=tuple(row.entity for row in result.rows),
        left_out=tuple(
            Absent(attribute_text(left.attribute), left.reason, left.count, left.entities)
            for left in result.left_out
        ),
        left_out_total=result.left_out_total,
        notes=tuple(note_text(note) for note in result.notes),
    )


def _narrowing(
    engine: Engine, plan: Plan, conditions: tuple[Clause, ...], at: int, levels: Mapping[str, str]
) -> Narrowing:
    alone, undecided = _count(engine, plan, conditions[at : at + 1])
    so_far, _ = _count(engine, plan, conditions[: at + 1])
    return Narrowing(clause_text(conditions[at], levels=levels), alone, so_far, undecided)


def _count(engine: Engine, plan: Plan, conditions: tuple[Clause, ...]) -> tuple[int, int]:
    """How many of the plan's scope meet ``conditions``, and how many these cannot judge."""
    scope = () if plan.op == "nearest" else plan.entities  # its entity is what the others are measured from
    counting = replace(
        plan, op="count", entities=scope, attributes=(), conditions=conditions, order=None, limit=None
    )
    result = engine.run(counting, 1)
    return result.total, result.left_out_total
