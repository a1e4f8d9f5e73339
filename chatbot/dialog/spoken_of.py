"""What a message names is what the talk goes on with, whatever the reply came to: 能试驾吗 of the E6, then 多少钱."""

from dataclasses import replace

from chatbot.dialog.state import Turn
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Plan, keyword_level
from chatbot.planning.clauses import the_series
from chatbot.planning.query import Refusal
from chatbot.reply import Reply
from chatbot.session.base import Memory

MAX_RECENT = 4
MOST_SHOWN = 20
_ASIDE = ("clarify", "chitchat", "handoff")
_NAMES_NOTHING = (
    "unknown_entity",
    "no_such_kind",
)  # what is near a name that is not there is not meant by it


def still_spoken_of(turn: Turn, reply: Reply, kept: Memory) -> Memory:
    """``kept`` with what the message names in focus, where the reply neither told of it nor asked which is meant."""
    if reply.answer_source == "kg" or reply.answer_type in _ASIDE:
        return kept
    refusal = turn.inquiry.refusal if turn.inquiry else None
    if isinstance(refusal, Refusal) and refusal.code in _NAMES_NOTHING:
        return kept
    groups = tuple(
        dict.fromkeys(link.candidates for link in turn.hearing.reading.entities if link.score == 1)
    )
    cars = tuple(dict.fromkeys(name for group in groups for name in group))
    if not cars or not set(kept.entities).isdisjoint(cars) or (kept.shown and set(kept.shown) <= set(cars)):
        return kept
    focus = cars if all(len(group) == 1 for group in groups) else ()
    before = dict.fromkeys((*turn.memory.entities, *turn.memory.recent))
    recent = tuple(name for name in before if name not in cars)[:MAX_RECENT]
    kept = replace(kept, entities=focus, attributes=(), question=None, recent=recent, guiding=False)
    if focus:
        return replace(kept, plan=None, shown=focus if len(focus) > 1 else ())
    graph = turn.hearing.knowledge.graph
    sides = tuple(_scope(group, graph) for group in groups)
    either = sides if len(sides) == 1 else (AnyOf(sides),)
    return replace(kept, plan=Plan("filter", (), (), either), shown=cars[:MOST_SHOWN])


def _scope(names: tuple[str, ...], graph: KnowledgeGraph) -> Clause:
    """The brand or the series that ``names`` are all of; else one of these names."""
    words = graph.by_name[names[0]].keywords
    if {e.name for e in graph.entities if e.keywords[:1] == words[:1]} == set(names):
        return Condition(keyword_level(1), "=", words[0])
    if graph.is_series(names):
        return the_series(names[0], graph)
    return AnyOf(tuple(Condition(NAME, "=", name) for name in names))
