"""What to say next after a query: words that the planner understands as going on from it."""

from chatbot.answering.query_answer import Found
from chatbot.knowledge_graph.columns import Column
from chatbot.knowledge_graph.graph import display_name
from chatbot.messages import say
from chatbot.planning.guide import NextQuestion
from chatbot.planning.planner import Planner

MAX_CHIPS = 4
_FEW = 3


def suggestions(found: Found, planner: Planner) -> tuple[str, ...]:
    """Chips that carry on from ``found``."""
    price = next(iter(planner.vocabulary.concepts.paths("价格")), None)
    op = found.plan.op
    chips: list[str] = []
    if op == "compare":
        chips = _attributes(found, planner)
    elif len(found.shown) == 1 or op in ("lookup", "verify", "superlative"):
        chips = [say("chip_others")] if op == "superlative" else []
        chips += _attributes(found, planner)[:2]
        chips += [say("chip_near")] if price and found.entities else []
    elif found.shown:
        question = planner.guide.next_question(found.shown, ()) if len(found.shown) > _FEW else None
        chips = [say("chip_only", value=c.words) for c in question.choices[:2]] if question else []
        chips += [say("chip_lowest")] if price else []
        chips += [say("chip_first", attribute=display_name(p[-1])) for p in found.attributes[:1]]
    return tuple(dict.fromkeys(chips))[:MAX_CHIPS]


def choices(question: NextQuestion) -> tuple[str, ...]:
    """The chips of a guiding question: each choice with its count, then the ways out."""
    chips = [say("chip_count", value=choice.words, count=choice.count) for choice in question.choices]
    return (*chips, say("chip_any", attribute=question.name), say("chip_list"))


def _attributes(found: Found, planner: Planner) -> list[str]:
    """Other attributes that the first row has."""
    concepts = planner.vocabulary.concepts
    columns = planner.engine.columns
    names = found.entities or found.shown
    chips = []
    for concept in ("价格", "续航", "加速", "油耗", "轴距"):
        for path in concepts.paths(concept):
            column = columns.column(path)
            if (
                column
                and path not in found.attributes
                and all(_has(columns.position[n], column) for n in names[:2])
            ):
                chips.append(say("chip_attribute", attribute=concept))
    return chips


def _has(row: int, column: Column) -> bool:
    return column.code_at(row) is not None
