"""What stands beside another thing that is asked, and what a word means by what was asked before."""

import pytest

from tests.kbqa.test_ways_of_asking import rows, talk


@pytest.mark.parametrize("asked", ["E3悦动版续航和快充", "E3悦动版快充和续航", "E3悦动版快充、续航各是多少"])
def test_a_number_beside_another_is_told_though_its_name_is_a_value_too(asked: str) -> None:
    answer = talk(asked).answer
    assert "430km" in answer
    assert "30分钟" in answer


def test_a_value_beside_a_feature_stays_a_wish() -> None:
    assert "快充、有天窗" in talk("要有快充和天窗的车").answer


def test_what_a_word_ranks_and_names_is_told_beside_attributes() -> None:
    answer = talk("E3悦动版 价格 续航 车长一起报下").answer
    assert all(name in answer for name in ("经销商报价", "纯电续航里程", "长*宽*高"))


def test_the_fastest_after_a_time_is_the_one_of_the_shortest() -> None:
    assert rows("A型号和E3快充要多久", "哪个最快") == {"青羽汽车 青羽E3 2026款 智行版"}


def test_the_fastest_of_those_whose_price_was_told_is_so_by_acceleration() -> None:
    assert "百公里加速" in talk("E6长续航版和C型号后驱智享版多少钱", "哪个最快").answer


@pytest.mark.parametrize("doubt", ["没有紫的？", "没有紫的吗", "就没有紫色的吗"])
def test_what_is_doubted_right_after_the_values_were_told_is_asked_of_the_same_car(doubt: str) -> None:
    found = talk("E3 2025款智行版有哪些颜色", doubt)
    assert found.entities == ("青羽汽车 青羽E3 2025款 智行版",)
    assert "不是" in found.answer


def test_what_a_list_shall_lack_is_a_condition() -> None:
    assert "没有天窗类型：找到" in talk("20万以内的SUV", "没有天窗的").answer


def test_other_cars_are_asked_for_where_those_spoken_of_are_turned_away() -> None:
    found = rows("E6长续航版和C型号后驱智享版哪个快", "不看轿车了 电动跑车有吗")
    assert {name.split()[1] for name in found} == {"星屿R1"}


@pytest.mark.parametrize(("which", "series"), [("后面那个呢", "云岚C2"), ("前面的那款呢", "青羽E3")])
def test_the_one_before_and_the_one_behind_of_two_series(which: str, series: str) -> None:
    chips = talk("E3和C2续航多少", which).suggestions
    assert chips and all(chip.startswith(series) for chip in chips)


@pytest.mark.parametrize("asked", ["插混和增程有啥不一样", "增程跟插混有哪些不同"])
def test_how_two_kinds_differ_is_no_list(asked: str) -> None:
    assert talk(asked).rows is None


@pytest.mark.parametrize("asked", ["C2活力版续航好多", "C2活力版价钿几化"])
def test_how_much_as_the_regions_ask_it(asked: str) -> None:
    found = talk(asked)
    assert {name.split()[1] for name in found.entities} <= {"云岚C2"}
    assert found.answer_source in ("kg", "guide")
    assert "纯电续航里程" in found.answer or "经销商报价" in found.answer


def test_a_bound_in_units_behind_one_without_is_of_another_thing() -> None:
    assert "经销商报价≤15万元" in talk("纯电 续航500往上 15个以内").answer


@pytest.mark.parametrize(
    ("said", "car"),
    [
        (("25智行多少钱",), "青羽E3 2025款 智行版"),
        (("M9有几种颜色 25商务",), "星屿M9 七座商务版"),
    ],
)
def test_a_short_year_before_the_name_of_a_version(said: tuple[str, ...], car: str) -> None:
    assert car in talk(*said).answer


def test_a_short_year_before_a_bound_is_a_number() -> None:
    assert "经销商报价≤25万元" in talk("25以内的SUV").answer


@pytest.mark.parametrize(("which", "car"), [("手动那个油耗呢", "2024款"), ("自动那款油耗呢", "2025款")])
def test_that_one_by_a_word_that_is_known_with_de(which: str, car: str) -> None:
    assert car in talk("S5 2024款和2025款舒享哪个便宜", which).answer


@pytest.mark.parametrize(
    ("asked", "ahead"),
    [
        ("E3悦动版和E6长续航版哪个续航长", "青羽E6"),
        ("E3悦动版和E6长续航版哪个贵", "青羽E6"),
        ("E3悦动版和E6长续航版哪个便宜", "青羽E3"),
        ("E6长续航版和E3悦动版对比一下续航", "青羽E6"),
    ],
)
def test_it_is_the_one_that_was_asked_for(asked: str, ahead: str) -> None:
    (one,) = talk(asked, "它快充多久").entities
    assert one.split()[1] == ahead


def test_the_dearer_one_is_told_where_it_is_asked_for() -> None:
    answer = talk("E3悦动版和E6长续航版哪个贵").answer
    assert "青羽E6 长续航版更高，差 11万元；青羽E3 悦动版更低，占优。" in answer
