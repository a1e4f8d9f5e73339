"""What is asked of one car or of all that is seldom asked: names of a letter, values of few numbers, parts, two of a series."""

import pytest

from chatbot.normalization.approximate import ApproximateFinder
from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "less than so many seconds": ("零百破4的电车都有啥", "加速4秒以内的纯电车，不含4秒"),
    "not even given": ("连自动紧急制动都不给的是哪些", "没有自动紧急制动的车"),
    "as it is typed in fun": ("云岚滴车最便宜嘞是哪锅", "云岚的车最便宜的是哪个"),
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
    "what is said of a noun is a condition": ("电机前置的纯电车", "电机布局是前置，纯电"),
    "and so it is in a clause": ("电池是液冷的SUV", "电池冷却方式是液冷，SUV"),
    "two of what is counted": ("两个排气管的车", "排气管个数是2个的车"),
    "outlets": ("四出排气的车", "排气管个数是4个的车"),
    "two motors": ("两个电机的车", "双电机的车"),
    "a part of last year": ("去年下半年出的SUV", "2025年7月到2025年12月上市的SUV"),
    "two years side by side": ("S5 24款25款尊享版价格", "S5 24款尊享版和25款尊享版价格"),
    "the new and the old": ("E3智行版新款老款价格", "E3智行版26款和25款价格"),
    "a number before what it is of": ("10.25的仪表是哪些车", "液晶仪表尺寸等于10.25英寸的车"),
    "a count of another measure word": ("E6智驾巅峰版几块电机", "E6智驾巅峰版的驱动电机数"),
    "a value beside the name says which": ("Q5 25款两驱有座椅加热没", "松峦Q5 2025款两驱乐享版有座椅加热吗"),
    "metres that are left out": ("轴距2.8以上的SUV", "轴距2.8米以上的SUV"),
    "centimetres that are left out": ("离地19以上的SUV", "最小离地间隙19厘米以上的SUV"),
    "how long without a unit": ("车长4.9以上的轿车", "车长4.9米以上的轿车"),
    "tonnes that are left out": ("重量2以上的SUV", "整备质量2吨以上的SUV"),
    "as long as another": ("和L8雅尚版一样长的轿车有哪些", "和L8雅尚版车长接近的轿车有哪些"),
    "as heavy as another": ("跟E6先锋版差不多重的车", "跟E6先锋版整备质量接近的车"),
    "a tyre by its code": ("225/55 R18轮胎的是哪个车", "前轮胎规格是225/55 R18的车"),
    "a seat by its other name": ("E3悦动版座位材质", "E3悦动版的座椅材质"),
    "what a car is not able to": ("不能外放电的电车", "没有对外放电的电车"),
    "what it cannot, in other words": ("没法外放电的电车", "没有对外放电的电车"),
    "what it does not do by itself": ("不会自己停车的SUV", "没有自动泊车的SUV"),
    "able or not is no denial": ("T3会不会自己停车", "T3有自动泊车吗"),
    "what must not be exceeded is no denial": ("不能超过20万的SUV", "20万以内的SUV"),
    "a colour by the whole of its name": ("月光白色的车", "月光白的车"),
    "seats behind a year": ("M9行政26 座椅材质", "M9 26款行政版的座椅材质"),
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


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("R1赛道版几个电机 怎么布置的", ("驱动电机数 三电机", "电机布局 前置+后置")),
        ("M9商务版 百公里几个油 几度电", ("综合油耗 5.8", "百公里耗电量 23.5")),
    ],
    ids=["motors", "what it burns and draws"],
)
def test_of_two_things_asked_in_a_row_both_are_told(asked: str, told: tuple[str, str]) -> None:
    assert all(one in talk(asked).answer for one in told)


def test_not_very_dear_ranks_the_cheap_first() -> None:
    found = talk("不会很贵的SUV").rows or ()
    assert [row.entity for row in found][:1] == ["云岚汽车 云岚S5 2024款 舒享版"]


def test_what_is_as_long_is_not_told_by_its_price() -> None:
    assert "报价差不多" not in talk("和L8雅尚版一样长的轿车有哪些").answer


def test_the_denial_before_the_place_is_of_its_suspension() -> None:
    reply = talk("非独立后悬的车")
    assert "扭力梁" in reply.answer


def test_what_a_car_may_tow_is_not_what_it_weighs() -> None:
    reply = talk("A型号长续航版的拖车重量上限")
    assert not reply.rows


def test_half_a_year_of_no_year_is_no_time_that_anything_lasts() -> None:
    assert not talk("下半年上市的车").rows


def test_boxes_that_are_counted_are_no_price() -> None:
    assert "报价" not in talk("屁股能塞五个箱子的车").answer


@pytest.mark.parametrize("asked", ["五个箱子的SUV", "四个座椅加热的SUV"], ids=["unknown", "not counted"])
def test_what_is_counted_and_cannot_be_is_no_price(asked: str) -> None:
    reply = talk(asked)
    assert not reply.rows and "报价" not in reply.answer


def test_a_lap_is_no_misheard_word_of_the_graph() -> None:
    reply = talk("R1赛道版圈速")
    assert not reply.rows and "没有“圈速”" in reply.answer


def test_features_asked_of_a_version_of_two_years_ask_which_of_these() -> None:
    reply = talk("S5尊享的后排出风口 后排座椅加热 无线充")
    assert reply.answer_type == "clarify" and "手机无线充电" in reply.answer and "2 款" in reply.answer


@pytest.mark.parametrize("asked", ["哪个牌子的SUV最多", "哪个品牌轿车最多"])
def test_which_make_has_the_most_of_a_kind_is_counted(asked: str) -> None:
    assert "品牌有 5 种" in talk(asked).answer


def test_a_size_in_inches_is_that_size_and_may_be_reached_where_it_is_checked() -> None:
    assert len(rows("15.6寸中控屏的车")) == 11
    assert len(rows("15寸中控屏的车")) > len(rows("15.6寸中控屏的车"))
    assert talk("L8御享中控屏有15寸吗").answer.startswith("是的")


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


def test_of_two_that_were_compared_the_cheaper_one_is_asked_about() -> None:
    said = ("E6 2025款四驱疾风版和S5 25款尊享版哪个便宜", "便宜的几座")
    assert talk(*said).answer.startswith("云岚S5 2025款 尊享版的座位数是5")
