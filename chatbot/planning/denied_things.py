"""Things that are named because they are not wanted: 不是A，是B; 除了汉，比亚迪的轿车."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import Clause
from chatbot.planning.clauses import the_series
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.read_parts import is_brand


def without_denied(parts: Parts) -> Parts:
    """不是A，是B: only B was meant; 除了汉，比亚迪的轿车 leaves the 汉 out of what is meant."""
    wanted = tuple(thing for thing in parts.things if not thing.negated)
    kept = tuple(thing for thing in parts.things if thing in wanted or is_left_out(thing, wanted))
    if len(kept) < len(parts.things) and wanted:
        parts = replace(parts, things=kept, _roles=parts._roles | {"wrong"})
    paths = {atom.path for atom in parts.atoms if not atom.negated}
    said = tuple(a for a in parts.atoms if not (a.negated and a.kind == "quantity" and a.path in paths))
    if len(said) < len(parts.atoms):
        parts = replace(parts, atoms=said, _roles=parts._roles | {"wrong"})
    return parts


def is_left_out(thing: Thing, among: Sequence[Thing]) -> bool:
    """Whether it is a part of a brand or series of ``among``: what is asked is asked of the rest."""
    return any(other.clause is not None and set(thing.names) < set(other.names) for other in among)


def of_the_refused(parts: Parts, graph: KnowledgeGraph) -> tuple[Clause, ...]:
    """S5尊享不要，还有哪些: the series whose versions are not wanted."""
    thing = parts.things[0] if len(parts.things) == 1 and parts.has("others") else None
    if thing is None or not thing.negated or not thing.names or is_brand(thing.clause):
        return ()
    some = graph.of_one_series(thing.names) and len(thing.names) < len(graph.kin(thing.names[0]))
    return (the_series(thing.names[0], graph),) if some else ()
