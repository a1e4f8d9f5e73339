"""The same thing said in another order, put in that of the names: 前轮用的什么悬挂 is 前悬挂用的什么, 灵不灵活 is 灵活不灵活."""

import re
from collections.abc import Callable

from chatbot.regex import regex

_PART = "悬挂|悬架|刹车片?|制动器?|轮胎|胎"
_PLACE = "(?P<end>[前后])(?:面|边|头|轮|桥|轴)(?:的)?"
_ASKED = "用的?|采用|配的?|是|装的?|什么样?的?|啥样?的?|哪一?种|多大的?|多宽的?"
_REPEATED = regex(
    r"(?P<first>[\u4e00-\u9fff])不(?P=first)(?P<rest>[\u4e00-\u9fff]{1,3}?)(?=$|[的吗呢啊呀,。?])"
)
_ANY = regex(
    "雷达|[前后](?:面|边|头|轮|桥|轴)|后独立|前独立|独立|(.)不\\1.|9[258]"
)  # one look, where there is mostly nothing
_REWRITES = (
    # 前轮用的什么悬挂
    (regex(rf"{_PLACE}(?P<asked>(?:{_ASKED})+)(?P<part>{_PART})(?![盘鼓])"), r"\g<end>\g<part>\g<asked>"),
    # 后面是独立悬挂吗
    (
        regex(rf"{_PLACE}(?:是|用的?|采用)(?P<kind>[^,。的是吗有没]{{2,5}}?)(?P<part>悬挂|悬架)"),
        r"\g<end>悬架是\g<kind>\g<part>",
    ),
    # 后轮是碟刹不, 后面刹车盘还是鼓
    (
        regex(rf"{_PLACE}(?:刹车)?(?:是|用的?)?(?P<kind>(?:碟|盘|鼓)(?:式|刹)?(?:还是(?:碟|盘|鼓)(?:式|刹)?)?)(?=$|[吗么不没的嘛,。])"),
        r"\g<end>刹是\g<kind>刹",
    ),
    (regex(rf"{_PLACE}(?P<part>{_PART})"), r"\g<end>\g<part>"),
    (regex("(?P<end>[前后])(?P<kind>独立|非独立)(?:式)?(?:悬挂|悬架)"), r"\g<end>悬架是\g<kind>悬架"),
    (regex("(?P<kind>非独立|独立)(?:式)?的?(?P<end>[前后])悬(?:挂|架)?"), r"\g<end>悬架是\g<kind>悬架"),
    # 前后都有雷达的车: all that have one in front have one behind
    (regex("(?<![倒])前后?(?:面)?(?:都|也)?(?:有|带|配|装)?(?:了)?的?(?:倒车)?雷达"), "倒车雷达是前后"),
    # 92的能加不
    (regex(r"(?<!\d)(?P<number>9[258])号?(?:的)?(?:汽油|油)?(?P<may>能|可以|可不可以|能不能)加"), r"\g<may>加\g<number>"),
)  # fmt: skip


def in_order(text: str, known: Callable[[str], bool]) -> str:
    """``text`` with the parts of what it names side by side; ``known`` says whether something is a word."""
    if _ANY.search(text) is None:
        return text
    for pattern, plain in _REWRITES:
        text = pattern.sub(plain, text)
    return _REPEATED.sub(lambda found: _whole(found, known), text).replace("刹刹", "刹")


def _whole(found: re.Match[str], known: Callable[[str], bool]) -> str:
    """灵不灵活 is 灵活不灵活, 好不好掉头 is 好掉头吗, where 灵活 and 好掉头 are words."""
    word = found["first"] + found["rest"]
    asked = f"{word}不{word}"
    if known(asked):
        return asked
    return f"{word}吗" if known(word) else found.group()
