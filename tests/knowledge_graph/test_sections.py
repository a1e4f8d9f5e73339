"""Leaves of one name in several sections of the tree: one attribute, whichever section an entity has it in."""

from pathlib import Path as FilePath

from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.plan import Condition, Path, Plan
from chatbot.knowledge_graph.snapshot import load_columns, save_columns
from tests.knowledge_graph.graphs import Tree, engine_of

WASH, COOL, OVEN = ("洗涤", "变频"), ("冷藏", "变频"), ("加热", "变频")


def thing(name: str, **sections: dict[str, str]) -> Tree:
    return {"实体": {"名称": name, "关键词": name.replace(" ", "|")}, **sections}


SHOP = [
    thing("甲 洗一", 洗涤={"变频": "有", "容量": "10kg"}),
    thing("甲 洗二", 洗涤={"变频": "无", "容量": "8kg"}),
    thing("乙 冰一", 冷藏={"变频": "有", "容量": "500L", "噪音": "38dB"}),
    thing("乙 冰二", 冷藏={"变频": "有", "容量": "300L", "噪音": "40dB"}),
    thing("乙 冰三", 冷藏={"噪音": "36dB"}),
    thing("丙 烤一", 加热={"变频": "无", "噪音": "30dB"}, 前门={"材质": "钢"}, 后门={"材质": "玻璃"}),
    thing("丙 烤二", 前门={"材质": "钢"}, 后门={"材质": "钢"}),
]
ENGINE = engine_of(SHOP)


def run(
    op: str, *conditions: Condition, engine: Engine = ENGINE, attributes: tuple[Path, ...] = ()
) -> list[str]:
    found = engine.run(Plan(op, conditions=conditions, attributes=attributes, limit=1, order="asc"))  # type: ignore[arg-type]
    return [row.entity for row in found.rows]


def test_a_condition_holds_wherever_an_entity_has_the_attribute() -> None:
    for path in (WASH, COOL, OVEN):
        found = ENGINE.run(Plan("filter", conditions=(Condition(path, "has", "有"),)))
        assert [row.entity for row in found.rows] == ["甲 洗一", "乙 冰一", "乙 冰二"]
        assert [one.entities for one in found.left_out] == [("乙 冰三", "丙 烤二")]


def test_the_evidence_is_where_the_file_has_it_and_the_plan_says_all_places() -> None:
    found = ENGINE.run(Plan("filter", conditions=(Condition(WASH, "has", "无"),)))
    assert [cell.path for row in found.rows for cell in row.cells if cell] == [WASH, OVEN]
    assert found.plan.same == ((WASH, COOL, OVEN),)


def test_it_is_ranked_over_all_sections() -> None:
    assert run("superlative", attributes=(("冷藏", "噪音"),)) == ["丙 烤一"]


def test_what_is_measured_in_another_dimension_is_another_attribute() -> None:
    assert run("superlative", attributes=(("洗涤", "容量"),)) == ["甲 洗二"]
    assert run("superlative", attributes=(("冷藏", "容量"),)) == ["乙 冰二"]


def test_what_one_entity_has_two_values_of_is_two_attributes() -> None:
    assert run("filter", Condition(("后门", "材质"), "=", "玻璃")) == ["丙 烤一"]
    assert run("filter", Condition(("前门", "材质"), "=", "玻璃")) == []


def test_a_snapshot_keeps_the_sections(tmp_path: FilePath) -> None:
    engine = Engine(load_columns(save_columns(ENGINE.columns, tmp_path)))
    cells = engine.run(Plan("filter", conditions=(Condition(WASH, "has", "无"),))).rows
    assert [cell.path for row in cells for cell in row.cells if cell] == [WASH, OVEN]


def test_what_is_below_a_section_is_found_by_it() -> None:
    assert ENGINE.columns.below(("加热",)) == (
        ENGINE.columns.head(OVEN),
        ENGINE.columns.head(("加热", "噪音")),
    )
