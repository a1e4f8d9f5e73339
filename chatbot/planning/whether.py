"""Whether a message asks for a yes or no: 是不是, 够不够, 有多省油, 大不大; or by how much: 比它贵多少."""

from dataclasses import replace

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.regex import regex

_EITHER_WAY = regex(r"(.)不\1")  # 大不大
_BY_HOW_MUCH = regex("^(?:那|那么)?比[^,，。的]+[贵快慢长短大小高低远重轻多少省便宜]了?多少")
_HAS_NONE = regex("(?:就|怎么|咋|难道)?(?:没有?|冇|木有)[^,，。]{1,6}[吗么嘛]?")
_COMES_IN = regex(
    "(?:那|那么|它|这车|这款|那款)*有(?:没有|没|木有)?.{1,5}?(?:的|色的)?(?:吗|么|嘛|没有|没|不)?[啊呀呢]?"
)
_HAS_THIS = regex("(?:那|它)*(?:有没有?|有木有|带不带|是不是)[^的,，。款车]{2,8}[啊呀呢]?")
_WHICH_CAN = regex("能[^,，。]{2,10}的[^,，。吗么不没嘛]{1,6}呢?$")  # 能变频的洗衣机
_ONE_OF_MANY = "、"  # between the colours that one car may be had in
_SO = regex("(?<![差好很太更])多$")


def asks_whether(parts: Parts) -> bool:
    """是不是, 有没有, 够不够, …吗; of what is said to be so also …吧."""
    if parts.text.endswith("吧") and parts.atoms and not parts.has("buy", "keep"):
        return True
    if _EITHER_WAY.search(parts.text) or parts.text.endswith("没有"):
        return True
    if any(rank.strength == "plain" and _SO.search(parts.text, 0, rank.start) for rank in parts.rankings):
        return True  # 有多省油
    ends = parts.text.rstrip("呢呀啊哈吧哦的").endswith(("吗", "么", "不", "没", "嘛"))
    enough = parts.has("enough") and not _WHICH_CAN.search(parts.text)
    return ends or enough or parts.has("exists") or "是不是" in parts.text


def asks_by_how_much(parts: Parts) -> bool:
    """比它慢多少, which asks for no cars that are slower."""
    return _BY_HOW_MUCH.search(parts.text) is not None


def doubts(parts: Parts, context: Context) -> bool:
    """没有紫的, right after the colours were told: whether it has it, asked the other way round."""
    one = parts.atoms[0] if len(parts.atoms) == 1 and parts.atoms[0].kind == "value" else None
    return one is not None and one.path in context.attributes and _HAS_NONE.fullmatch(parts.text) is not None


def of_its_own_choice(parts: Parts, context: Context, graph: KnowledgeGraph) -> bool:
    """有粉的吗 of the car in focus: one may have it in several colours, and asks for no other car."""
    if len(context.entities) != 1 or not parts.atoms or not _COMES_IN.fullmatch(parts.text):
        return False
    leaves = graph.by_name[context.entities[0]].leaves
    return all(atom.kind == "value" and _ONE_OF_MANY in leaves.get(atom.path, "") for atom in parts.atoms)


def asks_of_the_one(parts: Parts, context: Context) -> bool:
    """有没有全景天窗, after the cheapest of a list and what it consumes: of that one, which was asked about since."""
    last, asked = context.plan or context.listed, set(context.attributes)
    since = last is not None and bool(asked) and asked.isdisjoint(last.attributes)
    if len(context.entities) != 1 or not since or _HAS_THIS.fullmatch(parts.text) is None:
        return False
    return all(atom.kind == "value" and not atom.negated for atom in parts.atoms)


def put_plainly(parts: Parts, context: Context) -> Parts:
    """``parts`` with what it ``doubts`` as it would be asked straight."""
    return (
        replace(parts, atoms=(replace(parts.atoms[0], negated=False),)) if doubts(parts, context) else parts
    )
