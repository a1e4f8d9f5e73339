"""贵的那款, 最低的那个多少钱: the one of those spoken of that a word of degree points at."""

import re
from collections.abc import Callable, Sequence

from chatbot.knowledge_graph.plan import Clause, Order, Path, Plan
from chatbot.planning.context import Context
from chatbot.planning.links import Link, is_scoped
from chatbot.planning.pointing import THAT_ONE, said_of_it, takes_one
from chatbot.regex import regex

_PAIR = 2
_THE_OTHER = regex("的(?:呢|(?:也|就|应该)*(?:没有?|有|带|支持|是)(?:吗|么|吧|是吧|对吧))$")
_OF_THE_OTHER = regex("的(?=有?几[座门挡档缸个]|.{2,}(?:多少|几|多[大长高宽重远快久]|什么|啥|怎么样|呢))")
_THAT_DEGREE = regex(r"(?:那|这)(?:一)?(?:款|个|台|辆)[\u4e00-\u9fff]{1,4}?的")


def ranks_one(at: int, links: Sequence[Link], text: str, context: Context) -> bool:
    """Whether a word of degree may say which of those listed is meant; 718最快的那个 is of the 718, whatever was listed."""
    link = links[at]
    if link.degree is None or (link.degree.strength == "most" and is_scoped(link, links, text)):
        return False
    if link.degree.path or _measured_before(at, links, text, context):
        return True
    return _named_before(at, links) is not None and THAT_ONE.match(text, link.end) is not None


def _measured_before(at: int, links: Sequence[Link], text: str, context: Context) -> bool:
    """最低的那款, 大的那个多少钱, where nothing in the message says what is low: what was asked before does."""
    link = links[at]
    that = THAT_ONE.match(text, link.end) is not None and len(context.last(0)) == _PAIR
    most = link.degree is not None and (link.degree.strength == "most" or that)
    others = links[:at] if THAT_ONE.match(text, link.end) else links
    return most and bool(context.measured) and not any(other.attribute for other in others)


def the_one(
    at: int, links: Sequence[Link], text: str, context: Context, winner: Callable[[Plan], str | None]
) -> tuple[tuple[str, ...] | None, tuple[int, ...]]:
    """贵的那款: the one of those spoken of that ranks first."""
    link = links[at]
    degree = link.degree
    found = _pointed(at, links, text, context)
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
    told = context.entities == (best,) and _THE_OTHER.fullmatch(text, found.start()) is not None
    if best is None or told:
        return None, ()  # none has a value: that is what is said then; nor has any but the one in focus
    return (best,), _within(links, min(start, found.start()), found.end())


def _pointed(at: int, links: Sequence[Link], text: str, context: Context) -> re.Match[str] | None:
    """What says that one of several is meant: 那款, 的那个, or 的 alone while the other of the two is spoken of."""
    link = links[at]
    found = THAT_ONE.match(text, link.end) or that_before(at, links, text) or takes_one(link, text, context)
    plain = link.degree is not None and (link.degree.strength == "plain" or _of_those_told(context))
    one = len(context.entities) == 1 and bool(context.attributes)
    both = len(context.entities) == _PAIR
    if found or not plain or not (one or both) or at != _first_said(links):
        return found
    end = link.end - link.text.endswith("的")
    if one and (other := _THE_OTHER.match(text, end)):  # 便宜的呢, while the dearer one is spoken of
        return other
    two = len(context.last(2)) == _PAIR or _of_those_told(context) or _ranked_first(context)
    return (
        _OF_THE_OTHER.match(text, end) if two and _names_behind(at, links) else None
    )  # 贵的电池多少度, of two that were compared


def _of_those_told(context: Context) -> bool:
    """最贵的呢 after 最便宜的那个多重, of the three that were told before it: of these, where no list is gone on with."""
    last = context.plan
    named = last is None or (last.op == "superlative" and len(last.entities) > _PAIR)
    told = named and context.listed is None and len(context.shown) > _PAIR
    return told and set(context.entities) <= set(context.shown)


def _ranked_first(context: Context) -> bool:
    """贵的轴距多少, after the cheapest of a list."""
    last = context.plan
    return last is not None and last.op == "superlative" and len(context.entities) == 1


def that_before(at: int, links: Sequence[Link], text: str) -> re.Match[str] | None:
    """那个快的多少钱: pointed at before the word of degree, with something else asked behind it."""
    before = links[at - 1] if at else None
    if before is None or not before.plays("it") or before.end != links[at].start:
        return None
    asks = any(link.attribute or link.value or link.text == "呢" for link in links[at + 1 :])
    return _THAT_DEGREE.match(text, before.start) if asks else None


def _names_behind(at: int, links: Sequence[Link]) -> bool:
    """Whether an attribute is named right behind the 的 after ``links[at]``."""
    end = links[at].end + (not links[at].text.endswith("的"))
    return any(link.attribute and link.start == end for link in links[at + 1 :])


def _first_said(links: Sequence[Link]) -> int:
    """The first link that is no more than a word in passing."""
    return next((i for i, link in enumerate(links) if not link.plays("so", "filler", "keep")), -1)


def _named_before(at: int, links: Sequence[Link]) -> Path | None:
    """价格 of 价格低的那个油耗多少, right before the word of degree, where something else is asked of the one."""
    before = links[at - 1] if at else None
    touches = before is not None and before.attribute is not None and before.end == links[at].start
    return before.attribute.paths[0] if touches and before and before.attribute else None


def ranked_by(links: Sequence[Link], spans: Sequence[tuple[int, int]]) -> tuple[Path, ...]:
    """What 快的那个, 续航长的那个 were told by, each in one of ``spans``: the reply shows that it is so."""
    told = (at for at, link in enumerate(links) if any(start <= link.start < end for start, end in spans))
    found = (degree.path or _named_before(at, links) for at in told if (degree := links[at].degree))
    return tuple(path for path in found if path)


def _within(links: Sequence[Link], start: int, end: int) -> tuple[int, ...]:
    return tuple(i for i, other in enumerate(links) if start <= other.start and other.end <= end)
