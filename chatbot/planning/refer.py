"""What 它, 第二个, 上一款, 这两款 and 贵的那款 stand for in a conversation."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chatbot.knowledge_graph.plan import Clause, Condition, Order, Path, Plan, keyword_level
from chatbot.planning.context import Context, besides, spoken_two, the_rest
from chatbot.planning.links import EntitySense, Link, is_scoped
from chatbot.planning.parts import Thing
from chatbot.planning.pointing import (
    THAT_ONE,
    asks_which,
    counts_a_name,
    ranks_the_list,
    said_of_it,
    takes_one,
    told_by_a_value,
)
from chatbot.regex import regex

_THE_OTHER = regex("的呢$")
_THAT_DEGREE = regex(r"(?:那|这)(?:一)?(?:款|个|台|辆)[\u4e00-\u9fff]{1,4}?的")
_STANDS_FOR = regex("[它他她]|[这那]车")
_NO_NUMBER = regex("们|几|些")
_OF_ALL_THAT_MATCH = regex("均价|平均|均值")
_FURTHEST = 5
_PAIR = 2


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
        points = points or pair
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
    if _ranks_one(at, links, text, context):
        return _the_one(at, links, text, context, winner)
    if (
        link.plays("it")
        and at + 1 < len(links)
        and links[at + 1].degree
        and _that_before(at + 1, links, text)
    ):
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
        if any(other.plays("nth", "last", "rest", "former", "latter") for other in links[:at]):
            return (), (at,)  # 就第二个吧，它多少钱
        focus = context.entities or (context.recent if context.plan is None else ()) or context.shown[:1]
        return focus[:1], (at,)
    return None, ()


def _of_those_told(
    at: int, links: Sequence[Link], text: str, context: Context, winner: Callable[[Plan], str | None]
) -> tuple[str, ...] | None:
    """前者, 前三个的价格, 上一款: by where they stood in what was told; ``None`` for a link that says no such thing."""
    link = links[at]
    if link.plays("former", "latter") and len(two := spoken_two(context)) == 2:
        return (two[0 if link.plays("former") else 1],)
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
        return (context.entities if len(context.entities) > 1 else context.recent)[:1]
    if link.plays("those") and link.text.startswith("前"):
        return context.shown[: _count(link)]
    return None


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


def _ranks_one(at: int, links: Sequence[Link], text: str, context: Context) -> bool:
    """Whether a word of degree may say which of those listed is meant; 718最快的那个 is of the 718, whatever was listed."""
    link = links[at]
    if link.degree is None or (link.degree.strength == "most" and is_scoped(link, links, text)):
        return False
    if link.degree.path or _measured_before(at, links, text, context):
        return True
    return _named_before(at, links) is not None and THAT_ONE.match(text, link.end) is not None


def _measured_before(at: int, links: Sequence[Link], text: str, context: Context) -> bool:
    """最低的那款, 最短那个多少钱, where nothing in the message says what is low: what was asked before does."""
    link = links[at]
    most = link.degree is not None and link.degree.strength == "most"
    others = links[:at] if THAT_ONE.match(text, link.end) else links
    return most and bool(context.measured) and not any(other.attribute for other in others)


def _the_one(
    at: int, links: Sequence[Link], text: str, context: Context, winner: Callable[[Plan], str | None]
) -> tuple[tuple[str, ...] | None, tuple[int, ...]]:
    """贵的那款: the one of those spoken of that ranks first."""
    link = links[at]
    degree = link.degree
    found = THAT_ONE.match(text, link.end) or _that_before(at, links, text)
    found = found or takes_one(link, text, context)
    plain = degree is not None and degree.strength == "plain"
    if (
        found is None
        and plain
        and len(context.entities) == 1
        and context.attributes
        and at == _first_said(links)
    ):
        found = _THE_OTHER.match(text, link.end)  # 便宜的呢, while the dearer one is spoken of
    path = degree.path or _named_before(at, links) or next(iter(context.measured), None) if degree else None
    if found is None or degree is None or path is None:
        return None, ()
    if found.start() > link.start and text.startswith(
        (degree.word + "多少", degree.word + "了多少"), found.end()
    ):
        return (), _within(links, link.start, found.end())  # 贵的那个贵多少 asks for the difference
    two = context.entities if len(context.entities) > 2 else context.last(2)
    among = two if len(two) >= 2 else context.shown
    whole = degree.strength == "most" or not context.entities
    if whole and len(context.entities) < 2 <= len(context.shown):
        among = context.shown
    if len(among) < _PAIR and any(other.value for other in links):
        return None, ()  # 换自动的呢，便宜那款: not the one of the other kind that is spoken of
    if not among:
        return (None, ()) if degree.strength == "most" else ((), (at,))
    order: Order = "desc" if degree.way == "up" else "asc"
    last = context.plan or context.listed
    if len(among) < _PAIR and last is not None and last.op == "superlative" and not last.entities:
        best = winner(
            Plan("superlative", (), (path,), last.conditions, order, 1)
        )  # 贵的那个呢, after the cheapest
        return ((best,), _within(links, min(link.start, found.start()), found.end())) if best else (None, ())
    start = links[at - 1].start if degree.path is None and _named_before(at, links) else link.start
    said: tuple[Clause, ...] = ()
    if value := said_of_it(at, links, text):
        said, start = (value[1],), value[0]
        among = context.shown if set(among) <= set(context.shown) else among
    best = winner(Plan("superlative", among, (path,), said, order, 1))
    if best is None:
        return None, ()  # none has a value: that is what is said then
    return (best,), _within(links, min(start, found.start()), found.end())


def _that_before(at: int, links: Sequence[Link], text: str) -> re.Match[str] | None:
    """那个快的多少钱: pointed at before the word of degree, with something else asked behind it."""
    before = links[at - 1] if at else None
    if before is None or not before.plays("it") or before.end != links[at].start:
        return None
    asks = any(link.attribute or link.value or link.text == "呢" for link in links[at + 1 :])
    return _THAT_DEGREE.match(text, before.start) if asks else None


def _first_said(links: Sequence[Link]) -> int:
    """The first link that is no more than a word in passing."""
    return next((i for i, link in enumerate(links) if not link.plays("so", "filler", "keep")), -1)


def _named_before(at: int, links: Sequence[Link]) -> Path | None:
    """价格 of 价格低的那个油耗多少, right before the word of degree, where something else is asked of the one."""
    before = links[at - 1] if at else None
    touches = before is not None and before.attribute is not None and before.end == links[at].start
    return before.attribute.paths[0] if touches and before and before.attribute else None


def _within(links: Sequence[Link], start: int, end: int) -> tuple[int, ...]:
    return tuple(i for i, other in enumerate(links) if start <= other.start and other.end <= end)
