"""Courtesies around a question are taken off; what is asked, and a message that is courtesy alone, stay whole."""

import pytest
from hypothesis import given, settings
from hypothesis.strategies import from_regex

from chatbot.normalization import courtesy
from chatbot.normalization.courtesy import without_courtesies


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("请问保养灯怎么归零", "保养灯怎么归零"),
        ("你好,在吗,想问一下首付最低多少呀,谢谢", "首付最低多少"),
        ("麻烦问下三电质保多久 急", "三电质保多久"),
        ("嗯那个我想咨询下提车要带什么哈", "提车要带什么"),
        ("老师订了车多久能提", "订了车多久能提"),
        ("亲,能试驾吗?", "能试驾吗"),
        ("hi 续航多少", "续航多少"),
        ("不好意思打扰一下贷款要什么资料谢谢您啦", "贷款要什么资料"),
    ],
)
def test_courtesies_are_taken_off(said: str, asked: str) -> None:
    assert without_courtesies(said) == asked


@pytest.mark.parametrize(
    "said",
    [
        "您好啊",
        "请问在吗",
        "谢谢",
        "客服电话是多少",
        "买车第一步要干嘛",
        "续航呢",
        "电量低于20%",
        "问题反馈给谁",
        "刹车急不急",
        "",
        "???",
    ],
)
def test_what_is_asked_stays_whole(said: str) -> None:
    assert without_courtesies(said) == said


@settings(max_examples=300, derandomize=True)
@given(from_regex(courtesy._BEFORE, fullmatch=True))
def test_every_courtesy_at_the_start_is_looked_for(courtesies: str) -> None:
    assert courtesies[0] in courtesy._OPENING


@settings(max_examples=300, derandomize=True)
@given(from_regex(courtesy._AFTER))
def test_every_courtesy_at_the_end_is_looked_for(said: str) -> None:
    assert said[-1] in courtesy._CLOSING or not said[-1].isalnum()


def test_taking_them_off_twice_changes_nothing_more() -> None:
    once = without_courtesies("您好,麻烦问下保养灯怎么归零,谢谢哈")
    assert without_courtesies(once) == once == "保养灯怎么归零"


def test_a_long_row_of_courtesies_takes_linear_time() -> None:
    said = "请问" * 50_000 + "保养灯怎么归零" + "谢谢" * 50_000
    assert without_courtesies(said) == "保养灯怎么归零"
