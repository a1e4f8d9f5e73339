"""Operators on a graph small enough to check by eye."""

import pytest

from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.plan import (
    KEYWORDS,
    AllOf,
    AnyOf,
    Clause,
    Condition,
    Not,
    Path,
    Plan,
    keyword_level,
)
from chatbot.knowledge_graph.result import Result
from chatbot.knowledge_graph.summaries import listed
from tests.knowledge_graph.graphs import engine_of, tree

PRICE, SPEED, KIND = ("属性", "报价"), ("属性", "百公里加速时间"), ("属性", "级别")
SIZE, CHARGE, ROOF, LAUNCH = (
    ("属性", "长*宽*高(mm)"),
    ("属性", "充电时间"),
    ("属性", "天窗"),
    ("属性", "上市时间"),
)
TOP, WARRANTY, ALIAS = ("属性", "最高车速(km/h)"), ("属性", "质保"), ("属性", "售价")

CARS = [
    tree("甲 一", 报价="12万", 百公里加速时间="8s", 级别="中型SUV", 天窗="有", 上市时间="2023.05", **{"长*宽*高(mm)": "4700*1900*1600", "最高车速(km/h)": "200", "质保": "三年或10万公里"}),
    tree("甲 二", 报价="20万", 百公里加速时间="6.5s", 级别="中型轿车", 天窗="选配", 上市时间="2024.03", 充电时间="快充半小时，慢充8小时", **{"质保": "五年或15万公里"}),
    tree("乙 三", 报价="31.8万", 百公里加速时间="4秒", 级别="大型SUV", 天窗="全景天窗", 上市时间="2025.01", 充电时间="快充20分钟，慢充10小时", **{"长*宽*高(mm)": "5100*2000*1750"}),
    tree("乙 四", 报价="面议", 级别="中型SUV", 天窗="无", **{"最高车速(km/h)": "180"}),
    tree("丙 五", 售价="15万", 百公里加速时间="6.5s", 级别="(标配)中型轿车"),
]  # fmt: skip
ENGINE = engine_of(CARS)
ONE, TWO, THREE, FOUR, FIVE = (car["实体"]["名称"] for car in CARS)  # type: ignore[index]


def run(op: str, *conditions: Clause, engine: Engine = ENGINE, **rest: object) -> Result:
    return engine.run(Plan(op, conditions=conditions, **rest))  # type: ignore[arg-type]


def names(result: Result) -> list[str]:
    return [row.entity for row in result.rows]


def codes(result: Result) -> list[str]:
    return [note.code for note in result.notes]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(Condition(PRICE, "<=", 20, "万元"), [ONE, TWO], id="in another unit"),
        pytest.param(Condition(PRICE, "<", 200000), [ONE], id="bare number in the column's unit"),
        pytest.param(Condition(SPEED, "=", 6500 / 1000, "秒"), [TWO, FIVE], id="equal"),
        pytest.param(Condition(SPEED, "!=", 6.5), [ONE, THREE], id="unequal"),
        pytest.param(Condition(KIND, "contains", "suv"), [ONE, THREE, FOUR], id="contains in any case"),
        pytest.param(Condition(KIND, "=", "中型轿车"), [TWO, FIVE], id="equal with and without its mark"),
        pytest.param(Condition(ROOF, "has", "有"), [ONE, THREE], id="has"),
        pytest.param(Condition(ROOF, "has", "无"), [FOUR], id="has not"),
        pytest.param(Condition(ROOF, "has", "选配"), [TWO], id="optional"),
        pytest.param(Condition(LAUNCH, ">=", "2024"), [TWO, THREE], id="from a year"),
        pytest.param(Condition(LAUNCH, "<", "2024.03"), [ONE], id="before a month"),
        pytest.param(Condition(LAUNCH, "=", 2024), [TWO], id="year as a number"),
        pytest.param(Condition((*SIZE, "长"), ">", 5, "米"), [THREE], id="a part of a list"),
        pytest.param(Condition((*CHARGE, "慢充"), ">", 9, "小时"), [THREE], id="a part by its label"),
        pytest.param(Condition(WARRANTY, ">=", 12, "万公里"), [], id="unknown unit"),
        pytest.param(Condition(WARRANTY, ">=", 120000, "公里"), [TWO], id="the dimension picks the part"),
        pytest.param(Condition(TOP, ">=", 190, "公里"), [ONE], id="km said for km/h"),
        pytest.param(Condition(KEYWORDS, "=", "乙"), [THREE, FOUR], id="keyword"),
        pytest.param(Not(Condition(KEYWORDS, "=", "甲")), [THREE, FOUR, FIVE], id="not a keyword"),
        pytest.param(Not(Condition(PRICE, "<=", 20, "万元")), [THREE], id="a missing value is not a no"),
        pytest.param(AnyOf((Condition(PRICE, ">", 30, "万元"), Condition(KIND, "contains", "轿车"))), [TWO, THREE, FIVE], id="or"),
        pytest.param(AllOf((Condition(SPEED, "<", 7), Condition(ROOF, "has", "有"))), [THREE], id="and"),
    ],
)  # fmt: skip
def test_a_filter_finds_exactly_what_matches(condition: Clause, expected: list[str]) -> None:
    result = run("filter", condition)
    assert (names(result), result.total) == (expected, len(expected))


def test_what_is_missing_or_of_another_kind_is_left_out_by_name() -> None:
    result = run("filter", Condition(PRICE, "<=", 20, "万元"))
    assert [(left.reason, left.entities) for left in result.left_out] == [
        ("missing", (FIVE,)),
        ("incomparable", (FOUR,)),
    ]
    assert result.left_out_total == 2
    ruled_out = run("filter", Condition(PRICE, "<=", 20, "万元"), Condition(KEYWORDS, "=", "甲"))
    assert (ruled_out.left_out, ruled_out.left_out_total) == ((), 0)


def test_an_entity_that_lacks_two_values_is_left_out_once_in_all() -> None:
    result = run("filter", Condition(LAUNCH, ">=", "2020"), Condition(CHARGE, "<", 1, "小时"))
    assert [(left.attribute, left.count) for left in result.left_out] == [(LAUNCH, 2), (CHARGE, 3)]
    assert result.left_out_total == 3


def test_paths_that_mean_the_same_are_one_attribute() -> None:
    plan = Plan("filter", (), (PRICE,), (Condition(PRICE, "<=", 20, "万元"),), "desc", same=((PRICE, ALIAS),))
    result = ENGINE.run(plan)
    assert names(result) == [TWO, FIVE, ONE]
    assert [cell.path for row in result.rows if (cell := row.cells[0])] == [PRICE, ALIAS, PRICE]


def test_rows_hold_raw_values_with_their_file_and_stop_at_the_limit() -> None:
    result = ENGINE.run(Plan("filter", (), (PRICE, ROOF)), rows_limit=2)
    assert (names(result), result.total) == ([ONE, TWO], 5)
    assert [cell.raw for cell in result.rows[0].cells if cell] == ["12万", "有"]
    assert [cell.file for cell in result.rows[1].cells if cell] == ["1.json", "1.json"]


def test_the_best_is_the_lowest_where_lower_is_better() -> None:
    assert names(run("superlative", attributes=(SPEED,))) == [THREE]
    assert names(run("superlative", attributes=(TOP,))) == [ONE]
    assert names(run("superlative", attributes=(SPEED,), order="desc")) == [ONE]


def test_those_that_tie_with_the_last_are_all_rows_and_a_note_says_so() -> None:
    result = run("superlative", attributes=(SPEED,), limit=2)
    assert names(result) == [THREE, TWO, FIVE]
    assert [(note.code, note.count) for note in result.notes] == [("tie", 2)]


def test_filter_then_superlative() -> None:
    result = run(
        "superlative",
        Condition(KIND, "contains", "SUV"),
        Condition(PRICE, "<=", 30, "万元"),
        attributes=(SPEED,),
    )
    assert (names(result), result.total) == ([ONE], 1)


def test_an_empty_result_names_what_comes_nearest() -> None:
    result = run("filter", Condition(PRICE, "<=", 30, "万元"), Condition(KIND, "=", "大型SUV"))
    assert result.rows == () and result.nearest is not None
    assert result.nearest.relaxed == Condition(PRICE, "<=", 30, "万元")
    assert [cell.raw for cell in result.nearest.rows[0].cells if cell] == ["31.8万", "大型SUV"]


def test_the_nearest_of_an_empty_result_may_drop_a_condition_without_numbers() -> None:
    result = run("filter", Condition(KIND, "=", "大型SUV"), Condition(ROOF, "has", "无"))
    assert result.nearest is not None
    assert (result.nearest.relaxed, result.nearest.rows[0].entity) == (Condition(KIND, "=", "大型SUV"), FOUR)


def test_a_comparison_says_who_wins_and_by_how_much() -> None:
    price, speed, kind = run("compare", entities=(ONE, THREE), attributes=(PRICE, SPEED, KIND)).comparisons
    assert (price.winners, price.lead, price.unit) == ((ONE,), 198000.0, "元")
    assert (speed.values, speed.winners, speed.lead, speed.direction) == ((8.0, 4.0), (THREE,), 4.0, "down")
    assert (kind.winners, kind.lead, kind.same) == ((), None, False)


def test_a_comparison_with_a_missing_value_has_no_winner() -> None:
    (price,) = run("compare", entities=(ONE, FOUR), attributes=(PRICE,)).comparisons
    assert (price.values, price.winners, price.spread) == ((120000.0, None), (), None)


def test_equal_values_have_no_winner_and_no_lead() -> None:
    (speed,) = run("compare", entities=(TWO, FIVE), attributes=(SPEED,)).comparisons
    assert (speed.winners, speed.lead, speed.spread, speed.same) == ((), 0.0, 0.0, True)


def test_groups_are_counted_most_frequent_first() -> None:
    result = run("group", Condition(SPEED, "<", 10), attributes=(keyword_level(1),))
    assert [(group.value, group.count) for group in result.groups] == [("甲", 2), ("乙", 1), ("丙", 1)]
    assert result.total == 3


def test_the_range_and_the_average_are_over_what_has_a_number() -> None:
    summary = run("aggregate", attributes=(PRICE,)).aggregate
    assert summary is not None
    assert (summary.count, summary.low, summary.high, summary.mean) == (3, 120000.0, 318000.0, 212666.666667)
    assert (summary.median, summary.lowest.entity, summary.highest.entity) == (200000.0, ONE, THREE)
    assert run("aggregate", Condition(KEYWORDS, "=", "丁"), attributes=(PRICE,)).aggregate is None


def test_the_nearest_to_an_entity_are_the_others_by_distance() -> None:
    result = run("nearest", entities=(ONE,), attributes=(PRICE,), limit=5)
    assert names(result) == [TWO, THREE]
    without_number = run("nearest", entities=(FOUR,), attributes=(PRICE,))
    assert without_number.left_out[0].entities == (FOUR,)


def test_verify_answers_yes_no_or_unknown_for_each_entity() -> None:
    result = run("verify", Condition(SPEED, "<=", 6.5, "s"), entities=(ONE, TWO, FOUR))
    assert [verdict.answer for verdict in result.verdicts] == ["no", "yes", "unknown"]
    assert run("verify", Condition(SPEED, "<", 5)).total == 1


def test_count_and_lookup() -> None:
    assert run("count", Condition(KIND, "contains", "SUV")).total == 3
    result = run("lookup", entities=(THREE, ONE), attributes=(CHARGE, PRICE))
    assert names(result) == [THREE, ONE]
    assert [(left.attribute, left.entities) for left in result.left_out] == [(CHARGE, (ONE,))]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        pytest.param(Plan("filter", conditions=(Condition(SPEED, ">=", 300000, "元"),)), "wrong_dimension", id="money for seconds"),
        pytest.param(Plan("filter", conditions=(Condition(KIND, ">", 5.0),)), "bad_value", id="text compared"),
        pytest.param(Plan("filter", conditions=(Condition(PRICE, ">", "贵"),)), "wrong_dimension", id="word as a bound"),
        pytest.param(Plan("filter", conditions=(Condition(PRICE, ">", float("nan")),)), "wrong_dimension", id="nan"),
        pytest.param(Plan("filter", conditions=(Condition(("无", "此项"), "=", "x"),)), "unknown_attribute", id="no such attribute"),
        pytest.param(Plan("filter", conditions=(Condition(PRICE, ">", 20, "万元"), Condition(PRICE, "<", 10, "万元"))), "contradiction", id="contradiction"),
        pytest.param(Plan("filter", conditions=(Condition(SPEED, "<", 4), Condition(SPEED, ">=", 4))), "contradiction", id="open bounds that touch"),
        pytest.param(Plan("superlative", attributes=(KIND,)), "bad_value", id="rank by text"),
        pytest.param(Plan("superlative", attributes=(CHARGE,)), "part_assumed", id="several parts"),
        pytest.param(Plan("superlative"), "empty_plan", id="no attribute"),
        pytest.param(Plan("compare", (ONE,), (PRICE,)), "empty_plan", id="one entity"),
        pytest.param(Plan("lookup", ("没有的车",), (PRICE,)), "unknown_entity", id="unknown entity"),
        pytest.param(Plan("filter", conditions=(Condition(ROOF, "has", "有"),)), "optional", id="some only as an option"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_note_and_never_an_exception(plan: Plan, code: str) -> None:
    result = ENGINE.run(plan)
    assert code in codes(result)
    if code in ("wrong_dimension", "bad_value", "unknown_attribute", "contradiction"):
        assert (result.rows, result.nearest) == ((), None)


def test_an_attribute_without_a_direction_is_ranked_from_high_to_low_and_says_so() -> None:
    path: Path = ("属性", "某数")
    engine = engine_of([tree("甲", 某数="3"), tree("乙", 某数="5")])
    result = run("superlative", engine=engine, attributes=(path,))
    assert (names(result), codes(result)) == (["乙"], ["no_direction"])


def test_whether_a_part_is_there_is_asked_by_its_label() -> None:
    engine = engine_of(
        [tree("甲", 车窗="前(标配) / 后-"), tree("乙", 车窗="前(标配) / 后(选配)"), tree("丙", 车窗="有")]
    )
    for part, presence, expected in (
        ("前", "有", ["甲", "乙", "丙"]),
        ("后", "无", ["甲"]),
        ("后", "选配", ["乙"]),
    ):
        assert (
            names(run("filter", Condition(("属性", "车窗", part), "has", presence), engine=engine))
            == expected
        )


@pytest.mark.parametrize("op", ["superlative", "aggregate", "nearest", "group", "compare", "lookup"])
def test_an_attribute_that_the_graph_lacks_is_a_note_for_every_operator(op: str) -> None:
    result = run(op, entities=(ONE, TWO), attributes=(("属性", "没有"),))
    assert codes(result) == ["unknown_attribute"]
    assert (result.groups, result.aggregate, result.comparisons, result.left_out) == ((), None, (), ())


def test_a_rank_within_named_entities_stays_within_them_and_names_strangers() -> None:
    result = run("superlative", entities=(ONE, TWO, "没有的车"), attributes=(SPEED,))
    assert names(result) == [TWO]
    assert [(note.code, note.subject) for note in result.notes] == [("unknown_entity", "没有的车")]


def test_texts_are_found_whole_and_in_part_as_by_a_plain_loop() -> None:
    texts = ["真皮", "(标配)真皮", "(选配)真皮,(标配)织物", "皮", "", "a皮b", "真", "皮真皮"]
    column = engine_of([tree(f"车{i}", 材质=text) for i, text in enumerate(texts)]).columns.column(
        ("属性", "材质")
    )
    assert column is not None
    for wanted in ("真皮", "皮", "真", "织物", "", "没有", "(标配)真皮", "皮真"):
        both = list(zip(column.normal, column.plain, strict=True))
        assert column.equal_to(wanted).tolist() == [wanted in pair for pair in both]
        assert column.containing(wanted).tolist() == [wanted in a or wanted in b for a, b in both]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("雪域白、曜石黑", ("雪域白", "曜石黑"), id="two colours"),
        pytest.param("雪域白", ("雪域白",), id="one"),
        pytest.param("1,234元", ("1,234元",), id="a number"),
        pytest.param("真皮(打孔、加热),织物", ("真皮(打孔、加热)", "织物"), id="brackets stay together"),
        pytest.param(
            "这款车主打家用，空间在同级里算是大的，后排能放平",
            ("这款车主打家用，空间在同级里算是大的，后排能放平",),
            id="a sentence",
        ),
        pytest.param("、", ("、",), id="nothing between"),
    ],
)
def test_a_value_that_lists_several_is_grouped_by_each(text: str, parts: tuple[str, ...]) -> None:
    assert listed(text) == parts
