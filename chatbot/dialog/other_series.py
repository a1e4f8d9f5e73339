"""Whether a message names nothing of the series that the conversation speaks of."""

from chatbot.dialog.state import Turn
from chatbot.planning.query import Asked


def of_another_series(turn: Turn) -> bool:
    """Whether nothing that is named is of the series that the conversation speaks of: it may name none of its own."""
    near = turn.context.near(turn.hearing.knowledge.graph)
    kin = set(turn.hearing.knowledge.planner.vocabulary.graph.kin(near)) if near else set()
    return bool(kin) and all(kin.isdisjoint(link.candidates) for link in turn.hearing.reading.entities)


def heard_otherwise(turn: Turn, planned: Asked) -> bool:
    """max is of the SU7 that is spoken of, though a car of another series is called so."""
    seen = {name for link in turn.hearing.reading.entities for name in link.candidates}
    return (
        bool(seen) and of_another_series(turn) and all(seen.isdisjoint(group) for group in planned.entities)
    )
