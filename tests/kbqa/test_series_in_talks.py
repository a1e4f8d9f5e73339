"""A series named or pointed at in a conversation: within the list, instead of another, its versions, the former of two."""

import pytest

from chatbot.knowledge_graph.plan_text import plan_text
from tests.kbqa.test_ways_of_asking import rows, talk


def series(*said: str) -> set[str]:
    return {name.split()[1] for name in rows(*said)}


def test_a_series_named_while_a_choice_is_narrowed_down_narrows_it() -> None:
    assert series("我想买车，推荐一款", "青羽E6") == {"青羽E6"}


def test_a_series_named_after_a_list_is_told_within_its_conditions() -> None:
    found = talk("20万以内的车", "青羽E3")
    assert {row.entity.split()[1] for row in found.rows or ()} == {"青羽E3"}
    assert found.plan is not None
    assert "≤20万元" in plan_text(found.plan)


def test_a_series_that_the_list_has_none_of_is_spoken_of_by_itself() -> None:
    found = talk("15万以内的SUV", "青羽E6")
    assert found.answer_type == "clarify"
    assert found.plan is None


def test_how_many_of_a_series_there_are_is_asked_of_all_of_them() -> None:
    assert "3 款" in talk("10万以内的车", "青羽E3有几款").answer


@pytest.mark.parametrize("first", ["青羽E6长续航版多少钱", "青羽E6怎么样"])
@pytest.mark.parametrize("asked", ["这车有几个版本", "这个有几个版本", "它有哪几个版本"])
def test_the_versions_of_the_one_pointed_at_are_those_of_its_series(first: str, asked: str) -> None:
    found = talk(first, asked)
    assert found.rows_total == 4 or "4 款" in found.answer


def test_the_former_and_the_latter_of_two_series_are_these_series() -> None:
    both = ("松峦V4和星屿M9哪个便宜",)
    assert series(*both, "前者油耗") <= {"松峦V4"}
    assert series(*both, "后者有几款") <= {"星屿M9"}
    assert talk(*both, "后者几座").answer.count("松峦V4") == 0


def test_the_latter_is_known_though_one_of_the_former_was_spoken_of_in_between() -> None:
    found = talk("松峦V4和星屿M9哪个便宜", "前者油耗", "我要后者")
    assert "松峦V4" not in found.answer


def test_the_former_of_two_cars_is_that_car() -> None:
    found = talk("E6长续航版和C型号四驱性能版哪个快", "前者价格")
    assert found.entities == ("青羽汽车 青羽E6 2026款 长续航版",)


def test_too_dear_while_a_choice_is_narrowed_down_asks_for_the_cheap_ones_first() -> None:
    found = talk("我想买车，推荐一款", "太贵了")
    assert found.plan is not None
    assert "升序" in plan_text(found.plan)
    assert not found.plan.conditions


def test_cheaper_than_what_was_listed_is_one_bound_and_not_two() -> None:
    found = talk("20万以内的车", "太贵了")
    assert found.plan is not None
    assert plan_text(found.plan).count("经销商报价") <= 2  # the bound, and what it is sorted by
    assert len(found.plan.conditions) == 1


def test_a_car_that_the_list_holds_does_not_end_it() -> None:
    found = talk("20万以内的车", "青羽E3悦动版续航", "里面最便宜的是哪个")
    assert found.plan is not None
    assert "≤20万元" in plan_text(found.plan)
