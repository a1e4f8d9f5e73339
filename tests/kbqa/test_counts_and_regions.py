"""As many as are said, values in Latin letters, the first of those compared, and what is said in the regions of China."""

import pytest

from chatbot.knowledge_graph.plan_text import plan_text
from tests.kbqa.test_ways_of_asking import rows, talk

PIONEER = "青羽汽车 青羽E6 2025款 后驱先锋版"
C_REAR, C_FOUR = "某汽车品牌 C型号 2026款 后驱智享版", "某汽车品牌 C型号 2026款 四驱性能版"


def planned(*said: str) -> str:
    found = talk(*said).plan
    return plan_text(found) if found else ""


@pytest.mark.parametrize(("said", "count"), [("续航最长的仨纯电", 3), ("最便宜的俩SUV", 2)])
def test_a_count_behind_a_superlative(said: str, count: int) -> None:
    assert len(talk(said).rows or ()) == count


def test_as_many_as_are_said_of_a_series_are_all_of_them_whatever_was_spoken_of() -> None:
    turns = ("油电混合最低多少钱", "SUV里的呢", "那B型号三款分别多少钱")
    assert {name.split()[1] for name in rows(*turns)} == {"B型号"}
    assert len(rows(*turns)) == 3


def test_the_most_of_those_told_shows_what_it_was_told_by() -> None:
    found = talk("B型号三款分别多少钱", "最省油的那款")
    assert "综合油耗 4.7" in found.answer
    assert "续航里程" in talk("12万以内自动挡的SUV", "续航长的那个").answer


@pytest.mark.parametrize("said", ["E-CVT变速箱的有哪些", "ecvt变速箱的有哪些"])
def test_a_value_with_a_dash_is_found_whole(said: str) -> None:
    found = talk(said)
    assert found.rows_total == 5
    assert "E-CVT" in found.answer


def test_the_one_of_the_series_that_has_a_value() -> None:
    assert talk("C型号后驱智享版多少钱", "四驱那款呢").entities == (C_FOUR,)
    assert rows("C型号后驱智享版多少钱", "四驱嗰款呢", "两款边个续航长") == {C_REAR, C_FOUR}


def test_those_of_the_few_compared_that_have_a_value() -> None:
    names = talk("T3手动和自动差多少钱", "自动的马力多大").entities
    assert names == ("北辰汽车 北辰T3 2024款 自动畅行版", "北辰汽车 北辰T3 2024款 自动精英版")


def test_a_year_and_a_value_go_on_with_what_was_asked() -> None:
    assert "15.68万" in talk("Q5四驱版多少钱", "两驱的呢", "24款两驱").answer


def test_what_is_asked_of_the_first_of_those_compared() -> None:
    answer = talk("云岚S5最高配多少钱", "最低配呢", "差几万", "最低配是手动还是自动").answer
    assert "手动变速箱" in answer


@pytest.mark.parametrize("asked", ["它和最贵的差多少", "它比最贵的便宜多少", "和最贵的差多少"])
def test_what_is_pointed_at_beside_the_first_of_the_other_end(asked: str) -> None:
    assert planned("最便宜的SUV", asked).startswith(
        "对比云岚汽车 云岚S5 2024款 舒享版、北辰汽车 北辰X7 2025款 旗舰版"
    )


def test_both_ends_are_compared_by_the_unit_that_is_said() -> None:
    assert "百公里加速时间" in planned("七座MPV最低配多少钱", "顶配比最低配快几秒")


def test_by_how_many_seconds_one_of_two_is_faster() -> None:
    assert planned("S5 25款舒享和尊享差价", "尊享快几秒").endswith("的百公里加速时间")


@pytest.mark.parametrize(("said", "way"), [("最大马力的车", "最高"), ("最高车速的是哪款", "最高")])
def test_an_attribute_that_says_which_end_ranks_the_cars(said: str, way: str) -> None:
    assert way in planned(said)
    assert "最大马力" in planned("最大马力的车", "第二大的呢")
    assert "取最" not in planned("X7旗舰版最大马力多少")


def test_a_cheaper_one_than_the_cheapest_there_is_none() -> None:
    assert talk("全系最便宜的是哪款", "还有没有便宜点的").answer_type == "fallback"


def test_an_attribute_of_a_brand_within_the_list_is_told() -> None:
    assert "综合油耗" in talk("云岚和松峦的suv哪个便宜", "松峦的油耗多少").answer


def test_the_versions_of_the_series_spoken_of_are_counted() -> None:
    assert "4 款" in talk("北辰X7旗舰版多少钱", "有几个版本").answer


def test_which_year_it_is_of() -> None:
    assert "2025.08" in talk("北辰X7旗舰版多少钱", "哪年的").answer


def test_the_one_of_just_now_is_the_one_spoken_of() -> None:
    assert talk("E6后驱先锋版多少钱", "刚才那个几座").entities == (PIONEER,)


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (("M9商务版多少钱", "伊油耗几化"), "5.8"),
        (("M9商务版多少钱", "搿部车几个座"), "7 个"),
        (("A型号长续航版啥辰光上市个",), "2021.09"),
        (("C2青春版多少钱", "有莫得天窗"), "天窗"),
        (("北辰X7旗舰版几钱", "同进阶版争几远"), "225km"),
        (("四驱车有哪些", "廿五万以下嘅呢"), "≤25万元"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_regional_wording_in_a_talk(turns: tuple[str, ...], said: str) -> None:
    assert said in talk(*turns).answer
