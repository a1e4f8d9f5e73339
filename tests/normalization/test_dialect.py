"""Cantonese and Taiwanese wording in plain words, the operator's table first."""

import pytest

from chatbot.normalization.dialect import Dialect
from chatbot.normalization.text import normalize

SAID = {
    "a question word and 的": ("有咩車係三十萬以下嘅四驅", "有什么车是三十万以下的四驱"),
    "not wanted": ("唔要純電嘅", "不要纯电的"),
    "cheapest": ("最平嘅電動車係邊架", "最便宜的电动车是哪款"),
    "whether": ("呢架車係咪四驅㗎", "这款是不是四驱"),
    "start over": ("重新嚟過", "重新来"),
    "it": ("佢幾錢", "它多少钱"),
    "two of them": ("E6同埋E3邊個平啲", "e6和e3哪款便宜点"),
    "you, and a wish": ("你哋有冇得拣嘅電動車", "你们有没有得选的电动车"),
    "by how much": ("同舒享版爭幾遠", "同舒享版差多远"),
    "about as much": ("同Q3價位差唔多", "同q3价位差不多"),
    "that one, cheaper": ("平嗰部幾錢", "便宜那款多少钱"),
    "Shanghai: it, how much": ("伊油耗几化", "它油耗多少"),
    "Shanghai: this one, when": ("搿部车啥辰光上市", "这款什么时候上市"),
    "Shanghai: 个 is 的": ("两驱个搿部几钿", "两驱的这款多少钱"),
    "Sichuan: has it none": ("有莫得天窗", "有没有天窗"),
    "Shanghai: whether": ("青春版阿有快充", "青春版有没有快充"),
    "two of them counted with 只": ("两只差几钿", "两款差多少钱"),
    "twenty-five": ("廿五万", "二十五万"),
    "滴 is 的": ("云岚滴车最便宜嘞是哪锅", "云岚的车最便宜的是哪个"),
    "Sichuan: how, how long": ("啷个订车，好久能提", "怎么订车,多久能提"),
    "the North-East: far too dear": ("老鼻子贵了", "很贵了"),
    "a car counted with 部": ("想买部七座车", "想买台七座车"),
    "Taiwanese boot and litres": ("後車廂容積有幾公升", "后备厢容积有几升"),
    "Taiwanese model year and seats": ("2026年式的七人座", "2026款的七座"),
}


@pytest.mark.parametrize(("said", "plain"), SAID.values(), ids=SAID)
def test_dialect_becomes_plain_wording(said: str, plain: str) -> None:
    assert Dialect().plain(normalize(said)) == plain


@pytest.mark.parametrize(
    "said",
    [
        "宝马5系的车系有哪些",
        "最平价的车",
        "好嘞",
        "一滴油都不剩了",
        "便宜点啊",
        "旁边个门",
        "平均油耗多少",
        "同价位的车",
        "等了好久",
        "全部车型",
        "伊兰特油耗",
        "买部分配件",
        "规格部分",
        "哪个搞定",
    ],
)
def test_plain_mandarin_stays_as_it_is(said: str) -> None:
    assert Dialect().plain(normalize(said)) == normalize(said)


def test_the_operators_words_win_and_a_name_of_the_graph_is_left_alone() -> None:
    dialect = Dialect({"跑车": ("咩车",), "多少钱": ("几多蚊",)}, ["靓点版"])
    assert dialect.plain("咩车几多蚊") == "跑车多少钱"
    assert dialect.plain("靓点版") == "靓点版"
