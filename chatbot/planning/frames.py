"""What opens a request (能否告知, 帮俺查一查) and clauses that only address or thank: no part of what is asked.

The words are closed classes, in ``words/frames.txt`` and ``words/function.txt``; any run of them is a frame, so that no
frame has to be listed as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chatbot.normalization.text import content
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.makes import makes
from chatbot.planning.words import built_in
from chatbot.regex import regex

_FEWEST = 2  # letters that must be left for a question
_POINTS = regex("[它他她这那哪几多少啥谁咋呢]|什么|怎")  # such a clause asks or points back
# What one says to the answer before, and asks something else then: 才这么点。自动紧急制动总有吧
_REACTS = regex(
    "(?:哦|啊|嗯|哇|哎|唉|天哪?)*(?:(?:才|就|居然|竟然|怎么|咋|都|要|也)*(?:这么|那么)"
    "(?:一?点|少|多|贵|便宜|低|高|短|长|慢|快|费油|费电|大|小|远|重)(?:儿|啊|呀|嘛|了|的|哦)*"
    r"|(?:才|居然|竟然)\d[\d.]*[^\s,，。]{0,3}|\d+个(?:啊|呀|哦|喔|嘛)"
    r"|(?:就|才|只有?)[这那]?[一两二三四\d]+[个款台](?:啊|呀|吗|嘛|哦|呢)?)"
)
_TOO_MUCH = regex(
    "(?:有点|还是|这|那|都|也|哎|唉|啊)*(?:太|偏|忒|有点)(?:贵|慢|短|小|大|长|重|高|低|旧)(?:了|啊|呀|哦|些|点)*"
)
_BOUND = regex("[\\d一二两三四五六七八九十](?:万|w|公里|km|秒|升|米).{0,2}(?:以|之|内|往|不)")
_SAYS_AGAIN = regex("的是|的就是")


def without_frame(clause: str) -> str:
    """``clause`` without the request it opens with; as it is where hardly anything would be left of it."""
    opening = _frame().match(clause)
    if opening is None or _SAYS_AGAIN.search(opening.group()):
        return clause  # 我问的是油耗 corrects what was said before
    if any(start < opening.end() < end for start, end in _makes_in(clause)):
        return clause  # 问界M9 begins with no 问
    rest = clause[opening.end() :].lstrip(",:，：、 ")
    return rest if len(content(rest)) >= _FEWEST and not rest.startswith(("的", "过")) else clause


def without_idle_clauses(clauses: Sequence[str]) -> list[str]:
    """``clauses`` but those that are closed-class words only and neither ask nor point: 劳驾了, 掌柜的."""
    clauses = [one for one in clauses if not (_TOO_MUCH.fullmatch(one) and _bounds(one, clauses))] or list(
        clauses
    )
    clauses = [one for one in clauses if not _REACTS.fullmatch(one)] or list(clauses)
    kept = [one for one in clauses if _POINTS.search(one) or not carries_nothing(content(one))]
    return kept or list(clauses)


def _bounds(said: str, clauses: Sequence[str]) -> bool:
    """Whether another clause says how much it may be: 太贵了，30万以内的呢."""
    return any(one != said and _BOUND.search(one) for one in clauses)


def _makes_in(clause: str) -> Iterator[tuple[int, int]]:
    """Where the first mention of each make stands that begins with a word of a frame."""
    for name in _makes():
        if (start := clause.find(name)) >= 0:
            yield start, start + len(name)


@cache
def _makes() -> tuple[str, ...]:
    return tuple(name for names in makes() for name in names if _frame().match(name))


@cache
def _frame() -> re.Pattern[str]:
    rows = dict(line.split(": ") for line in built_in("frames"))
    before, ask, look, favour, behind = (
        _any(rows[part]) for part in ("before", "ask", "look", "favour", "behind")
    )
    asks = rf"(?:{ask}|(?:{favour}){look})"
    return re.compile(rf"(?:{before}[,，\s]*)*?{asks}(?:{behind})*[,:，：\s]*")


def _any(words: str) -> str:
    longest = sorted(words.split(), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest))})"
