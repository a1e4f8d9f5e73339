"""Ways of saying the same: mechanical rewordings of a question that leave its meaning alone, for metamorphic tests.

None of them is taken from a question set; each kind is one fact about Chinese (who is addressed, which particles end a
question, which adverbs colour it, what may stand in front or behind).
"""

import random
from collections.abc import Callable, Iterator, Mapping

ADDRESSED = (
    "掌柜的，",
    "同志，",
    "小伙子，",
    "姑娘，",
    "经理你好，",
    "您好哈，",
    "喂，",
    "大兄弟，",
    "hello，",
    "先生，",
    "店家，",
)
FRAMES = (
    "俺想问问", "咱就想知道", "劳烦您给瞧瞧", "能否告知", "可否帮忙看看", "烦请告知一下", "我就问一句，", "帮俺查一查",
    "顺便打听一句，", "能不能跟我讲讲", "有谁清楚", "冒昧问下", "我寻思问问", "给个准话，", "替我查下", "你晓得", "想请教您",
    "我比较关心", "我有点好奇", "话说", "所以说", "那就是说，", "额那个，", "呃就是", "嗯嗯，",
)  # fmt: skip
ENDINGS = (
    "呢", "啊", "呀", "嘞", "咧", "噻", "哩", "哈", "呗", "嘛", "来着", "哇", "，谢谢啦", "，麻烦您了", "，多谢多谢", "，急用",
    "，求告知", "，在线等", "？？", "~", "，劳驾了", "，帮个忙", "，辛苦啦", "，感激不尽", "哦，谢谢",
)  # fmt: skip
ASIDES = (
    "我下个月结婚，", "家里刚添了二胎，", "刚拿到驾照，", "老婆催得紧，", "我是个上班族，", "之前那台旧车卖了，", "听邻居讲的，",
    "别嫌我啰嗦，", "第一回买车没经验，", "预备过年回老家用，",
)  # fmt: skip
POLITE_FROM = next(at for at, said in enumerate(ENDINGS) if said.startswith("，"))
LOOKUP_FORMS = (
    "{e}{a}", "{e}的{a}", "{e}的{a}是多少", "{e}{a}多少", "{e}{a}咋样", "{e}{a}如何", "{a}，{e}的", "{e}，{a}呢", "{e}这车{a}",
    "{e}它的{a}", "{e} {a}", "{a} {e}", "问{e}的{a}", "{e}的{a}给说一下", "{e}在{a}方面是多少", "关于{e}的{a}", "{e}的{a}数据",
    "{e}那款车的{a}", "查{e}{a}", "{e}{a}参数", "说说{e}{a}", "{e}的{a}大概什么水平", "报下{e}{a}", "就{e}的{a}", "{a}是多少啊{e}",
    "想了解{e}{a}情况", "{e}，我想知道它的{a}", "{e}这款的{a}有多少", "{e}具体{a}", "{e}官方{a}",
)  # fmt: skip
FILTER_JOINS = (
    "{}的车有哪些", "{}的车", "有{}的车吗", "{}有啥车", "{}", "找{}的车", "想要{}的", "哪些车是{}的", "{}的都给我列出来",
    "{}的车型都有谁", "求{}的车", "给整几个{}的", "{}的有哪几款啊", "推荐下{}的车", "看看{}的车都有什么", "符合{}的车型",
    "满足{}这些条件的车", "条件是{}", "要求{}", "{}的车型清单", "筛选{}的", "把{}的车列出来", "{}的话有什么车", "你们有没有{}的车",
)  # fmt: skip
TOP_FORMS = (
    "{c}里{d}的是哪款", "{d}的{c}", "{c}哪个{d}", "哪款{c}{d}", "{d}的{c}是哪个", "{c}中谁{d}", "{c}当中{d}的", "求{d}的{c}",
    "{c}，{d}的那个", "所有{c}里面{d}的", "找出{d}的{c}", "{c} {d}", "什么{c}{d}", "{c}里头数谁{d}", "{d}的{c}叫什么", "给我{d}的{c}",
    "要说{c}，{d}的是谁", "在{c}里挑{d}的", "{d}的是哪款{c}", "{c}排{d}的",
)  # fmt: skip
COMPARE_FORMS = (
    "{a}和{b}哪个{d}", "{a}跟{b}比谁{d}", "{a}{d}还是{b}{d}", "{a}与{b}相比哪款{d}", "{a}、{b}，{d}的是哪个", "{a}vs{b}谁更{d}",
    "{a}对比{b}哪台{d}一些", "{a}比{b}{d}吗", "拿{a}和{b}比，谁{d}", "{a}同{b}两款车谁{d}点", "在{a}和{b}之间哪个更{d}",
    "{a}和{b}这两款哪个要{d}", "{a} {b} 谁{d}", "{a}跟{b}，哪个{d}些", "{b}和{a}比起来哪个{d}",
)  # fmt: skip


Maker = Callable[[str, random.Random], str]


def _ended(question: str, draw: random.Random) -> str:
    """With another particle or courtesy behind it; a question that ends in 吗 or 没 keeps that."""
    said = question.rstrip("？?。")
    if said.endswith(("吗", "呢", "么", "没", "不", "吧")):
        return said + draw.choice(ENDINGS[POLITE_FROM:])
    return said + draw.choice(ENDINGS)


KINDS: Mapping[str, Maker] = {
    "addressed": lambda question, draw: draw.choice(ADDRESSED) + question,
    "frame": lambda question, draw: draw.choice(FRAMES) + question,
    "ending": _ended,
    "aside": lambda question, draw: draw.choice(ASIDES) + question,
    "all": lambda question, draw: (
        draw.choice(ADDRESSED) + draw.choice(FRAMES) + question + draw.choice(ENDINGS[POLITE_FROM:])
    ),
}


def around(question: str, seed: int) -> Iterator[tuple[str, str]]:
    """One rewording of each kind of a whole question; the same for the same ``seed``."""
    draw = random.Random(seed)
    return ((kind, make(question, draw)) for kind, make in KINDS.items())
