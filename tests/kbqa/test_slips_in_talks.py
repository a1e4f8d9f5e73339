"""What is miswritten or said short in a conversation, and what it stands for."""

import pytest

from chatbot.knowledge_graph.plan_text import plan_text
from tests.kbqa.test_ways_of_asking import rows, talk


def planned(*said: str) -> str:
    found = talk(*said).plan
    assert found is not None
    return plan_text(found)


@pytest.mark.parametrize(
    ("slip", "plain"),
    [("想买个六做的SUV", "想买个六座的SUV"), ("7坐的车有哪些", "7座的车有哪些")],
)
def test_seats_written_as_they_sound(slip: str, plain: str) -> None:
    assert rows(slip) == rows(plain) != set()


def test_how_many_seats_it_has_is_not_what_was_asked_before() -> None:
    assert talk("E6长续航版多少钱", "它几坐").attribute == "属性/座位数(个)"


def test_which_one_has_it_written_with_the_other_na() -> None:
    wanted = ("七座的车有哪些", "四驱的是哪款")
    assert rows(wanted[0], "四驱的是那款") == rows(*wanted) != set()


def test_what_is_both_a_value_and_a_measure_is_ranked_when_it_is_asked_which_is_quick() -> None:
    assert "快充时间" in planned("E3 25款智行版和E3 26款智行版快充哪个快")


def test_the_dear_one_of_two_with_what_is_asked_of_it() -> None:
    both = ("R1逐风版和C型号四驱性能版哪个加速快", "便宜的那个续航")
    assert talk(*both, "贵的电池多少度").entities == ("星屿汽车 星屿R1 2026款 后驱逐风版",)
    assert talk(*both, "贵滴呢").entities == ("星屿汽车 星屿R1 2026款 后驱逐风版",)


@pytest.mark.parametrize(
    ("turns", "bounds"),
    [
        (("8万左右的车有哪些", "打错了 是18万"), "经销商报价≥16.2万元 且 经销商报价≤19.8万元"),
        (("20万以上的SUV", "说错了，是25万"), "经销商报价≥25万元"),
        (("20万以内的车", "不对 15万"), "经销商报价≤15万元"),
        (("8万左右的车有哪些", "说错了，18万以内"), "经销商报价≤18万元"),
        (("10到15万的车", "打错了，是20万"), "经销商报价≤20万元"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_a_number_corrected_is_bounded_as_the_wrong_one_was(turns: tuple[str, ...], bounds: str) -> None:
    assert bounds in planned(*turns)


def test_one_of_two_side_by_side_is_told_by_its_value() -> None:
    both = ("T3手动畅行版和自动畅行版差多少钱",)
    assert talk(*both, "自动的零百几秒").entities == ("北辰汽车 北辰T3 2024款 自动畅行版",)
    assert talk(*both, "自动的零百几秒", "手动的呢").entities == ("北辰汽车 北辰T3 2024款 手动畅行版",)


def test_a_wish_after_a_list_is_no_question_of_the_one_in_it() -> None:
    assert len(rows("有没有四驱的SUV", "手动的呢")) != 1


def test_one_more_in_dialect_keeps_the_wishes_before() -> None:
    assert rows("有没有四驱的SUV", "太贵了整个25以内的") == rows("25万以内的四驱SUV") != set()


def test_after_none_is_cheaper_the_cheapest_of_a_kind_is_of_all_of_that_kind() -> None:
    turns = ("C2青春版多少钱", "还有比这便宜的没", "那油车里头最便宜的呢")
    assert rows(*turns) == rows("最便宜的油车") != set()


def test_which_of_two_written_with_the_other_na() -> None:
    both = ("E3悦动版的电池多大", "C2 25款活力版的呢")
    assert rows(*both, "那个车身短一点") == rows(*both, "哪个车身短一点") != set()
    assert talk("E6长续航版多少钱", "那个后备箱大不大").entities == ("青羽汽车 青羽E6 2026款 长续航版",)


def test_the_other_one_with_what_is_asked_of_it() -> None:
    turns = ("12万以内续航400以上的纯电", "哪个电耗低", "另外那个后备箱多大")
    assert talk(*turns).entities == ("青羽汽车 青羽E3 2025款 悦动版",)
