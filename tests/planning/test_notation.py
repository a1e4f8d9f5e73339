"""Signs, units and spoken measures in words: the same quantity, nothing added."""

import pytest

from chatbot.normalization.text import normalize
from chatbot.planning.notation import in_words
from chatbot.planning.spoken_names import SpokenNames

WRITTEN = {
    "unit before the sign": ("kw≥200的车", "不低于200kw的车"),
    "spaces round a sign": ("0-100 < 4s 且 100w以下", "百公里加速低于4秒且100w以下"),
    "过 before a quantity": ("最大扭矩过800nm的", "最大扭矩超过800nm的"),
    "千瓦 is a unit, not a thousand": ("一百二十千瓦以上", "一百二十kw以上"),
    "a number behind its unit": ("轴距两米九以上", "轴距2.9米以上"),
    "the same with seconds": ("零百三秒九以内", "零百3.9秒以内"),
    "或以上": ("20万或以上的suv", "20万以上的suv"),
    "一起 is no number": ("油耗和价格一起说下", "油耗和价格都说下"),
    "plus between words": ("油耗+价", "油耗和价格"),
    "一下 behind a unit": ("五百块一下的", "五百块以下的"),
    "what is counted": ("套餐有几份", "套餐有几个"),
    "from nought to a hundred": ("从静止加速到一百公里需要几秒", "百公里加速需要几秒"),
    "at a hundred kilometres": ("一百公里几升油", "几升油"),
    "seats counted": ("两个座的跑车", "两座的跑车"),
    "the size of a charged engine": ("2.0t以上的suv", "排量2.0升以上的suv"),
}


@pytest.mark.parametrize(("said", "meant"), WRITTEN.values(), ids=WRITTEN)
def test_notation_is_put_in_words(said: str, meant: str) -> None:
    assert in_words(normalize(said)) == meant


@pytest.mark.parametrize(
    "said",
    ["4s店在哪", "pure+版价格", "不过20万的", "跑过20万公里", "两秒一次", "15~20w的suv", "0-100%", "车重2.0t以上", "一起步就抖"],
)  # fmt: skip
def test_what_only_looks_like_notation_stays(said: str) -> None:
    assert in_words(normalize(said)) == normalize(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("我要墨砚十二多少钱", "我要墨砚12多少钱"),
        ("墨砚十多少钱", "墨砚十多少钱"),
        ("乐游三4加64", "乐游3 4+64"),
        ("乐游三8加1t", "乐游3 8+1tb"),
        ("2加2", "2加2"),
    ],
)
def test_numbers_behind_characters_and_added_are_those_of_names(said: str, meant: str) -> None:
    assert SpokenNames(["墨砚12", "乐游3", "4+64", "8+1tb"]).written(said) == meant


def test_numerals_of_names_are_written_in_digits_where_a_name_has_them() -> None:
    names = SpokenNames(["海豹06gt", "505海浪版", "112km 尊贵型"])
    assert names.written("海豹零六gt五零五海浪版") == "海豹06gt 505海浪版"
    assert names.written("一百一十二公里尊贵型") == "112km尊贵型"
    assert names.written("三零三号") == "三零三号"
    assert names.written("一百一十二公里以上") == "一百一十二公里以上"
