"""A word of degree and nothing else: 后备箱大不大 of some car; 旧车 and 能装家充, which ask for no degree."""

from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.query import Asked
from chatbot.planning.whether import asks_whether


def of_some_car(parts: Parts, context: Context) -> Asked | None:
    """后备箱大不大, 底盘高吗, where no car was spoken of: it is asked which one is meant."""
    told = parts.things or parts.atoms or parts.scan.unknown or context.entities
    other = parts.has("head", "list", "which", "count", "buy", "compare", "nearest", "typical", "average")
    plain = parts.rankings and all(rank.strength == "plain" for rank in parts.rankings)
    if told or other or not plain or not asks_whether(parts) or of_something_else(parts):
        return None
    topics = tuple(dict.fromkeys((rank.path,) for rank in parts.rankings))
    return Asked((), topics, parts.scan)


def of_something_else(parts: Parts) -> bool:
    """旧车能抵多少钱, 能装家充吗: a word of degree that says of what kind a thing is, or what is done with it."""
    attributes = {x.start: x.attribute.paths for x in parts.scan.links if x.attribute}
    return any(
        rank.strength == "plain"
        and (parts.text.startswith("车", rank.end) or rank.path not in attributes.get(rank.end, (rank.path,)))
        for rank in parts.rankings
    )
