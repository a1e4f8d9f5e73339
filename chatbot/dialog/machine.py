"""The state machine: it alone applies what a state has decided."""

from collections.abc import Mapping
from dataclasses import replace

from chatbot.dialog.apart import read_in_clauses
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.spoken_of import still_spoken_of
from chatbot.dialog.state import State, Step, Turn, path_of
from chatbot.frozen import changed
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import NAME, Plan, leaf_conditions
from chatbot.reply import FaqEvidence, Reply
from chatbot.session.base import Memory

MAX_HOPS = 8


class DialogMachine:
    """闲聊 → 问题接收 → 归一化 → 问答 → 异常处理, by the names in ``states``."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states

    def step(self, memory: Memory, hearing: Hearing) -> Step:
        """The message answered, clause by clause where it is not one question.

        Raises:
            RuntimeError: the states pass the turn round without replying (a defect of a state).
        """
        memory = still_known(memory, hearing.knowledge.graph)
        return read_in_clauses(self._walk, memory, hearing)

    def _walk(self, memory: Memory, hearing: Hearing) -> Step:
        """From the remembered state until one replies."""
        turn = Turn(hearing, memory)
        name = memory.state if memory.state in self._states else "question_intake"
        walked: list[str] = []
        for _ in range(MAX_HOPS):
            walked.append(name)
            decision = self._states[name].handle(turn)
            turn, name = decision.turn, decision.next_state
            if decision.reply is not None:
                kept = changed(
                    turn.memory,
                    state=name,
                    turns=memory.turns + 1,
                    suggestions=decision.reply.suggestions,
                    topic=_topic(memory, decision.reply),
                    unheard=_unheard(turn, decision.reply),
                )
                kept = still_spoken_of(turn, decision.reply, kept)
                return Step(decision.reply, kept, decision.bad_case, turn, tuple(walked))
        raise RuntimeError(f"no state replied within {MAX_HOPS} hops; the last was {name!r}")


def _topic(before: Memory, reply: Reply) -> str | None:
    """The standard question that the next message may go on with; small talk and a question back leave it as it was."""
    if reply.answer_type == "answer" and reply.answer_source == "faq":
        return next((one.question for one in reply.evidence if isinstance(one, FaqEvidence)), None)
    return before.topic if reply.answer_type in ("chitchat", "recommend") else None


def _unheard(turn: Turn, reply: Reply) -> str:
    """The name that 它 would mean, until something that is known is named or told of."""
    named = reply.answer_type == "clarify" and turn.hearing.reading.entities
    return "" if reply.answer_source == "kg" or named else turn.memory.unheard


def still_known(memory: Memory, graph: KnowledgeGraph) -> Memory:
    """``memory`` without what the knowledge base no longer has: a new version may have come between two turns."""
    entities = tuple(name for name in memory.entities if name in graph.by_name)
    attributes = tuple(path for path in memory.attributes if path in graph.tree)
    before = tuple(path for path in memory.before if path in graph.tree)
    shown = tuple(name for name in memory.shown if name in graph.by_name)
    recent = tuple(name for name in memory.recent if name in graph.by_name)
    plan = memory.plan if memory.plan and _still_there(memory.plan, graph) else None
    listed = memory.listed if memory.listed and _still_there(memory.listed, graph) else None
    pending = memory.pending
    if pending and pending.kind != "question":
        options = tuple(
            option for option in pending.options if _means_something(pending.kind, option.value, graph)
        )
        pending = replace(pending, options=options) if options else None
    known = (entities, attributes, pending, shown, recent, plan, listed, before)
    if known == (
        memory.entities,
        memory.attributes,
        memory.pending,
        memory.shown,
        memory.recent,
        memory.plan,
        memory.listed,
        memory.before,
    ):
        return memory
    return replace(
        memory,
        entities=entities,
        attributes=attributes,
        pending=pending,
        shown=shown,
        recent=recent,
        plan=plan,
        listed=listed,
        before=before,
    )


def _still_there(plan: Plan, graph: KnowledgeGraph) -> bool:
    paths = (*plan.attributes, *(one.attribute for one in leaf_conditions(plan.conditions)))
    known = all(path[0] == NAME[0] or path in graph.tree or path[:-1] in graph.tree for path in paths)
    return known and all(name in graph.by_name for name in plan.entities)


def _means_something(kind: str, value: str, graph: KnowledgeGraph) -> bool:
    if kind == "attribute":
        return path_of(value) in graph.tree
    words = tuple(value.split("|"))
    return value in graph.by_name or any(entity.keywords[: len(words)] == words for entity in graph.entities)
