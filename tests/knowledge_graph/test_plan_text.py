"""Plans and notes in Chinese, lexicon of directions, and the report of what could not be read."""

import json
from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.knowledge_graph.coverage import coverage
from chatbot.knowledge_graph.directions import Direction, load_directions
from chatbot.knowledge_graph.plan import AllOf, AnyOf, Condition, Not, Plan, keyword_level
from chatbot.knowledge_graph.plan_text import left_out_text, note_text, plan_text, quantity_text, rough_text
from chatbot.knowledge_graph.result import LeftOut, Note
from tests.knowledge_graph.graphs import DIRECTIONS, UNITS, graph_of, tree

PRICE, SPEED, KIND, ROOF = ("属性", "报价"), ("属性", "加速(s)"), ("属性", "级别"), ("配置", "天窗")
CHEAP = Condition(PRICE, "<=", 300000.0, "元")


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (Plan("superlative", (), (SPEED,), (CHEAP, Condition(KIND, "contains", "SUV")), limit=3), "（报价≤30万元 且 级别含“SUV”）按加速取最好的3个"),
        (Plan("filter", (), (PRICE,), (AnyOf((CHEAP, Not(Condition(ROOF, "has", "有")))),), "asc"), "筛选（（报价≤30万元 或 非（有天窗））），按报价升序"),
        (Plan("lookup", ("甲", "乙"), (PRICE, SPEED)), "查询甲、乙的报价、加速"),
        (Plan("compare", ("甲", "乙"), (PRICE,)), "对比甲、乙的报价"),
        (Plan("group", (), (keyword_level(1),)), "按品牌分组计数"),
        (Plan("count", ("甲", "乙"), (), (AllOf((CHEAP, Condition(SPEED, "<", 5.6, "s"))),)), "统计在甲、乙中：（（报价≤30万元 且 加速＜5.6s））的数量"),
        (Plan("verify", ("甲",), (), (CHEAP,)), "核对甲是否满足（报价≤30万元）"),
        (Plan("aggregate", (), (PRICE,)), "报价的范围与平均"),
        (Plan("nearest", ("甲",), (PRICE,), (), None, 5), "找与甲的报价最接近的5个"),
    ],
    ids=lambda value: value.op if isinstance(value, Plan) else "",
)  # fmt: skip
def test_a_plan_is_one_line_of_chinese(plan: Plan, text: str) -> None:
    assert plan_text(plan) == text


def test_a_plan_is_json_with_the_contracts_keys() -> None:
    plan = Plan("filter", ("甲",), (PRICE,), (CHEAP, Not(AnyOf((CHEAP,)))), "asc", 3, ((PRICE, SPEED),))
    said = json.loads(json.dumps(plan.as_json()))
    cheap = {"attribute": "属性/报价", "op": "<=", "value": 300000.0, "unit": "元"}
    assert said == {
        "op": "filter", "entities": ["甲"], "attributes": ["属性/报价"], "conditions": [cheap, {"not": {"any": [cheap]}}],
        "order": "asc", "limit": 3, "same": [["属性/报价", "属性/加速(s)"]],
    }  # fmt: skip
    assert list(Plan("lookup").as_json()) == ["op", "entities", "attributes", "conditions", "order", "limit"]


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (318000.0, "元", "31.8万元"),
        (9800.0, "元", "9800元"),
        (5.6, "s", "5.6s"),
        (0.1 + 0.2, "s", "0.3s"),
        (500, "", "500"),
    ],
)
def test_a_quantity_is_printed_as_people_write_it(number: float, unit: str, text: str) -> None:
    assert quantity_text(number, unit) == text


@pytest.mark.parametrize(
    ("mean", "unit", "text"),
    [
        (204422.22, "元", "20.44万元"),
        (131800.0, "元", "13.18万元"),
        (5.9428, "L/100km", "5.943L/100km"),
        (0.21583, "", "0.216"),
        (12345.6, "km", "12346km"),
    ],
)
def test_an_average_has_four_figures_and_no_whole_one_is_lost(mean: float, unit: str, text: str) -> None:
    assert rough_text(mean, unit) == text


def test_notes_are_sentences() -> None:
    assert (
        note_text(Note("wrong_dimension", SPEED, "300000元", "时间")) == "“加速”是时间，不能和“300000元”比较"
    )
    assert note_text(Note("empty_plan", subject="entities")) == "计划里缺少实体"
    assert left_out_text(LeftOut(PRICE, "missing", 7, ())) == "有 7 个缺少“报价”，未计入"


@pytest.mark.parametrize(
    ("attribute", "direction"),
    [("经销商报价", "down"), ("百公里加速时间", "down"), ("官方0-100km/h加速(s)", "down"), ("CLTC纯电续航里程(km)", "up"),
     ("最大功率(kW)", "up"), ("最大功率转速(rpm)", None), ("WLTC综合油耗(L/100km)", "down"), ("车身颜色", None)],
)  # fmt: skip
def test_the_lexicon_says_which_way_is_better(attribute: str, direction: Direction | None) -> None:
    assert DIRECTIONS.of(attribute) == direction


def test_a_bad_line_of_directions_is_named(tmp_path: Path) -> None:
    file = tmp_path / "directions.txt"
    file.write_text("噪音\t↓\n报价\t低\n", "utf-8")
    with pytest.raises(DataError, match=r"directions\.txt:2"):
        load_directions(file)
    file.write_text("噪音\t↓\n", "utf-8")
    assert load_directions(file).of("怠速噪音(dB)") == "down"
    assert load_directions(None).of("油耗") == "down"


def test_what_could_not_be_read_is_listed_with_reason_count_and_examples() -> None:
    cars = [
        tree(
            f"车{i}",
            **{"重(kg)": "约重", "轮胎": "225/45 R18", "档": "无级" if i == 0 else "6个", "灯": "LED"},
        )
        for i in range(6)
    ]
    found = coverage(graph_of(cars), UNITS)
    assert found.leaves == 24 and found.kinds == {"text": 19, "number": 5}
    assert [(one.attribute[-1], one.reason, one.count, one.examples) for one in found.unread] == [
        ("重(kg)", "number_expected", 6, ("约重",)),
        ("轮胎", "digits_in_text", 6, ("225/45 R18",)),
        ("档", "odd_one_out", 1, ("无级",)),
    ]
    assert found.unread_leaves == 13
