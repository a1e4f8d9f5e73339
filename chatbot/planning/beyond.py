"""What is beyond a thing, and beside it: 比这个便宜的GL8, 前者贵多少; and whether a whole series is meant."""

from collections.abc import Sequence

from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Plan, keyword_level, leaf_conditions
from chatbot.planning.atom import Atom
from chatbot.planning.context import Context, spoken_two
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Asked, Query
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.whether import asks_whether
from chatbot.regex import regex

_PAIR = 2
_ONE_OF_TWO = regex("(?:那|那么)?[前后][者面](?:那[个款台辆])?")
_BESIDE = regex("(?:那|那么)?它?(?:和|跟|与|同|比)")
_THE_ONES = regex("一?[些点]?的")  # 再便宜些的S5
_BY_MORE = regex("省|[多少][跑烧花用费]")


def beyond_one(parts: Parts, decider: Decider) -> Query | Asked | None:
    """有没有比这个便宜的GL8: of that series, those that are beyond the one it is compared with."""
    rank, things = next(iter(parts.rankings), None), parts.things
    if rank is None or len(things) != _PAIR or "比" not in parts.text[: rank.start]:
        return None
    one, among = things
    ranged = one.end <= rank.start and parts.text[rank.end : among.start] == "的"
    if not ranged or not one.single or among.single or among.negated or parts.has("nearest"):
        return None
    plan = decider.relative(parts, one.names[0], rank)
    if plan is None:  # it has no value to be beyond of: that is what is said
        return Asked((one.names,), ((rank.path,),), parts.scan, needed=True, referred=one.referred)
    return Query(plan, parts.scan, carried=one.names if one.referred else ())


def beyond_focus(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """有没有再便宜些的S5, E6还有更快的吗, while one of them is spoken of: of that series, those that are beyond it."""
    rank, thing = next(reversed(parts.rankings), None), next(iter(parts.things), None)
    if rank is None or thing is None or rank.strength != "more" or len(context.entities) != 1:
        return None
    same = {(one.path, one.order) for one in parts.rankings}  # 太贵了，有便宜点的S5吗
    alone = len(parts.things) == len(same) == 1 and not (parts.attributes or parts.scan.unknown)
    if not alone or thing.single or thing.negated or thing.referred or parts.has("compare", "much"):
        return None
    named = thing.end <= rank.start or _THE_ONES.match(parts.text, rank.end)
    asks = parts.has("exists", "others", "list") or asks_whether(parts)
    plan = decider.relative(parts, context.entities[0], rank) if named and asks else None
    return Query(plan, parts.scan, carried=context.entities) if plan else None


def is_whole_series(clause: Clause, vocabulary: Vocabulary) -> bool:
    """One series, or all cars of the few that go by one word: Cayenne and Cayenne新能源 of 卡宴."""
    if isinstance(clause, Condition):
        return clause.attribute == keyword_level(2)
    named = tuple(leaf_conditions((clause,))) if isinstance(clause, AnyOf) else ()
    if not named or any(c.attribute != NAME for c in named):
        return False
    names = {str(c.value) for c in named}
    brands = {vocabulary.graph.by_name[name].keywords[:1] for name in names}
    return len(brands) == 1 and all(names.issuperset(vocabulary.graph.kin(name)) for name in names)


def asks_of_its_kind(thing: Thing, parts: Parts) -> bool:
    """E3里哪几款是四驱, X7里面便宜的是哪款: of the whole series, whichever of its cars was spoken of before."""
    clause = thing.clause
    if thing.referred or not (isinstance(clause, Condition) and clause.attribute == keyword_level(2)):
        return False
    chooses = parts.has("which") and (parts.atoms or parts.rankings) and not parts.has("compare")
    most = any(rank.strength == "most" for rank in parts.rankings)
    return bool(parts.has("list", "count") or chooses or most)


def beside_offered(
    parts: Parts, things: tuple[Thing, ...], context: Context, decider: Decider
) -> Query | None:
    """赛那多少钱, 跟格瑞维亚比哪个便宜, where it was asked which 赛那: the best of these and of the other series."""
    scope = decider.scope(things[0]) if len(things) == 1 and context.offered else None
    if context.entities or scope is None or len(parts.rankings) != 1 or not parts.has("which"):
        return None
    if parts.atoms or parts.scan.unknown or not _BESIDE.match(parts.text):
        return None
    offered = tuple(Condition(NAME, "=", name) for name in context.offered)
    rank = parts.rankings[0]
    conditions = (AnyOf((*offered, scope)),)
    return Query(Plan("superlative", (), (rank.path,), conditions, rank.order, 1), parts.scan)


def beside_the_other(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """前者贵多少, 后者便宜多少: than the other of the two."""
    two, thing = spoken_two(context), parts.things[0] if len(parts.things) == 1 else None
    told = tuple(rank.path for rank in parts.rankings) if parts.has("much") else ()
    if not told and _BY_MORE.search(parts.text):
        told = decider.in_units(parts.text)  # 后者省多少油
    asks = told and _ONE_OF_TWO.match(parts.text)
    if thing is None or not asks or parts.atoms or len(two) != _PAIR or thing.names[0] not in two:
        return None
    names = (thing.names[0], next(name for name in two if name != thing.names[0]))
    return Query(Plan("compare", names, tuple(dict.fromkeys(told))), parts.scan, carried=names)


def starts(thing: Thing, atoms: Sequence[Atom]) -> list[int]:
    """Where each of the things that ``atoms`` tell apart begins: the first with the name, where that stands before it."""
    return [min(thing.start, atoms[0].start), *(atom.start for atom in atoms[1:])]
