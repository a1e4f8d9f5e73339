"""Answers to 您想问哪一款 in other words than an option's own: a piece of its name, its year, any of them, all, none.

Only what is made of pieces of an option's name from one end to the other counts; whatever else is said goes the usual way.
"""

import re
from collections.abc import Sequence

from chatbot.answering.inquiry import Topic
from chatbot.dialog.state import Turn
from chatbot.messages import say
from chatbot.normalization.text import content, normalize
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.notation import in_words
from chatbot.planning.spoken_tail import plainly
from chatbot.reply import Reply
from chatbot.session.base import Pending

_ALL = re.compile(
    r"(?:那|就|我)?(?:(?:[两三四五六几]|这[两三几])[个款台辆种])?(?:都|全|一起|全部|分别|统统)(?:想)?"
    r"(?:说说|说一?下|说|报报?|报一?下|看看|看一?下|看|要|问|讲讲|讲一?下|讲|来|列|列一?下|列出来|发|发来|查|查一?下|告诉我|行|可以|成|好)(?:吧|呗|啊|的)?"
    r"|(?:随便|随意|任意|无所谓|不挑|都一样)(?:哪[个款台辆]|[一两][个款台辆]|你|您)?(?:都)?(?:行|可以|成|好|说)?(?:吧|呗|啊|的)?"
    r"|哪[个款台辆]都(?:行|可以|成|好)(?:吧|呗|啊|的)?"
)
_NONE = re.compile(
    r"(?:(?:这些?|它们|几个|那些?)?(?:都|全)(?:不|没)(?:是|对|要)(?:我?要?问?的)?|不是(?:这|那)(?:[些几两]?[个款台]|些)?(?:里面?的)?|没有我(?:要|想)(?:问)?的)(?:吧|啊|呢|哦)?"
)
_FRAME = re.compile(
    r"^(?:就|那|嗯|哦|对|是|我|问|说|要|选|看|指|想|的|查|买|先)*|(?:的?(?:那|这)?一?[个款台辆种]|的|吧|呢|啊|呀|就行|就可以|就好|那|这)+$"
)
_YEAR = re.compile(r"(?<!\d)(?:20)?(2\d)(?:年款?|款|(?=的|$))")
_PASSED_OVER = frozenset("的个款台辆那这,。、 ")
_SHORTEST = 2  # letters of a piece


def wants_all(text: str) -> bool:
    """Whether any of the options will do, or each is asked for: 都行, 两个都说说."""
    return _ALL.fullmatch(content(text)) is not None


def wants_none(text: str) -> bool:
    """都不是, 不是这些."""
    return _NONE.fullmatch(content(text)) is not None


def told_by_pieces(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Which of ``names`` hold every piece of ``text``; none where it says more, or does not tell them apart."""
    said = in_words(plainly(normalize(text)))
    said = _YEAR.sub(r"20\1", _FRAME.sub("", _FRAME.sub("", said)))
    if len(content(said)) < _SHORTEST:
        return ()
    whole = [normalize(name).replace(" ", "") for name in names]
    fitting = tuple(i for i, name in enumerate(whole) if _made_of(said, name))
    return fitting if len(fitting) < len(names) else ()


def fitting(turn: Turn, value: str) -> tuple[str, ...]:
    """Entities an option stands for: one by its name, several by the keywords they share."""
    graph = turn.hearing.knowledge.graph
    if value in graph.by_name:
        return (value,)
    words = tuple(value.split("|"))
    return tuple(e.name for e in graph.entities if e.keywords[: len(words)] == words)


def among_offered(turn: Turn, group: tuple[str, ...]) -> tuple[str, ...]:
    """E6的, when it was asked which of several 长续航版 is meant: the E6 among these."""
    pending = turn.memory.pending
    if len(group) < 2 or pending is None or pending.kind != "entity":
        return group
    offered = {name for option in pending.options for name in fitting(turn, option.value)}
    return tuple(name for name in group if name in offered) or group


def asked_besides(turn: Turn, names: Sequence[str]) -> tuple[Topic, ...]:
    """The attributes that are named beside the piece of an option's name, and are no part of one."""
    whole = [normalize(name).replace(" ", "") for name in names]
    links = turn.hearing.reading.attributes
    return tuple(Topic(x.paths, x.score) for x in links if not any(x.text in name for name in whole))


def choose_again(turn: Turn, pending: Pending, state: str) -> Reply:
    """The options once more."""
    options = tuple(option.text for option in pending.options)
    return Reply(
        answer=say("choose_again", turn.hearing.language, count=len(options)),
        answer_type="clarify",
        answer_source="guide",
        state=state,
        suggestions=options,
    )


def none_of_them(turn: Turn, state: str) -> Reply:
    """Which car it is then."""
    return Reply(
        answer=say("none_of_them", turn.hearing.language),
        answer_type="clarify",
        answer_source="guide",
        state=state,
        suggestions=turn.hearing.knowledge.examples[:3],
    )


def _made_of(said: str, name: str) -> bool:
    """Whether ``said`` is pieces of ``name``, with nothing between them but grammar."""
    at = held = 0
    while at < len(said):
        size = next((n for n in range(len(said) - at, _SHORTEST - 1, -1) if said[at : at + n] in name), 0)
        if size:
            at, held = at + size, held + size
        elif said[at] in _PASSED_OVER or carries_nothing(said[at]):
            at += 1
        else:
            return False
    return held >= _SHORTEST
