"""Words that say again what stands right before them: 这两个牌子 behind 云岚和北辰, 影像 of 360全景影像, 功能 of 座椅通风功能.

And a value before the name of a version, which only says of what kind it is: 汽油的四驱臻享.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.graph import Path
from chatbot.normalization.mentions import Mention
from chatbot.planning.links import Link, RoleSense, Sense, ValueSense
from chatbot.planning.word_forms import PACE
from chatbot.regex import regex

_KIND = regex(
    r"[,，]?(?:[这那](?:[两俩几三四]|一)?(?:个|家|款|种)?|[两俩三四几](?:个|家))(?:汽车|车企)?(?:牌子|品牌|厂家?|车企|公司)(?!.{0,3}(?:哪|谁|各|分别))|[两俩三四]家(?=的)"
)
_OF_KIND = regex("[版款]?的?")
_BEFORE_A_NAME = regex(
    "(?:那|那么)?(?:最[^,，。比跟和]{1,5}|[顶高低]配|入门版?)(?:的?那[个款台])?[比跟和与]|(?:那|还是|就|要不|不然|我|看|选|要){2,}(?=..)"
)
_LONGEST_KIND = 6  # characters
_TAIL = regex("(?:系统|功能|配置|装置)(?=$|的|和|跟|与|、|[,，。?]|吗|没|有|是)")


def kinds_said_again(text: str, named: Sequence[Link]) -> list[Link]:
    """这两个牌子, 两家: what the ``named`` before it are; it asks for nothing, and points at nothing else."""
    found = (_KIND.match(text, link.end) for link in named if link.entity)
    return [Link(*one.span(), one.group(), (RoleSense("so"),)) for one in found if one]


def tails(text: str, links: Sequence[Link], unit: Callable[[Path], str]) -> list[Link]:
    """``links`` without those that only go on with the attribute right before: 影像 of 360全景影像; 功能 counts as read.

    So does the ``unit`` that the attribute is given in: 像素 of 前摄像素.
    """
    kept: list[Link] = []
    for link in links:
        last = kept[-1] if kept else None
        if last and last.end == link.start and _goes_on(last, link):
            kept[-1] = Link(last.start, link.end, last.text + link.text, last.senses, last.score)
        else:
            kept.append(link)
    kept = [_with_its_unit(link, text, unit, kept) for link in kept]
    behind = (_TAIL.match(text, link.end) for link in kept if link.attribute)
    more = [Link(*one.span(), one.group(), (RoleSense("so"),)) for one in behind if one]
    rest = [link for link in kept if not any(x.start <= link.start and link.end <= x.end for x in more)]
    return sorted((*rest, *more), key=lambda link: link.start)


def _with_its_unit(link: Link, text: str, unit: Callable[[Path], str], links: Sequence[Link]) -> Link:
    named = unit(link.attribute.paths[0]).lower() if link.attribute else ""
    if not named or not text.startswith(named, link.end) or any(x.start == link.end for x in links):
        return link
    return replace(link, end=link.end + len(named), text=link.text + named)


def _goes_on(last: Link, link: Link) -> bool:
    if not (last.attribute and link.attribute) or last.value or link.value or link.degree:
        return False
    return (
        set(link.attribute.paths) <= set(last.attribute.paths)
        or last.attribute.paths[0] in link.attribute.paths
    )


def kind_before(text: str, find: Callable[[str], list[Mention[Sense]]], names: Callable[[str], bool]) -> int:
    """Where the value that ``text`` begins with ends, and the 版 or 的 behind it; 0 where it begins with none.

    What ``names`` versions too is a part of the name: there may be no 四驱尊贵 among the 尊贵. 最贵的比, before the name of
    what it is set beside, is left aside likewise, and 那还是.
    """
    if before := _BEFORE_A_NAME.match(text):
        return before.end()
    first = next(iter(find(text[:_LONGEST_KIND])), None)
    if first is None or first.start or names(first.alias):
        return 0
    if not any(isinstance(sense, ValueSense) for sense in first.targets):
        return 0
    behind = _OF_KIND.match(text, first.end)
    return behind.end() if behind else first.end


def said_twice(link: Link, text: str) -> bool:
    """慢慢 of 慢慢还 is how something is done, and measures nothing."""
    twice = link.text * 2 in text[max(0, link.start - 1) : link.end + 1]
    return link.text in PACE and twice and link.degree is not None and link.degree.path is None
