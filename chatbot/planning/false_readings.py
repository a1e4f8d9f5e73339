"""What looks like a quantity or a value and is none: 28T of a name, 4G, 三个 of three that are named, 电动 of 电动侧滑门."""

from collections.abc import Container, Sequence

from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.normalization.mentions import Mention
from chatbot.planning.links import Link, RoleSense, Sense, ValueSense
from chatbot.regex import regex

_ELECTRIC = "电动"
_SAYS_NOTHING = frozenset((RoleSense("so"),))
_MOVES = regex("(?:打?开(?:启|合|闭)?|关闭?|调节?|升降|折叠|收起?|伸缩)(?:的|吗|不|$|[,，。])")
_HAN = regex(r"[\u4e00-\u9fff]")
_KIND = regex("级别|车身结构|品牌|系列")
_PEOPLE = frozenset("娃孩人老儿女宝崽")
_WHETHER = regex("是不是都有|都有[^,。]{1,12}(?:吗|么|嘛)[?。]?$")
_LIMIT_ASKED = regex("(?:能|可以|可|会|要|得|够){0,2}[\u4e00-\u9fff]?(?:几[个位人口]|多少)")
_WHICH = regex("哪|什么|啥|几")
_FARTHEST = 5000  # km that no car goes without a stop: 15万公里 is of a warranty
_LIGHTEST = 10  # grams: 5g is a network
_HEAVIEST = 10  # tonnes that a car may weigh
_BOUND_BEFORE = regex(
    r"(?:[小大低高少多]于|超过?|不[到足超]|[至最][少多低高]|起码|顶多|大[概约]|差不多|约|控制在|[到至~\-])$"
)
_BOUND_BEHIND = regex(r"\s?(?:及?以[上下内]|之内|左右|上下|起步?|往[上下]|封顶|打底|打住|[到至~\-]\s?\d)")


def drives_a_part(link: Link, links: Sequence[Link], text: str) -> bool:
    """电动 of 电动侧滑门: said of a part, and not of what the car runs on."""
    if link.text != _ELECTRIC or not _HAN.match(text, link.end):
        return False
    if _MOVES.match(text, link.end):  # 后备箱得能电动开
        return any(x.end <= link.start and (x.attribute or x.category) for x in links)
    behind = next((other for other in links if other.start == link.end), None)
    return behind is None or not (
        behind.roles or any(isinstance(s, ValueSense) and _KIND.search(s.path[-1]) for s in behind.senses)
    )


def as_they_stand(links: Sequence[Link], text: str) -> list[Link]:
    """``links`` without those of words that mean something else where they stand."""
    told = any(x.attribute or x.category for x in links)
    return [
        x
        for x in links
        if not (drives_a_part(x, links, text) or asks_of_all(x, text) or (not told and asks_a_limit(x, text)))
    ]


def asks_a_limit(link: Link, text: str) -> bool:
    """最多 of 最多能坐几个: how many there may be, where no attribute is named, ranks by none that was asked for before."""
    bare = link.degree is not None and link.degree.path is None and link.degree.strength == "most"
    return bare and _LIMIT_ASKED.match(text, link.end) is not None


def counts_people(phrase: QuantityPhrase, text: str) -> bool:
    """三个娃 is no price."""
    return phrase.unit == "个" and text[phrase.end : phrase.end + 1] in _PEOPLE


def counts_the_unknown(phrase: QuantityPhrase, text: str, known: Container[int]) -> bool:
    """五个箱子, 四个排气管 where the graph has neither: a noun behind that is not ``known`` is counted, and no price told."""
    counted = phrase.exact and phrase.text.endswith("个") and _HAN.match(text, phrase.end) is not None
    return counted and phrase.end not in known


def is_half_of_a_year(phrase: QuantityPhrase, text: str) -> bool:
    """半年 of 下半年上市 is a part of a year, and no time that anything takes."""
    return phrase.text.startswith("半年") and text[phrase.start - 1 : phrase.start] in tuple("上下")


def asks_of_all(link: Link, text: str) -> bool:
    """都有 of A型号是不是都有天窗: whether each of them has it, and no list."""
    return link.text == "都有" and _WHETHER.search(text) is not None and _WHICH.search(text) is None


def is_a_code(phrase: QuantityPhrase, units: Container[str]) -> bool:
    """28T of 红旗H5 28T and 4G are no weights, unless grams are among the ``units`` that the graph measures in."""
    ends = [end for end in (phrase.low, phrase.high) if isinstance(end, float)]
    grams = phrase.unit == "g" and ("g" not in units or all(end < _LIGHTEST for end in ends))
    light = grams or (phrase.unit == "km" and all(end >= _FARTHEST for end in ends))
    return light or (
        phrase.unit == "t" and phrase.text.endswith("t") and all(end >= _HEAVIEST for end in ends)
    )


def is_each(mention: Mention[Sense]) -> bool:
    """一晚 of 一晚300左右, which counts nothing."""
    return mention.alias.startswith("一") and mention.targets == _SAYS_NOTHING


def counts_the_named(phrase: QuantityPhrase, text: str, links: Sequence[Link]) -> bool:
    """三个 of 途观L 奔驰GLB 宝马X1 三个哪个便宜: as many as are named before it."""
    named = sum(link.entity is not None and link.end <= phrase.start for link in links)
    return (
        phrase.exact
        and phrase.unit == "个"
        and phrase.low == named
        and text[phrase.end : phrase.end + 1] in "里中哪谁最比都"
    )


def bounds(text: str, start: int, end: int) -> bool:
    """Whether a number spelled in a value is one end of a range: 不到5座, 1.5t以下, 1.5l到2.0l are no values."""
    measured = text[end - 1 : end] not in "驱门"
    before = _BOUND_BEFORE.search(text[max(0, start - 4) : start])
    return measured and (before is not None or _BOUND_BEHIND.match(text, end) is not None)
