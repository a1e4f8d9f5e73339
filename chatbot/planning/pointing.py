"""What stands around a word that may point back, and says that it does not: 哪个便宜, 四驱的那个, 最快的那个 of a list."""

import re
from collections.abc import Sequence

from chatbot.knowledge_graph.plan import Clause
from chatbot.planning.atom import Atom
from chatbot.planning.context import Context
from chatbot.planning.links import Link, ValueSense
from chatbot.planning.parts import Parts
from chatbot.regex import regex

_SEVERAL, _FEW = 2, 3
_OF_IT = regex("(?:那|那么)?[^,，。]{1,6}的[^的]?")
_ALL = ("list", "count", "head", "buy", "which", "exists", "has", "keep", "or", "others", "total")
THAT_ONE = regex(r"的?(?:那|这)(?:一)?(?:款|个|台|辆|种)")
_TAKES = regex("(?:那|那么|我|就|还是|决定|行|好|[,，])*(?:要|买|选|定|订|拿|挑)(?:个|那个|这个)?")
_TAKEN = regex("的?(?:那[个款台辆])?(?:吧|了|好了|算了|得了|就行|就好)$|的$")
_EITHER_WAY = regex(r"([大高低长宽快慢贵重远])不\1")
_POINTS = regex(
    r"第[一二三四五六七八九十\d]|最后|倒数|[前后]者|[前后上][面一]?[那这]?[个款台辆]|[它他她]|[这那][一两几些俩仨个款台辆车]"
)


def points(text: str) -> bool:
    """Whether a normalised ``text`` has a word that may point at what was spoken of: 它, 第二款, 后者, 这车."""
    return _POINTS.search(text) is not None


def ranks_the_list(at: int, links: Sequence[Link], text: str, context: Context) -> bool:
    """续航最长的那款, and nothing else is asked, while all that match are listed; of either link: 最长 or 那款.

    Where it was asked which is meant, that says which: 最贵那个, of whose range one wants to know; 最便宜那个呢, after
    another of them, likewise.
    """
    if context.attributes and (context.offered or (len(context.entities) == 1 and text.endswith("呢"))):
        return False
    most = at if links[at].degree else at - 1
    if most < 0 or not (degree := links[most].degree) or degree.strength != "most":
        return False
    several = len(context.entities) > 1 and degree.path is None  # 功率最大的那个, of those told
    one_of_them = set(context.entities) <= set(context.shown) and len(context.entities) < _SEVERAL
    if not (several or ((context.plan or context.listed) and one_of_them)):
        return False
    that = THAT_ONE.match(text, links[most].end)
    if that is None or (at != most and not links[at].plays("it")):
        return False
    behind = (link for link in links if link.start >= that.end())
    return all(link.plays("so", "filler") or link.plays("which") for link in behind)


def takes_one(link: Link, text: str, context: Context) -> re.Match[str] | None:
    """那就买便宜的吧: the one of the few side by side that is taken; of a list it is a wish."""
    compared = context.plan is None or context.plan.op in ("compare", "lookup", "verify")
    start = link.start + link.text.startswith("要")  # 要贵的 is one word
    if not compared or len(context.last(0)) < _SEVERAL or not _TAKES.fullmatch(text, 0, start):
        return None
    return _TAKEN.match(text, link.end - link.text.endswith("的"))


def counts_a_name(at: int, links: Sequence[Link]) -> bool:
    """两个 of 两个尊享版: a name stands right behind what counts, and nothing points."""
    link, behind = links[at], links[at + 1] if at + 1 < len(links) else None
    if behind is None or behind.entity is None or not link.plays("pair"):
        return False
    return behind.start == link.end and link.text[0] not in "这那它他"


def asks_which(at: int, links: Sequence[Link], text: str) -> bool:
    """那个便宜 is 哪个便宜."""
    following = links[at + 1] if at + 1 < len(links) else None
    if not links[at].plays("which") or _EITHER_WAY.search(text):
        return False  # 那个后备箱大不大 asks of one
    if following is None:
        return any(link.degree for link in links[:at])
    return bool(following.degree or following.attribute)


def said_of_it(at: int, links: Sequence[Link], text: str) -> tuple[int, Clause] | None:
    """自动的 of 自动的便宜那个, and where it begins: only those are ranked."""
    before = next((x for x in reversed(links[:at]) if x.text != "的"), None)
    if before is None or before.value is None or text[before.end : links[at].start] not in ("", "的"):
        return None
    sense = next((sense for sense in before.senses if isinstance(sense, ValueSense)), None)
    return (before.start, sense.clause) if sense else None


def told_by_a_value(at: int, links: Sequence[Link], text: str) -> bool:
    """四驱的那个 is the one with that value, not the one in focus; so is 带天窗的那个."""
    before = next((x for x in reversed(links[:at]) if x.text != "的"), None)
    if before is None:
        return False
    gap = text[before.end : links[at].start]
    if before.value:
        return gap in ("的", "")
    return gap == "的" and (before.attribute is not None or before.plays("optional"))


def of_the_few(values: Sequence[Atom], parts: Parts, context: Context) -> Atom | None:
    """自动的零百几秒, 手动的呢 of the two or three side by side: which of them is said by its value, and no list is asked for."""
    few = context.shown if set(context.entities) <= set(context.shown) else ()
    compared = context.plan is None or context.plan.op in ("compare", "lookup", "verify")
    asks = parts.attributes or parts.text.endswith("呢")
    if not compared or not asks or not _SEVERAL <= len(few) <= _FEW or parts.rankings or parts.has(*_ALL):
        return None
    return next((a for a in values if _OF_IT.fullmatch(parts.text, 0, a.end + 1)), None)
