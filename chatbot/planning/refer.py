"""What 它, 第二个, 上一款, 这两款 and 贵的那款 stand for in a conversation."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import Condition, Plan, keyword_level
from chatbot.planning.called_so import other_kinds
from chatbot.planning.context import Context, besides, spoken_two, the_rest
from chatbot.planning.links import EntitySense, Link
from chatbot.planning.parts import Thing
from chatbot.planning.pointing import (
    asks_which,
    counts_a_name,
    ranks_the_list,
    told_by_a_value,
)
from chatbot.planning.scan import Scan
from chatbot.planning.the_one import ranks_one, that_before, the_one
from chatbot.regex import regex

_STANDS_FOR = regex("[它他她]|[这那]车")
_NO_NUMBER = regex("们|几|些")
_OF_ALL_THAT_MATCH = regex("均价|平均|均值")
_FURTHEST = 5
_PAIR = 2


_EARLIER = 2  # things spoken of before that a version may be of
_POINTING = ("nth", "kth", "last", "rest", "former", "latter", "top", "previous", "those", "pair", "it")
"""What a link plays, or else it has a degree, that may point at something: most do not."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The things meant, and the links that said so."""

    things: tuple[Thing, ...]
    used: frozenset[int]
    dangling: bool = False


def references(
    links: Sequence[Link], text: str, context: Context, winner: Callable[[Plan], str | None]
) -> Reference:
    """Everything in ``text`` that points back; ``dangling`` when it points at nothing the session knows."""
    things: list[Thing] = []
    used: set[int] = set()
    dangling = False
    beside = any(word in text for word in ("比", "跟", "和"))
    named = not beside and any(link.entity and not _is_brand(link.entity) for link in links)
    for at, link in enumerate(links):
        if at in used or not (link.degree or link.plays(*_POINTING)):
            continue
        if ranks_the_list(at, links, text, context):
            continue  # 最快的那个, of a list: the answer tells by what it ranks first
        if things and link.plays("it") and _STANDS_FOR.match(link.text):
            used.add(at)  # 最便宜那台，它油耗多少: the one just pointed at
            continue
        names, taken = _meant(at, links, text, context, winner, named)
        if names is None:
            continue
        points = link.plays("nth", "last", "previous", "those", "former", "latter", "rest")
        pair = link.plays("pair", "those") and link.text.startswith(("这", "那", "它"))
        missing = not names or (pair and len(names) < 2)
        points = points or pair or (link.plays("it") and bool(context.unheard))
        dangling = dangling or (missing and points and not any(other.entity for other in links))
        used.update(taken)
        things += [Thing((name,), None, link.start, link.end, referred=True) for name in names]
    return Reference(tuple(things), frozenset(used), dangling)


def _is_brand(named: EntitySense) -> bool:
    """Whether only the most general keyword was named: 宝马 in 跟它差不多的宝马."""
    clause = named.clause
    return isinstance(clause, Condition) and clause.attribute == keyword_level(1)


def _meant(
    at: int, links: Sequence[Link], text: str, context: Context,
    winner: Callable[[Plan], str | None], named: bool,
) -> tuple[tuple[str, ...] | None, tuple[int, ...]]:  # fmt: skip
    """The names one link points at (``None``: it points at nothing), and the links that took."""
    link = links[at]
    if ranks_one(at, links, text, context):
        return the_one(at, links, text, context, winner)
    if link.plays("it") and at + 1 < len(links) and links[at + 1].degree and that_before(at + 1, links, text):
        return None, ()  # the word of degree says which
    if link.plays("nth", "last"):
        return _placed(link, context, winner), (at,)
    if link.plays("rest"):
        return the_rest(_count(link), context), (at,)
    if named or counts_a_name(at, links):
        return None, ()  # 两个尊享版: how many are so called
    if (names := _of_those_told(at, links, text, context, winner)) is not None:
        return names, (at,)
    if link.plays("pair", "those"):
        of_all = _NO_NUMBER.search(link.text) and context.plan and _OF_ALL_THAT_MATCH.search(text)
        return None if of_all else _several(link, context), (at,)  # 它们均价多少, of all that matched
    if link.plays("it") and not asks_which(at, links, text) and not told_by_a_value(at, links, text):
        return _it(at, links, context, winner), (at,)
    return None, ()


def _it(
    at: int, links: Sequence[Link], context: Context, winner: Callable[[Plan], str | None]
) -> tuple[str, ...]:
    """它: what is in focus, else what was spoken of before, else the first that was listed; none of those it was asked which."""
    chosen = any(other.plays("nth", "last", "rest", "former", "latter") for other in links[:at])
    if chosen or context.unheard:  # 就第二个吧，它多少钱
        return ()
    first = () if context.offered else context.shown[:1]
    focus = context.entities or (context.recent if context.plan is None else ()) or first
    return _ahead(context, winner) or focus[:1]


def _ahead(context: Context, winner: Callable[[Plan], str | None]) -> tuple[str, ...]:
    """哪个续航长，它多少钱: of those compared the one that was asked for; none where it was not asked which."""
    last = context.plan
    if last is None or last.op != "compare" or last.order is None or len(last.attributes) != 1:
        return ()
    if context.entities != last.entities:
        return ()
    first = winner(Plan("superlative", last.entities, last.attributes, order=last.order, limit=1))
    return (first,) if first else ()


def _of_those_told(
    at: int, links: Sequence[Link], text: str, context: Context, winner: Callable[[Plan], str | None]
) -> tuple[str, ...] | None:
    """前者, 前三个的价格, 上一款: by where they stood in what was told; ``None`` for a link that says no such thing."""
    link = links[at]
    if link.plays("former", "latter") and len(two := spoken_two(context)) == 2:
        meant, other = two if link.plays("former") else two[::-1]
        return (other if _is_told_of(meant, at, links, context) else meant,)
    if (
        link.plays("top")
        and text.startswith(("前", "top"))
        and (len(context.shown) > 1 or (context.plan and context.plan.op == "superlative"))
        and _of_the_list(at, links)
    ):
        return _first_of(context, _count(link), winner)
    if link.plays("kth") and link.plays("reverse") and _of_the_list(at, links) and not _measures(links[:at]):
        rows, back = context.shown, _count(link)
        return rows[-back : len(rows) - back + 1] if 0 < back <= len(rows) else None
    if link.plays("previous"):  # 前面那个 of two compared
        return (context.entities if len(context.entities) > 1 else context.recent or context.entities)[:1]
    if link.plays("those") and link.text.startswith("前"):
        return context.shown[: _count(link)]
    return None


def _is_told_of(name: str, at: int, links: Sequence[Link], context: Context) -> bool:
    """后面那款呢 after 前面那款多少钱: not the one that this was just told of, though it is the one named last."""
    rest = (link for i, link in enumerate(links) if i != at)
    return (
        context.entities == (name,)
        and bool(context.attributes)
        and all(x.plays("so", "filler") for x in rest)
    )


def _first_of(context: Context, count: int, winner: Callable[[Plan], str | None]) -> tuple[str, ...]:
    """前三都多少钱: those that stand first in what was listed; by the ranking before, where it told fewer."""
    last = context.plan
    if last and last.op == "superlative" and not last.entities and len(context.shown) < count <= _FURTHEST:
        places = (_next_best(last, place, winner) for place in range(1, count + 1))
        return tuple(name for place in places for name in place)
    return context.shown[:count]


def _several(link: Link, context: Context) -> tuple[str, ...]:
    """这两款; a bare 两款哪款贵 needs two that were spoken of."""
    some = _NO_NUMBER.search(link.text) is not None
    few = "几" in link.text or "些" in link.text
    names = context.listed_ones() if few else context.several() if some else context.last(_count(link))
    return names if len(names) > 1 or link.start or link.text[0] in "这那" else ()


def _only_asks(at: int, links: Sequence[Link]) -> bool:
    """前三个的价格: an attribute of those listed, and nothing is ranked."""
    rest = [link for i, link in enumerate(links) if i != at]
    return any(x.attribute for x in rest) and not any(x.degree or x.value or x.quantity for x in rest)


def _measures(links: Sequence[Link]) -> bool:
    """油耗倒数第二: something that is ranked by."""
    return any(link.attribute or link.degree for link in links)


def _of_the_list(at: int, links: Sequence[Link]) -> bool:
    """前两个差多少, 前两个哪个快: those that stand first in what was listed, side by side."""
    beside = any(link.plays("compare", "which") for link in links[at + 1 :])
    conditions = any(link.value or link.quantity for link in links)
    most = any(link.degree and link.degree.strength == "most" for link in links)
    alone = all(link.plays("so", "filler") for i, link in enumerate(links) if i != at)
    return alone or _only_asks(at, links) or (beside and not conditions and not most)


def _placed(link: Link, context: Context, winner: Callable[[Plan], str | None]) -> tuple[str, ...]:
    rows = context.shown or context.last(0)
    number = _count(link)
    if link.plays("last"):
        return rows[-1:]
    if link.plays("middle"):
        return rows[len(rows) // 2 : len(rows) // 2 + 1] if len(rows) % 2 else ()
    last = context.plan
    if last and last.op == "superlative" and last.limit == 1 and len(rows) < number <= _FURTHEST:
        return _next_best(last, number, winner)
    return rows[number - 1 : number] if 0 < number <= len(rows) else ()


def _next_best(last: Plan, place: int, winner: Callable[[Plan], str | None]) -> tuple[str, ...]:
    """第二名呢, where only the first was told: the one that ranks there."""
    better: list[str] = []
    for _ in range(place):
        best = winner(replace(last, conditions=(*last.conditions, *besides(better))))
        if best is None:
            return ()
        better.append(best)
    return (better[-1],)


def _count(link: Link) -> int:
    for sense in link.senses:
        role = getattr(sense, "role", "")
        if role.startswith("n:"):
            return int(role[2:])
    return 3 if "三" in link.text or "仨" in link.text else 2


def may_be_of(scan: Scan, context: Context, graph: KnowledgeGraph) -> tuple[str, ...]:
    """Cars whose series a version that is not known may be of: those before the one in focus, and its other kind."""
    if not scan.unknown or not context.entities:
        return ()
    named = any(link.entity for link in scan.links)
    kin = () if named else other_kinds(graph, context.near(graph))[:1]  # 油的先享 after a GL8新能源
    return (*context.entities[1:_EARLIER], *context.recent[:_EARLIER], *kin)
