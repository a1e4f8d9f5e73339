"""The forms a word takes in a question: 最大, 更大, 大一点, 大不大, 什么变速箱."""

from collections.abc import Mapping

from chatbot.planning.concepts import Way
from chatbot.planning.links import Strength

_MOST = ("最{}的", "最{}", "最为{}", "顶{}")
_MORE = (
    "更{}",
    "再{}",
    "{}一点",
    "{}点",
    "{}些",
    "{}一些",
    "更{}一点",
    "更{}点",
    "再{}点",
    "再{}一点",
    "比较{}",
    "{}点儿",
    "越{}越好",
    "偏{}",
    "更加{}",
)
_TOO = ("太{}", "太{}了", "有点{}", "有点儿{}", "有些{}", "嫌{}", "{}了点", "{}了些", "{}了一点")
_ASKED = ("{0}不{0}", "会不会{0}", "会不会很{0}", "会不会太{0}", "是不是很{0}", "是不是太{0}", "真{0}")
_NOT_TOO = ("不要太{}", "别太{}", "不能太{}", "不想太{}", "不太{}", "不是太{}", "别那么{}")
OTHER_WAY: Mapping[Way | None, Way | None] = {"up": "down", "down": "up", None: "worse", "worse": None}
PACE = frozenset("快慢猛")  # of what takes a time, that it is short; of all else that it is much
WHICH_KIND = (
    "{}是什么",
    "{}是啥",
    "{}是哪种",
    "{}是哪一种",
    "{}什么样",
    "{}有哪几种",
    "{}有几种",
    "{}都有哪些",
    "{}有哪些",
    "{}都有什么",
    "{}有什么",
    "{}种类",
    "什么{}",
    "啥{}",
    "哪种{}",
    "几种{}",
    "哪些{}",
)
_VERY = ("贼{}", "挺{}", "很{}", "特别{}", "超{}", "超级{}", "非常{}", "老{}", "巨{}", "够{}", "要{}的")


def only_compared(word: str) -> list[tuple[str, Strength]]:
    """最顶, 更拉胯: the forms of an adjective that means something else by itself (差多少, 好的)."""
    most: list[tuple[str, Strength]] = [(form.format(word), "most") for form in _MOST[:3]]
    return most + [(form.format(word), "more") for form in ("更{}", "更加{}", "更{}一点", "更{}些")]


def too_much(word: str) -> list[str]:
    """太贵了, 嫌慢, 不要太贵: it is the other way that is wished for."""
    noun, _, degree = word.rpartition("+")
    return [noun + form.format(degree) for form in (*_TOO, *_NOT_TOO)]


def forms(word: str) -> list[tuple[str, Strength]]:
    """Everything said of a word of degree; of 电池+大 with the noun in front: 电池最大, 电池大不大."""
    noun, plus, degree = word.rpartition("+")
    if plus:
        return [(noun + form, strength) for form, strength in forms(degree)]
    said: list[tuple[str, Strength]] = [(word, "plain")]
    said += [(form.format(word), "most") for form in _MOST]
    said += [(form.format(word), "more") for form in _MORE]
    return said + [(form.format(word), "plain") for form in (*_ASKED, *_VERY)]
