"""What a question names that the graph does not hold: said as it is, never answered with something else."""

import re

from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.query import Refusal
from chatbot.planning.read_parts import is_series
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

MODEL_LIKE = regex(r"[a-z]{1,3}\d{1,3}[a-z]?$|^(?:19|20)\d\d$|^[a-z]$|^\d{3}[a-z]{1,2}$")
_EXTENTS = frozenset("长 宽 高 多长 多宽 多高 长度 宽度 高度".split())
_NAMELIKE = regex(r"[a-z0-9]|[版款型]$|套装$")
_TAIL = regex(r"型号|[版款型]|系列|套装")
_EXPLAINS = regex("怎么|如何|为什么|为啥|区别|好处|坏处|优点|缺点|什么意思|什么是|是什么|值得")
_NAME_BEHIND = regex(r"\s?[a-z]{0,6}\d{0,3}[a-z]{0,4}")
_MAX_SUBJECT = 8
_ASKED_OF = ("什么", "啥", "哪种")
_ASKS = regex("[几多少啥哪吗]|什么|怎")
_ASKED_BEHIND = regex("(?:是|有)?(?:多少|多大|什么|啥|怎么样|如何)?(?:的)?[吗呢啊呀?]*")
_PLACES, _PLACE = frozenset("后副左右"), regex("[排座驾边侧面的]*")
_DONE_SO = regex("[\u4e00-\u9fff]得[多少大小高低]")  # 哪个卖得多
_DIFFERS_MOST = regex(
    "([\u4e00-\u9fff]{2,6}[和跟与][\u4e00-\u9fff]{2,6}?(?:相?差(?:价|额|距)?|的差))(?:得|的)?(?:最[多大少小]|多少最)"
)


def unknown_name(parts: Parts) -> Refusal | None:
    """青羽E9, D型号: something that looks like a name and is none of the graph's."""
    text, unknown = parts.text, parts.scan.unknown
    odd = [piece for piece in unknown if MODEL_LIKE.search(piece)]
    if not odd or any(t.single and not t.referred for t in parts.things):
        return None
    alone = text.rstrip("款的版型") == odd[0] and len(text) > 1  # C63, 2026款, and no more
    if not (parts.attributes or parts.things or parts.atoms or "呢" in text or alone):
        return None
    start, end = text.find(unknown[0]), text.rfind(odd[-1]) + len(odd[-1])
    start = min([start, *(t.start for t in parts.things if t.end <= end)])
    tail = re.match(r"型号|款|版|系列", text[end:])
    name = text[start : end + (tail.end() if tail else 0)]
    return Refusal("unknown_entity", name.upper() if name.isascii() else capitals(name), parts.scan)


def unknown_model(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """宝马320Li, 宋PLUS DM-i 112KM: right behind a brand or a series what looks like a part of a name, and is none."""
    for piece in parts.scan.unknown:
        start = parts.text.find(piece)
        before = next((t for t in parts.things if not t.referred and 0 <= start - t.end <= 1), None)
        if before is None or start < 0 or parts.text[before.end : start] not in ("", " "):
            continue
        end = start + len(piece)
        tail = _TAIL.match(parts.text, end)
        namelike = tail or _NAMELIKE.search(piece) or vocabulary.entities.in_some_name(piece)
        if not namelike or (piece.isdigit() and len(piece) == 1):
            continue
        end = tail.end() if tail else end
        return Refusal("unknown_entity", capitals(parts.text[before.start : end]), parts.scan)
    return None


def unknown_make(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """小鹏P7多少钱, where the graph has no 小鹏, though it has a P7."""
    make = vocabulary.lacks_make(parts.text)
    if not make or parts.has("not"):
        return None
    start = parts.text.find(make)
    behind = _NAME_BEHIND.match(parts.text, start + len(make))
    name = capitals(make + (behind.group() if behind else ""))
    bounded = any(atom.kind == "quantity" for atom in parts.atoms)  # 30万以内的劳斯莱斯
    told = bool(parts.attributes or parts.rankings or bounded)
    asks = told or parts.has("list", "count", "exists", "head")
    sure = asks and not parts.has("compare") and not _EXPLAINS.search(parts.text)
    return Refusal("unknown_entity" if sure else "unknown_subject", name, parts.scan)


def unknown_attribute(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """雨刮器有多长 of a car: the one thing that is not understood, where all else is."""
    known = vocabulary.attributes.aliases  # categories too, which are asked about further
    long = [piece for piece in parts.scan.unknown if len(piece) >= 2 and piece not in known]
    named = any(thing.single or is_series(thing.clause) for thing in parts.things)
    if not named or parts.attributes or len(long) != 1:
        return None
    return Refusal("no_attribute", long[0], parts.scan)


def unknown_measure(parts: Parts) -> Refusal | None:
    """销量最高的是哪款, 口碑最好的SUV: what is ranked by is not known, so nothing else is ranked in its place."""
    if between := _DIFFERS_MOST.search(parts.text):  # no column holds the difference of two
        return Refusal("no_attribute", between.group(1), parts.scan)
    done = _DONE_SO.search(parts.text) if not (parts.rankings or parts.attributes) else None
    if done and any(x.degree and x.degree.path is None and x.end == done.end() for x in parts.scan.links):
        return Refusal("no_attribute", done.group(), parts.scan)
    for piece in parts.scan.unknown:
        end = parts.text.find(piece) + len(piece)
        behind = next((x for x in parts.scan.links if x.start == end), None)
        a_bit = behind is not None and behind.degree is not None and behind.degree.strength != "most"
        if a_bit and parts.atoms and _in_a_clause_of_its_own(end, parts):
            continue  # 颜值高点的，红色的有吗: a wish beside a full question
        if len(piece) >= 2 and behind and behind.degree and behind.degree.path is None:
            return Refusal("no_attribute", piece, parts.scan)
    return None


def _in_a_clause_of_its_own(at: int, parts: Parts) -> bool:
    """Whether nothing that can be asked of the graph stands in the same clause as ``at``."""
    start = max(parts.text.rfind(mark, 0, at) for mark in ",;。") + 1
    end = min(
        [found for mark in ",;。" if (found := parts.text.find(mark, at)) >= 0], default=len(parts.text)
    )
    told = [*(atom.start for atom in parts.atoms), *(thing.start for thing in parts.things)]
    return end - start < len(parts.text) and not any(start <= one < end for one in told)


def unknown_subject(parts: Parts) -> Refusal | None:
    """法拉利有哪些车: begins with one thing that is not known, and asks of it what is asked of those that are."""
    unknown = parts.scan.unknown
    if len(unknown) != 1 or parts.things or parts.atoms or not 2 <= len(unknown[0]) <= _MAX_SUBJECT:
        return None
    if not parts.text.startswith(unknown[0]):
        return None
    asked_on = parts.has("list", "count") or parts.text.endswith("呢")  # VIP套餐呢
    if not (parts.attributes or (asked_on and parts.has("head"))):
        return None
    return Refusal("unknown_subject", capitals(unknown[0]), parts.scan)


def nothing_meant(said: str, parts: Parts, context: Context) -> Refusal:
    """第二个, 它, where there is none: 它 is the thing named just now that the graph has not, if there was one."""
    it = any(link.plays("it") and link.text in said for link in parts.scan.links)
    if it and context.unheard:
        return Refusal("unknown_entity", context.unheard, parts.scan)
    return Refusal("nothing_to_point_at", said, parts.scan)


def _elsewhere(piece: str, end: int, parts: Parts) -> str:
    """后排屏幕, 副驾座椅加热: where it is said to be, and the attribute's name is of another place; empty where it is not."""
    if piece not in _PLACES:
        return ""
    for link in parts.scan.links:
        near = (
            link.attribute and 0 <= link.start - end <= 2 and _PLACE.fullmatch(parts.text[end : link.start])
        )
        if near and link.attribute and not any(piece in path[-1] for path in link.attribute.paths):
            return parts.text[end - len(piece) : link.end]
    return ""


def capitals(name: str) -> str:
    """``name`` with its letters as makers write them."""
    return re.sub(r"[a-z]+", lambda found: found.group().upper(), name)


def unknown_kind(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """柴油车有吗: a kind of thing that people ask for and this graph has none of."""
    word = vocabulary.lacks(parts.text) if parts.scan.unknown else ""
    if not any(piece in word or word in piece for piece in parts.scan.unknown):
        return None
    asks = (
        parts.has("list", "exists", "count", "head", "which", "has", "verify", "buy") or len(parts.text) <= 4
    )
    asks = asks or any(atom.kind == "quantity" for atom in parts.atoms)  # 纯电或增程，25万到30万
    if not (word and asks):
        return None
    lists = parts.has("list", "exists", "count", "which", "buy") and not parts.has("compare")
    listed = lists and not _EXPLAINS.search(parts.text)
    return Refusal("no_such_kind" if listed else "unknown_subject", word, parts.scan)


def unknown_part(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """R1赛道版保险多少钱: what stands right before the attribute is not known, so it is another thing's."""
    if not any(thing.single for thing in parts.things):
        return None
    for piece in parts.scan.unknown:
        end = parts.text.find(piece) + len(piece)
        if piece in vocabulary.attributes.aliases:
            continue
        if len(piece) >= 2 and parts.text[: end - len(piece)].endswith(_ASKED_OF):  # 中控台什么材质
            return Refusal("no_attribute", piece, parts.scan)
        whose = next((x for x in parts.scan.links if x.end == end - len(piece) and x.attribute), None)
        named = whose is not None and not _ASKS.search(whose.text + piece)
        if whose and named and len(piece) >= 2 and _ASKED_BEHIND.fullmatch(parts.text[end:]):  # 车漆厚度
            return Refusal("no_attribute", whose.text + piece, parts.scan)
        if placed := _elsewhere(piece, end, parts):
            return Refusal("no_attribute", placed, parts.scan)
        near = [x for x in parts.scan.links if x.attribute and 0 <= x.start - end <= 3]
        if len(piece) >= 2 and near:
            return Refusal("no_attribute", piece, parts.scan)
        if len(piece) == 1 and any(x.start == end and x.text in _EXTENTS for x in near):  # 胎宽, 门高
            return Refusal("no_attribute", piece + near[0].text, parts.scan)
    return None
