"""有600公里续航？, 手动的？: nothing but the mark says that it is asked whether it is so."""

from chatbot.planning.context import Context
from chatbot.planning.query import Planned, Query
from chatbot.regex import regex

_MARKED = regex(r"[?？]+\s*$")
_ASKS = regex(
    "多少|[几哪谁啥怎咋吗么呢吧嘛]|什么|如何|还是|(.)[不没]\\1|有没有|推荐|[没不否]$|(?:多[大长久远重快高])"
)
_CLAIMS = regex("(?:有|带|是|支持|配|够|到)[^,，。]{2,}$")


def as_a_question(said: str) -> str:
    """What is ``said`` with the particle that its mark stands for; unchanged where something else asks."""
    text = _marked(said)
    return f"{text}吗" if text and _CLAIMS.search(text) else said


def doubted(said: str, planned: Planned, context: Context) -> str:
    """手动的？ of the one car spoken of, where all that are so would be listed: whether it is; else nothing."""
    text = _marked(said) if isinstance(planned, Query) and len(context.entities) == 1 else ""
    lists = isinstance(planned, Query) and planned.plan.op == "filter" and not planned.kept
    return f"{text}吗" if lists and text.endswith("的") else ""


def _marked(said: str) -> str:
    """What stands before the mark, where nothing in it asks."""
    mark = _MARKED.search(said)
    text = said[: mark.start()] if mark else ""
    return "" if _ASKS.search(text) else text
