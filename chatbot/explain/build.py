"""Puts an explanation together beside a finished turn, from what the turn heard and decided; the turn itself is not run again."""

from collections.abc import Iterator, Mapping

from chatbot.answering.inquiry import Answered
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.machine import still_known
from chatbot.dialog.state import Step, Turn
from chatbot.explain.choice import REFUSALS, chosen
from chatbot.explain.execution import executed
from chatbot.explain.explanation import Explanation, PlannedShown, PlanShown
from chatbot.explain.faq import ranked
from chatbot.explain.intents import intents_shown
from chatbot.explain.links import FEW, read_links, scan_links
from chatbot.knowledge_graph.plan import Plan
from chatbot.knowledge_graph.plan_text import attribute_text, clause_text, plan_text
from chatbot.planning.context import Context
from chatbot.planning.query import Asked, Planned, Query, Refusal
from chatbot.session.base import Memory


def explain(hearing: Hearing, memory: Memory, step: Step) -> Explanation:
    """How the reply in ``step`` came about; ``memory`` is what the session held before the turn."""
    knowledge = hearing.knowledge
    context = Turn(hearing, still_known(memory, knowledge.graph)).context
    consulted = hearing.planner_consulted
    taken_apart = knowledge.planner.explain(hearing.utterance, context, mend=hearing.worth_mending)
    levels = knowledge.graph.level_names
    planned = _planned(taken_apart.planned, levels, consulted=consulted)
    return Explanation(
        utterance=hearing.utterance,
        kb_version=knowledge.version,
        carried=tuple(_carried(context, levels)),
        read=read_links(hearing.reading),
        scanned=scan_links(taken_apart.scan),
        planned=planned,
        executions=tuple(executed(knowledge.planner.engine, plan, levels) for plan in _run(step)),
        faq=ranked(knowledge.faq, hearing.asked_of_faq, hearing.faq),
        choice=chosen(hearing, step, planned),
        intents=intents_shown(hearing, step),
    )


def _run(step: Step) -> tuple[Plan, ...]:
    """The plans that the turn executed: a query's, or that of a look-up."""
    turn = step.turn
    if turn and turn.inquiry and (query := turn.inquiry.query):
        return query.plan, *query.also
    if turn and isinstance(turn.outcome, Answered) and turn.outcome.plan:
        return (turn.outcome.plan,)
    return ()


def _planned(planned: Planned, levels: Mapping[str, str], *, consulted: bool) -> PlannedShown:
    match planned:
        case Query():
            plans = tuple(PlanShown(plan_text(plan, levels), plan) for plan in (planned.plan, *planned.also))
            kept = tuple(clause_text(clause, levels=levels) for clause in planned.kept)
            return PlannedShown("query", consulted, plans, planned.carried, kept)
        case Asked():
            return PlannedShown(
                "look_up",
                consulted,
                entities=tuple(group[:FEW] for group in planned.entities),
                attributes=tuple("/".join(paths[0]) for paths in planned.topics),
            )
        case Refusal():
            reason = f"{REFUSALS.get(planned.code, planned.code)}：“{planned.subject}”"
            attributes = ("/".join(planned.attribute),) if planned.attribute else ()
            return PlannedShown("refusal", consulted, attributes=attributes, reason=reason)
        case None:
            return PlannedShown("none", consulted)


def _carried(context: Context, levels: Mapping[str, str]) -> Iterator[str]:
    """What earlier turns left to lean on."""
    if context.entities:
        yield f"正在谈：{'、'.join(context.entities)}"
    if context.attributes:
        yield f"上次问的属性：{'、'.join(attribute_text(path, levels) for path in context.attributes)}"
    if context.recent:
        yield f"之前谈过：{'、'.join(context.recent)}"
    if context.shown:
        yield f"上次列出：{'、'.join(context.shown[:FEW])}（共 {len(context.shown)} 个）"
    if context.plan:
        yield f"上次的计划：{plan_text(context.plan, levels)}"
