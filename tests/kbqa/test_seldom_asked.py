"""What is asked of one car or of all that is seldom asked: names of a letter, values of few numbers, parts, two of a series."""

import pytest

from chatbot.normalization.approximate import ApproximateFinder
from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "a letter and a version": ("B舒适极速", "B型号舒适版的最高车速"),
    "a letter and a part of a version": ("C智享 极速", "C型号后驱智享版的最高车速"),
    "a letter that is said again": (
        "A标续 A长续 B豪华25 后备箱容积",
        "A型号标续、A型号长续和B型号2025款豪华版的后备厢容积",
    ),
    "a version between a series and another version": ("R1逐风赛道哪个快", "R1逐风版和R1赛道版哪个快"),
    "a year in two characters behind a number": ("S5二五舒享加92还是95", "S5 2025款舒享版的燃油标号"),
    "how it is made": ("T3精英版后悬是什么结构", "T3精英版的后悬架类型"),
    "how many of what is short": ("L8御享排气几根", "L8御享版的排气管个数"),
    "the other makes": ("除了青羽 其他牌子的纯电车有哪些", "不要青羽，纯电车有哪些"),
    "both ends behind what they are of": ("M9 26 行政 轮胎规格前后", "M9 26款行政版前轮胎规格和后轮胎规格"),
    "one of two values": ("E3悦动版无钥匙进入是全车还是只有主驾", "E3悦动版的无钥匙进入"),
    "as many things or more": ("12个扬声器以上的SUV", "扬声器个数不少于12个的SUV"),
    "half a year without a 年": ("2024上半年上市的", "2024年1月到2024年6月上市的车"),
    "the smallest battery": ("电池最小的插混", "插电混动里电池容量最小的"),
    "the oldest": ("最老的SUV是哪款", "上市最早的SUV"),
    "golden": ("想要金色的车", "车身颜色有金的车有哪些"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=str)
def test_what_is_seldom_asked_has_the_rows_of_the_plain_question(case: str) -> None:
    said, plain = SAME[case]
    assert rows(said) == rows(plain) != set()


@pytest.mark.parametrize("asked", ["T3手动版离合重不重", "T3的离合器多少钱"], ids=["its weight", "its price"])
def test_what_is_asked_of_a_clutch_is_not_told_of_the_gearbox_or_the_car(asked: str) -> None:
    reply = talk(asked)
    assert not reply.rows and "没有“离合" in reply.answer


@pytest.mark.parametrize("asked", ["SUV的轮圈有哪些尺寸", "SUV的轮圈尺寸有哪些"])
def test_few_values_of_what_is_measured_are_told_one_by_one(asked: str) -> None:
    assert "轮圈尺寸有 5 种：19英寸（5）" in talk(asked).answer


def test_many_values_of_what_is_measured_are_not_told_one_by_one() -> None:
    assert "种：" not in talk("电池容量有哪些").answer


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("A长续半小时能充满", "不是"),
        ("A标续快充一个小时能充满", "是的"),
        ("C2青春能直流快充吗", "不是"),
        ("R1逐风支持直流快充不", "是的"),
    ],
)
def test_whether_one_car_is_charged_so_fast_is_checked(asked: str, told: str) -> None:
    assert talk(asked).answer.startswith(told)


def test_of_two_names_that_sound_alike_the_one_that_shares_a_character_is_meant() -> None:
    finder = ApproximateFinder(["几速", "极速"], min_slip_length=4, cutoff=75.0)
    near = finder.nearest("极素")
    assert near is not None and near.name == "极速"
