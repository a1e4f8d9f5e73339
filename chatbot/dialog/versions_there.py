"""The versions that a series does have, where one was asked for that it has not."""

from chatbot.answering.suggestions import Suggestions
from chatbot.dialog.state import Turn
from chatbot.knowledge_graph.graph import Path
from chatbot.knowledge_graph.plan import Plan
from chatbot.normalization.text import normalize
from chatbot.planning.clauses import the_series
from chatbot.planning.forms_of_names import bare_series
from chatbot.planning.query import Refusal
from chatbot.planning.read_parts import is_brand

MAX_CHIPS = 3


def series_meant(turn: Turn, refusal: Refusal) -> tuple[str, ...]:
    """The cars of the one series that ``refusal`` is about: the one named in it, or the one that is spoken of."""
    graph = turn.hearing.knowledge.graph
    if refusal.code != "unknown_entity":
        return ()
    said = normalize(refusal.subject).replace(" ", "")
    near = turn.context.near(graph)
    named = [names[0] for link in refusal.scan.links if link.entity and (names := link.entity.names)]
    for name in (*named, *((near,) if near else ())):
        lead = graph.series(name)
        if _begins_with(said, lead):
            return graph.kin(name)
    if near and not named:
        return graph.kin(near)  # 2026款
    return next((cars for lead, cars in graph.by_series.items() if _begins_with(said, lead)), ())


def _begins_with(said: str, lead: tuple[str, ...]) -> bool:
    series, bare = normalize(lead[-1]).replace(" ", ""), bare_series(lead)
    return said.startswith(series) or (len(bare) > 1 and said.startswith(bare))


def chips_of(turn: Turn, cars: tuple[str, ...], asked: tuple[Path, ...]) -> tuple[str, ...]:
    """A chip for each of the first few of ``cars``, those that have what was ``asked`` first."""
    has = turn.hearing.knowledge.planner.vocabulary.has
    telling = [name for name in cars if asked and has(name, asked[0])]
    return Suggestions(turn.hearing.knowledge).those(
        [*telling, *(n for n in cars if n not in telling)][:MAX_CHIPS]
    )


def listing(turn: Turn, cars: tuple[str, ...], asked: tuple[Path, ...]) -> Plan:
    """The series as a list, for the next question to go on with: 四驱的多少钱."""
    return Plan("filter", (), asked[:1], (the_series(cars[0], turn.hearing.knowledge.graph),))


def whole_make(turn: Turn, asked: tuple[Path, ...]) -> Plan | None:
    """All of the make that is named, where one of too many must be picked first: 纯电的有哪些, next, is of these."""
    scan = turn.inquiry.scan if turn.inquiry else None
    named = [link.entity for link in scan.links if link.entity] if scan else []
    make = named[0].clause if len(named) == 1 else None
    return Plan("filter", (), asked[:1], (make,)) if make and is_brand(make) else None
