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
