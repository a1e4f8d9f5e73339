"""Where no attribute is named: the nearest ones are asked about, and none of them is answered."""

import pytest

from chatbot.planning.near_attributes import NearAttributes
from tests.kbqa.test_ways_of_asking import knowledge, talk

NEAR = {
    "V4雅致版坡道上松刹车它往下溜咋办": "上坡辅助",
    "E6疾风版满格电一趟能溜达到哪个城市": "纯电续航里程",
    "C型号性能版悬挂自己会不会升起来": "空气悬架",
    "X7旗舰版手机往台子上一搁就充不": "手机无线充电",
    "S5 25款尊享版前轮中心到后轮中心的距离": "轴距",
}


@pytest.mark.parametrize(("said", "attribute"), NEAR.items(), ids=NEAR)
def test_what_is_likely_meant_is_asked_and_not_answered(said: str, attribute: str) -> None:
    reply = talk(said)
    assert not reply.evidence
    assert any(chip.endswith(attribute) for chip in reply.suggestions)
    assert attribute in reply.answer


def test_a_chip_is_a_question_with_that_answer() -> None:
    said = "V4雅致版坡道上松刹车它往下溜咋办"
    chip = next(one for one in talk(said).suggestions if "上坡辅助" in one)
    (evidence,) = talk(said, chip).evidence
    assert evidence.path[-1] == "上坡辅助"


def test_what_the_car_has_no_value_for_is_not_offered() -> None:
    reply = talk("T3精英版满格电一趟能溜达到哪个城市")  # it runs on petrol
    assert not any("T3" in chip and "纯电续航里程" in chip for chip in reply.suggestions)


@pytest.mark.parametrize("asked", ["", "的了吗", "zzzz", "🙂"])
def test_nothing_is_near_to_what_says_nothing(asked: str) -> None:
    assert knowledge().planner.near.nearest(asked, 3) == ()


def test_the_nearest_first_and_no_more_than_asked_for() -> None:
    near = NearAttributes(knowledge().planner.vocabulary)
    few, many = near.nearest("后备箱搁行李", 1), near.nearest("后备箱搁行李", 3)
    assert few == many[:1]
    assert few[0][-1].startswith("后备厢容积")
    assert near.nearest("后备箱搁行李", 3) == many


@pytest.mark.parametrize("said", ["X7旗舰版脚垫送不送", "E6疾风版遮阳帘有没有", "C型号性能版点烟器在哪"])
def test_nothing_is_offered_for_the_sake_of_a_word_that_asks(said: str) -> None:
    assert "您是想问" not in talk(said).answer
