"""Frames, background, dialect, corrections, notation and two questions at once, over the demo graph."""

import pytest

from chatbot.reply import GraphEvidence, Reply
from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "background before it": ("我年纪大了怕托底，想知道北辰X7进阶版2025款的离地间隙是多少毫米", "北辰X7进阶版2025款的离地间隙"),
    "a frame inside": ("嗯 那个 我就是想问一下，麻烦帮忙看看续航六百公里以上的纯电车", "续航600公里以上的纯电车"),
    "dialect": ("有咩車係三十萬以下嘅四驅", "30万以下的四驱车有哪些"),
    "a feature taken apart": ("青羽E3悦动版的方向盘冬天能不能加热", "青羽E3悦动版有方向盘加热吗"),
    "a corrected bound": ("15万不对是20万以内的SUV", "20万以内的SUV"),
    "a corrected value": ("要四驱的，哦不，两驱的suv", "两驱的SUV有哪些"),
    "broken off": ("20万以内混……不，纯电的轿车", "20万以内的纯电轿车"),
    "a corrected thing": ("E6疾风版的续航，不对，E3悦动版的", "E3悦动版的续航"),
    "kilowatts in Chinese": ("一百二十千瓦以上的车", "功率120kW以上的车"),
    "a unit first": ("kw≥200的车有哪些", "功率200kW以上的车"),
    "a little more": ("二十万出头的suv", "20万到22万的SUV"),
}  # fmt: skip


def told(reply: Reply) -> set[tuple[str, str]]:
    """Entity and attribute of each value that the reply rests on."""
    return {(value.entity, value.path[-1]) for value in reply.evidence if isinstance(value, GraphEvidence)}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_form_changes_nothing_of_what_is_found(one: str, other: str) -> None:
    assert rows(other)
    assert rows(one) == rows(other)


def test_a_correction_is_said_in_the_reply() -> None:
    reply = talk("E6疾风版的续航，不对，是价格")
    assert reply.answer.startswith("按您改口后的“价格”来答（不是“续航”）")
    assert told(reply) == {("青羽汽车 青羽E6 2025款 四驱疾风版", "经销商报价")}


def test_an_aside_that_may_have_been_a_condition_is_named() -> None:
    reply = talk("我妈爱跳广场舞，20万以内的SUV有哪些")
    assert rows("我妈爱跳广场舞，20万以内的SUV有哪些") == rows("20万以内的SUV有哪些")
    assert "没有当作条件" in reply.answer


def test_two_questions_that_are_no_single_query_are_both_answered() -> None:
    reply = talk("最便宜的SUV多少钱，最贵的轿车是哪款")
    assert {row.entity for row in reply.rows or ()} == rows("最便宜的SUV") | rows("最贵的轿车是哪款")
    assert {entity for entity, _ in told(reply)} >= {row.entity for row in reply.rows or ()}


def test_attributes_asked_one_after_the_other_stay_one_look_up() -> None:
    reply = talk("北辰X7旗舰版多少钱，质保几年")
    assert reply.plan is not None
    assert {path[-1] for path in reply.plan.attributes} == {"经销商报价", "整车质保"}


def test_a_half_that_cannot_be_answered_is_named_and_offered() -> None:
    reply = talk("E6先锋版多少钱，能飞吗")
    assert "17.98" in reply.answer
    assert "“能飞吗”这一问我没有把握" in reply.answer
    assert reply.suggestions[0] == "能飞吗"


def test_only_a_kind_is_a_condition_and_no_question_about_the_first_row() -> None:
    reply = talk("二十五万以内的纯电轿车有哪些", "那个只要四驱的")
    assert reply.plan is not None
    assert reply.plan.op == "filter"
    assert rows("二十五万以内的纯电轿车有哪些", "那个只要四驱的") == rows("25万以内四驱的纯电轿车有哪些")


def test_a_unit_alone_says_which_attribute_and_one_that_measures_many_does_not() -> None:
    assert {attribute for _, attribute in told(talk("E6先锋版多少kw"))} == {"最大功率(kW)"}
    assert not talk("X7旗舰多少毫升").evidence
