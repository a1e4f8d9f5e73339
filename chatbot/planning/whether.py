"""Whether a message asks for a yes or no: 是不是, 够不够, 有多省油, 大不大; or by how much: 比它贵多少."""

from chatbot.planning.parts import Parts
from chatbot.regex import regex

_EITHER_WAY = regex(r"(.)不\1")  # 大不大
_BY_HOW_MUCH = regex("^(?:那|那么)?比[^,，。的]+[贵快慢长短大小高低远重轻多少省便宜]了?多少")
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
    return ends or parts.has("exists", "enough") or "是不是" in parts.text


def asks_by_how_much(parts: Parts) -> bool:
    """比它慢多少, which asks for no cars that are slower."""
    return _BY_HOW_MUCH.search(parts.text) is not None
