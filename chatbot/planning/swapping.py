"""One of those that are compared, in another's place: 把疾风换成巅峰版再比, 换成巅峰版呢, 奔驰换成奥迪Q5L呢.

And the one in focus, that gives way to another: 尊耀太贵了 看致雅版.
"""

from collections.abc import Callable
from dataclasses import replace

from chatbot.planning.context import Context, nearest_kin
from chatbot.planning.parts import Parts
from chatbot.planning.query import Asked, Query
from chatbot.planning.scan import Scan
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_PAIR = 2
_SAID = regex(
    r"(?:那|那么|我)?(?:把|将)?(?P<out>[^,，。]{0,16}?)的?(?:给我?)?(?:换成|改成|换做|换为|替换成|改为)(?P<put>[^,，。]{2,}?)"
    r"(?:的?(?:话|呢|吧))?(?:[,，\s]*(?:再|重新|又)?(?:来)?(?:比|对比|比较|看)(?:比|看|较)?(?:一?下|一比)?(?:呢|吧|看)?)?"
)

_PASSED_OVER = regex(
    r"(?P<out>[^,，。]{2,12}?)(?:还是|有点|实在|真的?|也)*(?:太|有点)(?:贵|大|小|慢|重|长|高|费油|费电)了?[,，。\s]*"
    r"(?:那|就|还是|给我|帮我|我|再)*(?:看看?|换成?|要|来|说说|考虑)(?:一?下|个)?(?P<put>[^,，。]{2,12})"
)


def passed_over(text: str, read: Callable[[str], Scan]) -> str:
    """尊耀太贵了 看致雅版 asks of the other one what was asked before; empty where it is no two names that are said."""
    said = _PASSED_OVER.fullmatch(text)
    if said is None:
        return ""
    out, put = read(said["out"]), read(said["put"])
    named = all(any(link.entity for link in one.links) and not one.unknown for one in (out, put))
    return f"那{said['put']}呢" if named and not any(link.attribute for link in put.links) else ""


def one_swapped(parts: Parts, context: Context, vocabulary: Vocabulary) -> Query | Asked | None:
    """The same of all of them with the other one in it; ``None`` where it is not clear which gives way, and to which."""
    last, told = context.plan, context.entities
    said = _SAID.fullmatch(parts.text) if parts.has("swap") and len(told) >= _PAIR else None
    if said is None:
        return None
    pairs = [
        (name, new) for name in told if (new := _meant(said["put"], name, vocabulary)) not in (None, *told)
    ]
    if said["out"]:
        pairs = [(name, new) for name, new in pairs if _names(said["out"], name, told, vocabulary)]
    else:
        pairs = [(name, new) for name, new in pairs if new in vocabulary.graph.kin(name)]
    if len(pairs) != 1:
        return None
    out, new = pairs[0]
    entities = (str(new), *(name for name in told if name != out))  # 它, said next, is the new one
    if last is not None and last.entities == told:
        return Query(replace(last, entities=entities), parts.scan, carried=told)
    topics = tuple((path,) for path in context.attributes)
    return Asked(tuple((name,) for name in entities), topics, parts.scan, referred=True)


def _meant(text: str, near: str, vocabulary: Vocabulary) -> str | None:
    """The one thing that is named, where ``near`` is spoken of."""
    links = vocabulary.entities.link(text, fuzzy=False, near=near)
    found = nearest_kin(vocabulary.graph, links[0].candidates, (near,)) if len(links) == 1 else ()
    return found[0] if len(found) == 1 else None


def _names(text: str, name: str, told: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    """Whether it is ``name`` of those told that is named: by its version, its series or its brand."""
    links = vocabulary.entities.link(text, fuzzy=False, near=name)
    return len(links) == 1 and [one for one in told if one in links[0].candidates] == [name]
