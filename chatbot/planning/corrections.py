"""Corrected in mid-sentence: 10万不对是12万以内, 轿车，不，SUV吧, 途锐的价格，啊不是，我问途昂. What comes later counts."""

from collections.abc import Callable, Sequence

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import KEYWORDS, leaf_conditions
from chatbot.normalization.text import content
from chatbot.planning.asides import carries
from chatbot.planning.links import Link
from chatbot.planning.scan import Scan
from chatbot.regex import regex

_SOUND = r"(?:哦|啊|哎呀?|诶|欸|呃|嗯|额|唉|噢|呀)"
_WRONG = r"(?:(?<!对)不对(?:不对)?(?!称)|(?:我)?(?:刚才?)?(?:说|问|打|搞|弄|记|看|讲|写|发|输)错了?|口误|错了|更正一下|纠正一下|哦不|啊不(?!是)|不不不?)"
_INSTEAD = r"(?:[,.。!…\s]*(?:(?:我)?(?:是|要|想)?(?:问|说|指|要)的?(?:是)?|应该说?是|改成|换成|是(?!不是|否)))?[,.。\s]*"
_MARKER = regex(
    rf"[,.。…\s]*{_SOUND}*[,.。…\s]*(?:{_WRONG}|(?:{_SOUND}|(?<=[,.。…]))不是(?=[,.。]|我|帮)|{_SOUND}不是|(?<=[,.。…])不(?=[,.。…]))"
    rf"(?:了|的)?{_INSTEAD}"
)
# Weaker words, that take back only what the later may stand for: 要SUV，算了还是MPV吧
_RATHER = regex(
    r"[,.。…\s]*(?:算了|要不|不然|想想|想了想|(?<=[,.。…])不)[吧,.。…\s]*还是(?:要|看|选|买|换成?|来)?(?=[^,.。]{2,})(?!算了)"
)

_OPENS = regex(rf"\s*{_SOUND}+[,，.。…\s]*不是?[,，.。…\s]+(?:是(?!不是|否))?(?=..)")
_STEM = 2  # characters that a series is told by
_PLAIN_MARKER = "说错了,"


@dataclass(frozen=True, slots=True)
class Correction:
    """``text`` with what was taken back left out; ``dropped`` and ``kept`` in the user's words."""

    text: str
    dropped: str
    kept: str


_NOT_BUT = regex(
    rf"^{_SOUND}*[,.。\s]*(?:(?P<denied>不是)|不要|不看|不问)(?P<not>[^,。]{{2,20}}?)"
    rf"(?:[,，。\s]+|(?<=[\d款版型])(?=而?是|要)|(?(denied)(?=而?是(?!不是|否))|(?!)))(?:我)?"
    rf"(?:(?:而?是|要|看|问|说)(?:的是|的)?|(?(denied)|(?!)))(?P<but>.{{2,}})$"  # 不要红旗的，30万以内的 adds
)


def not_but(text: str, read: Callable[[str], Scan]) -> Correction | None:
    """不是雅尚，是御享: the one that is meant, where it can be read without the one that is not."""
    found = _NOT_BUT.match(text)
    if found is None:
        return None
    kept = read(found["but"])
    if kept.unknown or not any(carries(link) for link in kept.links):
        return None
    return Correction(found["but"], found["not"], found["but"])


def not_that_attribute(text: str, read: Callable[[str], Scan]) -> Correction | None:
    """不是续航是加速: two attributes of one car, of which the first is not asked for; a value that is denied is a condition.

    So 不是途昂X是途昂530V6: of two cars the one with its series; a mere version is of the series that was denied.
    """
    found = _NOT_BUT.match(text)
    if found is None or not found["denied"]:
        return None
    denied = [link for link in read(found["not"]).links if carries(link)]
    asked = denied and all(link.attribute and not (link.value or link.entity) for link in denied)
    new = next((link for link in read(found["but"]).links if carries(link)), None)
    return not_but(text, read) if asked or _names_another(denied, new) else None


def _names_another(denied: Sequence[Link], new: Link | None) -> bool:
    """Whether it is cars that are denied, and ``new`` is one with its series."""
    if new is None or not new.entity or not denied or not all(link.entity for link in denied):
        return False
    return not _only_a_version(new) or new.text[:_STEM] == denied[0].text[:_STEM]


def taken_up(text: str) -> str:
    """哦不 是十五万以内, as it was typed: what was said a turn before is taken back; no cars are left out."""
    found = _OPENS.match(text)
    return _PLAIN_MARKER + text[found.end() :] if found else text


def takes_back(text: str) -> bool:
    """Whether a normalised ``text`` holds the words of a correction."""
    return _MARKER.search(text) is not None


def corrected(text: str, read: Callable[[str], Scan]) -> Correction | None:
    """The last correction that ``text`` holds carried out; ``None`` when it holds none, or none that is clear.

    ``read`` gives the links of a part of it.
    """
    found = list(_MARKER.finditer(text))
    for marker in reversed(found):
        before, after = text[: marker.start()], text[marker.end() :]
        if content(before) and content(after):
            return _carried_out(read(before), read(after), read)
    return _rather(text, read)


def _rather(text: str, read: Callable[[str], Scan]) -> Correction | None:
    """要SUV，算了还是MPV吧: the value that is named last, in the place of one of the same attribute."""
    marker = _RATHER.search(text)
    if marker is None or text.count("还是") > 1:
        return None
    before, after = read(text[: marker.start()]), read(text[marker.end() :])
    new = next((link for link in after.links if carries(link)), None)
    if new is None or not (new.value or new.quantity) or before.unknown:
        return None
    if not any(_alike(link, new) for link in before.links):
        return None
    return _carried_out(before, after, read)


def _carried_out(before: Scan, after: Scan, read: Callable[[str], Scan]) -> Correction | None:
    new = next((link for link in after.links if carries(link)), None)
    if new is None:
        return None
    old = next((link for link in reversed(before.links) if _alike(link, new)), None)
    if old is None:
        return _fragment(before, after, new)
    left, right = before.text, after.text
    end = max([old.end, *(x.end for x in before.links if old.entity and x.plays("part"))])
    upto = _end(after, new)
    instead, behind = right[new.start : upto], right[upto:]
    rest = "" if _says_again(before, after, end, new) else left[end:]
    if old.entity and _only_a_version(new):  # its series still holds
        start = f"{left[: old.end]} {instead}"
        joined = [link for link in read(start).links if link.entity]
        if len(joined) != 1:  # the series and its version were one word: the grammar's 不是A是B keeps it
            start = f"{left[: old.start]}不是{left[old.start : end]},是{instead}"
        return Correction(start + rest + behind, left[old.start : end], instead)
    seam = "," if instead[-1:].isascii() and rest[:1].isdigit() else ""  # suv and 20万 are two words
    return Correction(left[: old.start] + instead + seam + rest + behind, left[old.start : end], instead)


def _fragment(before: Scan, after: Scan, new: Link) -> Correction | None:
    """20万以内混…不，纯电的: what was broken off is not known, and stands right before the correction."""
    start = _unknown_end(before)
    if not any(map(carries, before.links)):
        start = 0
    elif start == len(before.text):
        return None  # 20万以内，不对，四驱的: nothing says what it stands for
    return Correction(before.text[:start] + after.text[new.start :], before.text[start:], new.text)


def _end(scan: Scan, link: Link) -> int:
    """Where what ``link`` names ends, the parts of its name included."""
    end = link.end
    for other in scan.links:
        if link.entity and other.plays("part") and 0 <= other.start - end <= 1:
            end = other.end
    return end


def _alike(old: Link, new: Link) -> bool:
    """Whether the one may stand in the place of the other."""
    if new.entity:
        return old.entity is not None
    if new.quantity:
        return old.quantity is not None and (
            not old.quantity.unit or not new.quantity.unit or old.quantity.dimension == new.quantity.dimension
        )
    if new.value:
        mine = {s.path for s in new.senses if hasattr(s, "path")}
        return old.value is not None and any(getattr(s, "path", None) in mine for s in old.senses)
    if new.attribute:
        return old.attribute is not None and not old.value
    return new.degree is not None and old.degree is not None


def _only_a_version(link: Link) -> bool:
    """Whether it names no brand and no series: 巅峰版, 2025款."""
    clause = link.entity.clause if link.entity else None
    named = leaf_conditions((clause,)) if clause else ()
    return bool(named) and all(c.attribute[:2] == KEYWORDS and c.attribute[2] > "2" for c in named)


def _says_again(before: Scan, after: Scan, end: int, new: Link) -> bool:
    """Whether what stood behind the old one is said anew behind the new one, or was nothing."""
    told = [link for link in before.links if link.start >= end and carries(link)]
    more = [link for link in after.links if link.start >= new.end and carries(link)]
    return not told or any(_alike(old, one) for old in told for one in more)


def _unknown_end(scan: Scan) -> int:
    """Where the stretch begins that nothing explains at the end of the text: 混 of 20万以内混."""
    last = max((link.end for link in scan.links), default=0)
    return last if content(scan.text[last:]) else len(scan.text)
