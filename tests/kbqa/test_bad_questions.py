"""Questions that cannot be met: said plainly, with no value and no crash."""

import pytest

from tests.kbqa.test_ways_of_asking import talk


@pytest.mark.parametrize(
    "said", ["20万以上10万以下的车", "20万以上10万以下的给我找找", "续航600以上400以下的SUV"]
)
def test_conditions_that_exclude_each_other_are_called_so(said: str) -> None:
    reply = talk(said)
    assert "矛盾" in reply.answer
    assert not reply.rows
    assert reply.suggestions


@pytest.mark.parametrize("said", ["续航30万的车", "价格500公里以内的车", "轴距20万以上的SUV"])
def test_a_unit_of_another_dimension_is_named_and_nothing_is_shown(said: str) -> None:
    reply = talk(said)
    assert "单位" in reply.answer
    assert not reply.evidence


def test_a_thousand_conditions_in_words_are_read_as_far_as_a_question_goes() -> None:
    reply = talk("，".join(["续航500公里以上", "30万以内", "四驱", "不要增程"] * 250) + "的车有哪些")
    assert reply.answer
    assert reply.plan is None or len(reply.plan.conditions) <= 1000


@pytest.mark.parametrize(
    "said", ["的" * 500, "？！…" * 200, "20万" * 300, "和" * 300 + "X7旗舰版", "\u200b\ud800旗舰版多少钱"]
)
def test_text_without_sense_gets_a_reply_and_a_way_on(said: str) -> None:
    reply = talk(said)
    assert reply.answer
    assert reply.suggestions


def test_a_part_of_an_attribute_that_is_asked_by_mistake_is_looked_up_where_it_stands() -> None:
    reply = talk(
        "松松峦Q5 2024款 两驱乐享版最高车是多少"
    )  # 最高车速 with a letter missing: the height is heard
    assert reply.answer_type == "answer"
    assert reply.attribute == "车身/长*宽*高(mm)"
