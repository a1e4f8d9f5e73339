"""Names, trees and look-ups of the graph in memory."""

import pytest

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree, display_name, unit_in_name
from chatbot.knowledge_graph.lookup import lookup


def graph(*rows: tuple[str, dict[tuple[str, ...], str]]) -> KnowledgeGraph:
    entities = tuple(Entity(name, tuple(name.split()), leaves, f"{name}.json") for name, leaves in rows)
    return KnowledgeGraph(entities, "v", build_tree(entities))


PRICE, POWER, SUNROOF = ("属性", "报价"), ("属性", "最大功率(kW)"), ("配置", "天窗")
CARS = graph(
    ("甲牌 A系 2024款 标准版", {PRICE: "12.8万", POWER: "110", SUNROOF: "有"}),
    ("甲牌 A系 2024款 豪华版", {PRICE: "15.8万", SUNROOF: "选配"}),
    ("甲牌 B系 2025款 标准版", {PRICE: "9.98万", POWER: "85", SUNROOF: "无"}),
)
A_STANDARD, A_LUXURY, B_STANDARD = (entity.name for entity in CARS.entities)


@pytest.mark.parametrize(
    ("name", "shown", "unit"),
    [
        pytest.param("最大功率(kW)", "最大功率", "kW", id="ascii brackets"),
        pytest.param("轴距（mm）", "轴距", "mm", id="full-width brackets"),
        pytest.param("车身颜色", "车身颜色", "", id="no unit"),
    ],
)
def test_a_unit_is_split_from_its_name(name: str, shown: str, unit: str) -> None:
    assert (display_name(name), unit_in_name(name)) == (shown, unit)


def test_a_short_name_is_series_and_trim() -> None:
    assert CARS.short_names == {A_STANDARD: "A系 标准版", A_LUXURY: "A系 豪华版", B_STANDARD: "B系 标准版"}


def test_the_tree_counts_the_entities_that_have_a_node() -> None:
    assert CARS.tree[POWER].count == 2
    assert CARS.tree[("属性",)].children == (PRICE, POWER)
    assert CARS.leaves_below(()) == (PRICE, POWER, SUNROOF)


@pytest.mark.parametrize(
    ("entity", "path", "text"),
    [
        pytest.param(A_STANDARD, PRICE, "A系 标准版的报价是12.8万。", id="value"),
        pytest.param(A_STANDARD, POWER, "A系 标准版的最大功率是110 kW。", id="unit from the name"),
        pytest.param(A_STANDARD, SUNROOF, "A系 标准版有天窗（有）。", id="yes"),
        pytest.param(A_LUXURY, SUNROOF, "A系 豪华版的天窗可以选装（选配）。", id="optional"),
        pytest.param(B_STANDARD, SUNROOF, "B系 标准版没有天窗（无）。", id="no"),
    ],
)
def test_one_value_is_one_sentence(entity: str, path: tuple[str, ...], text: str) -> None:
    found = lookup(CARS, [entity], [(path,)])
    assert found.text == text
    assert found.evidence[0].value == CARS.value(entity, path)


def test_several_entities_and_attributes_are_a_table_that_shows_what_is_missing() -> None:
    found = lookup(CARS, [A_STANDARD, A_LUXURY], [(PRICE,), (POWER,)])
    assert (
        found.text == "A系 标准版：报价 12.8万，最大功率 110 kW\nA系 豪华版：报价 15.8万，最大功率 暂无资料"
    )
    assert found.missing == ((A_LUXURY, (POWER,)),)
    assert [row.values for row in found.rows] == [
        {"报价": "12.8万", "最大功率(kW)": "110"},
        {"报价": "15.8万"},
    ]
    assert found.plan.as_json()["attributes"] == ["属性/报价", "属性/最大功率(kW)"]
