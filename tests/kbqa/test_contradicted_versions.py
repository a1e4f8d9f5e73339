"""A version that is named with what it is not is said not to be there; talks that lost their series, or ended."""

import pytest

from tests.kbqa.talking import Demo, talked
from tests.kbqa.test_ways_of_asking import talk
from tests.real_cars import needs_cars

NOT_THERE = (
    ("C型号四驱智享版多少钱",),
    ("C型号多少钱", "四驱智享版"),
    ("青羽E6 四驱先锋版多少钱",),
    ("青羽E6多少钱", "后驱疾风版"),
    ("松峦Q5 四驱乐享版多少钱",),
    ("松峦Q5多少钱", "两驱尊贵版"),
    ("星屿M9 六座行政版多少钱",),
    ("星屿M9多少钱", "五座商务版"),
    ("青羽E6多少钱", "2023款的"),
)
THERE = (
    ("C型号四驱性能版多少钱", "四驱性能版"),
    ("松峦Q5 四驱版多少钱", "四驱尊贵版"),
    ("星屿M9七座商务版多少钱", "七座商务版"),
    ("青羽E6 2026款长续航版多少钱", "长续航版"),
)
NOT_THERE_OF_REAL_CARS = (
    ("红旗H9多少钱", "2.0T旗领版"),
    ("红旗H9 3.0T旗畅版多少钱",),
    ("红旗H9 2025款旗领多少钱",),
    ("红旗H9多少钱", "2025款旗领"),
    ("凯美瑞 3.0L豪华版多少钱",),
    ("汉兰达多少钱", "五座精英版"),
    ("途观L 300TSI 四驱多少钱",),
    ("汉EV多少钱", "四驱尊贵"),
    ("Model 3多少钱", "2019款"),
    ("RAV4荣放 1.5T风尚版多少钱",),
    ("护卫舰07 205KM尊荣型",),
)


@pytest.mark.parametrize("turns", NOT_THERE, ids=" ".join)
def test_a_version_with_another_drive_seats_or_year_is_not_replaced(turns: tuple[str, ...]) -> None:
    reply = talk(*turns)
    assert reply.answer_type == "fallback"
    assert not reply.evidence


@pytest.mark.parametrize(("said", "version"), THERE)
def test_a_version_named_with_what_it_is_is_told(said: str, version: str) -> None:
    assert {name.split()[-1] for name in talk(said).entities} == {version}


@pytest.mark.parametrize("said", ["C型号后驱智享版是四驱吗", "松峦Q5两驱乐享版有四驱吗"])
def test_whether_it_is_so_is_a_question(said: str) -> None:
    assert talk(said).answer.startswith("不是")


def test_the_versions_that_are_there_are_offered_and_go_on_with_what_was_asked() -> None:
    chips = talk("青羽E6 四驱先锋版多少钱").suggestions
    assert any("后驱先锋版" in chip for chip in chips)
    reply = talk("青羽E6 四驱先锋版多少钱", next(chip for chip in chips if "后驱先锋版" in chip))
    assert "17.98万" in reply.answer


@needs_cars
@pytest.mark.parametrize("turns", NOT_THERE_OF_REAL_CARS, ids=" ".join)
def test_no_real_car_is_told_in_place_of_one_that_is_not_there(real: Demo, turns: tuple[str, ...]) -> None:
    turn = talked(real, turns)[2]
    assert turn.reply.why == "refused: unknown_entity"
    assert not turn.values


@needs_cars
@pytest.mark.parametrize(
    ("turns", "series"),
    [(("718有吗", "多少钱"), "保时捷718"), (("护卫舰07 205KM尊荣型", "四驱的多少钱"), "护卫舰07")],
    ids=["years to choose from", "after a version that is not there"],
)
def test_the_series_is_kept(real: Demo, turns: tuple[str, ...], series: str) -> None:
    memory, _, turn = talked(real, turns)
    graph = real[1].graph
    names = memory.shown or tuple(option.value for option in memory.pending.options)  # type: ignore[union-attr]
    assert turn.reply.answer_type in ("clarify", "fallback")
    assert {graph.by_name[name].keywords[1] for name in names} == {series}


@pytest.mark.parametrize("said", ["那选哪个", "该买哪款好"])
def test_which_to_take_after_one_car_is_asked_of_its_series(said: str) -> None:
    reply = talk("青羽E6四驱疾风版多少钱", said)
    assert reply.rows is not None
    assert {row.entity.split()[0] for row in reply.rows} == {"青羽E6"} or reply.rows_total == 4


@pytest.mark.parametrize(
    ("turns", "rows"),
    [(("中间价位的有啥",), 14), (("纯电的有哪些", "中间价位的有啥"), 5), (("价位适中的轿车",), 6)],
    ids=["of all", "of the list", "of a kind"],
)
def test_the_middle_third_by_price_is_of_what_is_looked_at(turns: tuple[str, ...], rows: int) -> None:
    reply = talk(*turns)
    assert reply.rows_total == rows
    assert reply.plan is not None
    assert [c.op for c in reply.plan.conditions[-2:]] == [">=", "<="]  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["五个人坐够吗", "五个人够坐吗", "五口人坐得下吗"])
def test_people_to_be_seated_are_seats(said: str) -> None:
    reply = talk("青羽E6四驱疾风版多少钱", said)
    assert reply.plan is not None
    assert reply.plan.op == "verify"
    assert reply.answer.count("是的") == 1
