"""What breaks a talk: a standard question in between, a row pointed at by what ranks it, a year said from the car in focus."""

import pytest

from tests.kbqa.talking import Demo, talked

S5, C2, M9 = "云岚汽车 云岚S5", "云岚汽车 云岚C2", "星屿汽车 星屿M9"


@pytest.mark.parametrize("said", ["那就油车吧", "就要油车", "要烧汽油的"])
def test_after_a_standard_question_the_wishes_before_it_hold(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["20万以内的suv", "能贷款吗", said])
    assert turn.reply.rows_total == 4


def test_a_whole_new_query_after_a_standard_question_carries_nothing(demo: Demo) -> None:
    _, _, turn = talked(demo, ["30万以内的四驱车有哪些", "购车发票怎么开", "七座的有哪些"])
    assert turn.reply.rows_total == 3


def test_an_attribute_alone_after_a_standard_question_asks_and_offers_the_car_before_first(
    demo: Demo,
) -> None:
    _, _, turn = talked(demo, ["L8雅尚版多少钱", "能贷款吗", "有天窗吗"])
    assert turn.reply.answer_type == "clarify"
    assert turn.reply.suggestions[0] == "云岚L8 雅尚版"


@pytest.mark.parametrize("before", [[], ["第二个多少钱"]])
def test_a_row_pointed_at_by_a_ranking_is_the_one_that_ranks_first(before: list[str], demo: Demo) -> None:
    _, _, turn = talked(demo, ["云岚C2有哪些", *before, "续航最长的那款"])
    assert turn.reply.entities == (f"{C2} 2025款 活力版",)


def test_a_number_before_a_version_counts_the_cars_called_so(demo: Demo) -> None:
    _, _, turn = talked(demo, ["S5有哪几款", "两个尊享版油耗比一下"])
    assert set(turn.reply.entities) == {f"{S5} 2024款 尊享版", f"{S5} 2025款 尊享版"}


@pytest.mark.parametrize("said", ["老款呢", "老款行政呢", "25款的行政呢"])
def test_an_older_model_is_told_from_the_car_in_focus(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["M9 26款行政版多少钱", said])
    assert turn.reply.entities == (f"{M9} 2025款 七座行政版",)


def test_a_difference_of_one_car_is_asked_about(demo: Demo) -> None:
    _, _, turn = talked(demo, ["S5 25款尊享版多少钱", "差多少钱"])
    assert not turn.reply.entities
    assert turn.reply.answer_type != "answer"


def test_what_is_asked_behind_a_choice_is_of_the_one_chosen(demo: Demo) -> None:
    memory, _, turn = talked(demo, ["Q3城市版续航", "能拖车吗", "那就探索版吧 几天能提"])
    assert turn.reply.answer_source == "faq"
    assert memory.entities == ("星屿汽车 星屿Q3 2025款 探索版",)
