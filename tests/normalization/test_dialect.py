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
    "Taiwanese boot and litres": ("後車廂容積有幾公升", "后备厢容积有几升"),
    "Taiwanese model year and seats": ("2026年式的七人座", "2026款的七座"),
}


@pytest.mark.parametrize(("said", "plain"), SAID.values(), ids=SAID)
def test_dialect_becomes_plain_wording(said: str, plain: str) -> None:
    assert Dialect().plain(normalize(said)) == plain


@pytest.mark.parametrize(
    "said", ["宝马5系的车系有哪些", "最平价的车", "便宜点啊", "旁边个门", "平均油耗多少", "同价位的车"]
)
def test_plain_mandarin_stays_as_it_is(said: str) -> None:
    assert Dialect().plain(normalize(said)) == normalize(said)


def test_the_operators_words_win_and_a_name_of_the_graph_is_left_alone() -> None:
    dialect = Dialect({"跑车": ("咩车",), "多少钱": ("几多蚊",)}, ["靓点版"])
    assert dialect.plain("咩车几多蚊") == "跑车多少钱"
    assert dialect.plain("靓点版") == "靓点版"
