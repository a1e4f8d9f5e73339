"""Wordings of people quite unlike each other: each comes to what the plain wording comes to, or is told to be not on record."""

import pytest

from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "以 typed as 一": ("二十万一下的SUV", "20万以下的SUV"),
    "within, as the north says it": ("25万里头的四驱SUV", "25万以内的四驱SUV"),
    "a price by its first digit": ("1字头的纯电轿车有哪些", "10万到20万的纯电轿车有哪些"),
    "a tail of thousands": ("12万8到15万之间的车", "12.8万到15万的车"),
    "a denial of the south-west": ("莫要油车，15万以下的", "不要汽油车，15万以下的"),
    "cheaper than, in Cantonese": ("有冇平过十万嘅电动车", "10万以下的电动车"),
    "three rows of seats": ("三排座的车有哪些", "6座以上的车有哪些"),
    "how far on a tank": ("一箱油能跑一千公里往上的车", "综合续航1000公里以上的车"),
    "a feature by what it does by itself": ("后备箱自己会开的，15万以内", "有电动尾门的，15万以内"),
    "a verb parts the feature's name": ("座椅得加热的，10万以内", "有座椅加热的，10万以内"),
    "no verb that ends in 电 runs on electricity": ("能无线充电的车有哪些", "有手机无线充电的车有哪些"),
    "差不多 is no bad range": ("和C型号后驱智享版续航差不多的有哪些", "跟C型号后驱智享版续航接近的有哪些"),
    "the more the better": ("20万以内的电车，续航越长越好", "20万以内的电车，续航最长的"),
    "what is too much, and how much it may be": (
        "纯电轿车，续航短的不要，至少600公里",
        "纯电轿车，续航至少600公里",
    ),
    "an example is no condition": ("可否外接用电的SUV，比如烧水壶", "能对外放电的SUV"),
    "the best that one must spend": ("带天窗的车最低要准备多少钱", "带天窗的最便宜的车多少钱"),
    "hearsay and a courtesy before it": (
        "听同事说不错，就耽误您一分钟，星屿Q3城市版的综合油耗",
        "星屿Q3城市版的综合油耗",
    ),
    "a laugh behind it": ("10w以内最快的车是啥hhh", "10万以内最快的车"),
    "the range of the battery, as it goes": ("插混里纯电要能跑150公里以上的", "插混，纯电续航150公里以上的"),
    "who goes farthest on it": ("哪款增程纯电跑得最远", "增程里纯电续航最长的"),
    "each that a seat can do": ("座椅加热通风按摩都有的SUV", "有座椅加热、座椅通风、座椅按摩的SUV"),
    "pinyin with a space behind the number": ("you meiyou 10 wan yinei de suv", "有没有10万以内的SUV"),
    "so many places": ("得两个位嘅车", "两座的车"),
    "what it takes": ("烧95的SUV", "95号汽油的SUV"),
    "a slip in what is listed": ("增乘的车都有哪几款", "增程的车都有哪几款"),
    "older words": ("云岚S5 25款舒享版所用何种变速箱", "云岚S5 25款舒享版是什么变速箱"),
}


@pytest.mark.parametrize("case", SAME, ids=str)
def test_a_strangers_wording_has_the_rows_of_the_plain_one(case: str) -> None:
    said, plain = SAME[case]
    assert rows(said) == rows(plain) != set()


def test_some_wording_after_thousands_and_before_a_unit_stays_what_it_is() -> None:
    assert len(rows("帮我看一下20万以内的SUV")) == len(rows("20万以内的SUV"))


@pytest.mark.parametrize(
    "asked", ["指导价和成交价差得最多的是哪款", "E6智驾巅峰版功重比多少"], ids=["a difference", "a ratio"]
)
def test_what_no_column_holds_is_not_read_as_one_of_its_parts(asked: str) -> None:
    assert talk(asked).answer_type in ("fallback", "recommend")
    assert "没有" in talk(asked).answer


def test_a_used_car_is_not_priced_as_a_new_one() -> None:
    assert talk("想买个二手的C2多少钱").rows is None


def test_a_talk_in_pinyin_goes_on_in_it() -> None:
    assert rows("10wan yinei de suv", "na 12 wan yinei ne") == rows("12万以内的SUV")


def test_after_a_range_a_bound_outside_it_stands_instead() -> None:
    assert rows("20到25万的SUV", "10万以下呢") == rows("10万以下的SUV")


def test_too_dear_and_a_bound_ask_the_same_again_within_it() -> None:
    assert rows("哪款车加速最快", "多少钱", "太贵，30万以内的呢") == rows("30万以内哪款车加速最快")


def test_the_name_of_one_kind_goes_on_with_another_of_its_kind() -> None:
    asked = "云岚S5尊享版25款的气囊有几个"
    assert "膝部气囊 标配" in talk(asked, "膝部的有吗").answer
    assert "后悬架" in talk("E3悦动版前悬架", "后面的呢").answer


def test_how_many_of_what_it_was_said_to_have_and_another_question_since() -> None:
    begun = ("北辰X7旗舰版有没有激光雷达",)
    assert "激光雷达是3个" in talk(*begun, "几个").answer
    assert "摄像头个数" in talk(*begun, "摄像头呢", "礼遇版呢").answer


def test_a_value_asked_of_the_one_whose_values_were_told() -> None:
    assert "云岚C2 青春版" in talk("C2青春版的颜色", "有没有橙色").answer


def test_a_fresh_start_beside_a_question_forgets_what_was_said() -> None:
    assert rows("20万以上的SUV", "重来，10万以下的汽油车") == rows("10万以下的汽油车")


def test_each_of_two_counted_apart_is_counted() -> None:
    answer = talk("增程有几款，插混有几款").answer
    assert "插电式混合动力（8）" in answer and "增程式（6）" in answer


def test_all_of_a_series_are_verified_and_not_listed() -> None:
    assert talk("A型号是不是都有全景天窗").answer.startswith("是的")


def test_a_car_is_found_by_a_verb_of_finding_and_chosen_by_one_of_buying() -> None:
    assert talk("帮我找四驱SUV").answer_type == "answer"
    assert talk("推荐四驱SUV").answer_type == "clarify"
