"""A word of degree and nothing else: 后备箱大不大 of some car; 旧车 and 能装家充, which ask for no degree."""

from chatbot.knowledge_graph.plan import NAME
from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.query import Asked
from chatbot.planning.whether import asks_whether

_OF_CARS = ("的吗", "的么", "的没", "的没有", "的不")


def of_some_car(parts: Parts, context: Context) -> Asked | None:
    """后备箱大不大, 底盘高吗, where no car was spoken of: it is asked which one is meant."""
    if _only_asked(parts) and context.recent and not context.entities:
        return Asked((), parts.attributes, parts.scan)  # 车多宽, after a standard question
    told = parts.things or parts.atoms or parts.scan.unknown or context.entities
    other = parts.has("head", "list", "which", "count", "buy", "compare", "nearest", "typical", "average")
    plain = parts.rankings and all(rank.strength == "plain" for rank in parts.rankings)
    if told or other or not plain or not asks_whether(parts) or of_something_else(parts):
        return None
    topics = tuple(dict.fromkeys((rank.path,) for rank in parts.rankings))
    return Asked((), topics, parts.scan)


def _only_asked(parts: Parts) -> bool:
    """Whether an attribute is named, and no more is said."""
    said = parts.things or parts.atoms or parts.rankings or parts.scan.unknown
    links = (link for link in parts.scan.links if not link.attribute)
    return bool(parts.attributes) and not said and all(link.plays("so", "filler", "much") for link in links)


def of_one_before(parts: Parts, context: Context) -> Asked | None:
    """后排能按比例放倒吗, after a standard question: it is asked of which car; the one spoken of before comes first."""
    before = context.recent and context.before and not context.entities and context.plan is None
    told = parts.things or parts.rankings or parts.attributes or parts.scan.unknown or not parts.atoms
    other = parts.has("head", "list", "which", "count", "buy", "exists", "keep", "not", "optional")
    if not before or told or other or not asks_whether(parts) or parts.text.endswith(_OF_CARS):
        return None
    if any(atom.kind != "value" or atom.negated or atom.path[0] == NAME[0] for atom in parts.atoms):
        return None
    return Asked((), tuple(dict.fromkeys((atom.path,) for atom in parts.atoms)), parts.scan)


def of_something_else(parts: Parts) -> bool:
    """旧车能抵多少钱, 能装家充吗: a word of degree that says of what kind a thing is, or what is done with it."""
    attributes = {x.start: x.attribute.paths for x in parts.scan.links if x.attribute}
    return any(
        rank.strength == "plain"
        and (parts.text.startswith("车", rank.end) or rank.path not in attributes.get(rank.end, (rank.path,)))
        for rank in parts.rankings
    )
