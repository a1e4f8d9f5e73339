"""Those that go by a name, listed or counted, where a conversation speaks of others: 行政版的有几款, 有没有2025款的."""

from chatbot.knowledge_graph.plan import Clause, Op, Plan
from chatbot.planning.carry import is_exclusion, lists
from chatbot.planning.clauses import flat, the_series
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts
from chatbot.planning.query import Query
from chatbot.planning.read_parts import is_brand, is_series, is_year
from chatbot.regex import regex

_SO_CALLED = regex("的?(?:一共|总共|都|共)?(?:有|是)?(?:几|哪几|多少|哪些|哪)[款个台种辆]?(?:车)?[啊呀呢]?")


def of_a_year(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """有没有2025款的, while a car of some other year is spoken of: those of its series, not what was asked of it."""
    near = context.near(decider.vocabulary.graph)
    year = parts.things[0] if len(parts.things) == 1 and is_year(parts.things[0].clause) else None
    asks = parts.has("exists", "list", "count") and not (parts.atoms or parts.rankings or parts.attributes)
    if year is None or year.clause is None or not near or not asks:
        return None
    lead = the_series(near, decider.vocabulary.graph)
    if context.plan and lists(context.plan):
        kept = _wished_for(context.plan)
        return Query(Plan("filter", (), context.plan.attributes, (*kept, year.clause)), parts.scan, kept=kept)
    price = (decider.price,) if decider.price else ()
    return Query(Plan("filter", (), price, (lead, year.clause)), parts.scan, kept=(lead,))


def how_many_so_called(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """行政版的有几款: those that go by that name of the list, else of the series spoken of; no price of one of them."""
    thing = parts.things[0] if len(parts.things) == 1 else None
    told = parts.atoms or parts.rankings or parts.attributes or parts.scan.unknown
    if thing is None or told or thing.referred or thing.negated or not parts.has("count", "list"):
        return None
    if is_brand(thing.clause) or is_series(thing.clause) or not _SO_CALLED.fullmatch(parts.text, thing.end):
        return None
    last, near = context.plan, context.near(decider.vocabulary.graph)
    kept: tuple[Clause, ...] = ()
    if last is not None and lists(last):
        kept = _wished_for(last)
    elif near:
        kept = (the_series(near, decider.vocabulary.graph),)
    so_called = decider.scope(thing)
    assert so_called is not None
    op: Op = "count" if parts.has("count") and not parts.has("list") else "filter"
    price = (decider.price,) if decider.price else ()
    return Query(Plan(op, (), price, (*kept, so_called)), parts.scan, kept=kept)


def _wished_for(last: Plan) -> tuple[Clause, ...]:
    """The conditions of a list, without those that leave out what was seen of it."""
    return tuple(c for c in flat(last.conditions) if not is_exclusion(c))
