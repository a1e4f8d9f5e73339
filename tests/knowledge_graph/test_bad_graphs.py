"""Graphs and plans out of all proportion."""

import json
import time
from pathlib import Path

from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.plan import AnyOf, Clause, Condition, Not, Plan
from chatbot.knowledge_graph.plan_text import plan_text
from chatbot.knowledge_graph.snapshot import load_columns, save_columns
from tests.knowledge_graph.graphs import UNITS, Tree, engine_of, graph_of, tree

PRICE = ("属性", "价格")


def test_ten_thousand_attributes_are_columns(tmp_path: Path) -> None:
    wide = [tree(f"车{i}", **{f"项{n}": f"{n + i}km" for n in range(10_000)}) for i in range(2)]
    columns = load_columns(save_columns(build_columns(graph_of(wide), UNITS), tmp_path))
    started = time.perf_counter()
    result = Engine(columns, UNITS).run(Plan("superlative", (), (("属性", "项9999"),), order="desc"))
    assert result.rows[0].entity == "车1"
    assert time.perf_counter() - started < 5


def test_a_leaf_fifty_levels_down_is_asked_like_any_other(tmp_path: Path) -> None:
    leaf: object = {"价格": "12万"}
    for level in range(49):
        leaf = {f"层{level}": leaf}
    assert isinstance(leaf, dict)
    deep: Tree = {"实体": {"名称": "深", "关键词": "深"}, **leaf}
    (tmp_path / "深.json").write_text(json.dumps(deep, ensure_ascii=False), "utf-8")
    graph = load_graph(tmp_path)
    path = next(iter(graph.entities[0].leaves))
    engine = Engine(build_columns(graph, UNITS), UNITS)
    result = engine.run(Plan("filter", conditions=(Condition(path, "<=", 20, "万元"),)))
    assert len(path) == 50 and result.total == 1


def test_huge_and_mixed_values_stay_text_or_their_own_and_break_nothing() -> None:
    odd: list[object] = [
        "9" * 5000,
        "1e999",
        12,
        12.5,
        True,
        False,
        "12万",
        "3小时",
        "汉" * 100_000,
        ["红", "蓝"],
        "-5",
        "∞",
        "０.５万",
    ]
    engine = engine_of([tree(f"车{i}", 价格=value) for i, value in enumerate(odd)])
    result = engine.run(Plan("filter", (), (PRICE,), (Condition(PRICE, ">=", 0),), "asc"))
    assert [row.cells[0].raw for row in result.rows if row.cells[0]] == ["12", "12.5", "０.５万", "12万"]
    assert sum(left.count for left in result.left_out) == len(odd) - 4
    assert engine.run(Plan("group", (), (PRICE,))).total == len(odd) + 1  # 红 and 蓝 are two


def test_a_thousand_conditions_are_executed_and_more_are_refused() -> None:
    engine = engine_of([tree(f"车{i}", 价格=f"{i + 1}万") for i in range(50)])
    many: tuple[Clause, ...] = tuple(Condition(PRICE, "<=", 100.0 - i / 100, "万元") for i in range(1000))
    started = time.perf_counter()
    assert engine.run(Plan("filter", conditions=many)).total == 50
    assert time.perf_counter() - started < 5
    refused = engine.run(Plan("filter", conditions=(*many, *many)))
    assert (refused.total, [note.code for note in refused.notes]) == (0, ["too_many"])


def test_conditions_nested_without_end_are_refused_and_still_printed() -> None:
    clause: Clause = Condition(PRICE, "<=", 20, "万元")
    for _ in range(5000):
        clause = Not(AnyOf((clause,)))
    plan = Plan("filter", conditions=(clause,))
    result = engine_of([tree("车", 价格="1万")]).run(plan)
    assert [note.code for note in result.notes] == ["too_deep"]
    assert "…" in plan_text(plan)


def test_a_value_no_float_can_hold_is_a_note() -> None:
    result = engine_of([tree("车", 价格="1万")]).run(
        Plan("filter", conditions=(Condition(PRICE, "<=", float("inf")),))
    )
    assert [note.code for note in result.notes] == ["wrong_dimension"]


def test_names_that_come_again_down_their_own_path_stay_apart(tmp_path: Path) -> None:
    inner: dict[str, object] = {"车身": {"属性": {"车身": "9m"}}}
    looped = {**tree("甲 一", 车身="5m"), "车身": inner}
    engine = engine_of([looped])
    found = {
        path: engine.run(Plan("lookup", ("甲 一",), (path,))).rows
        for path in (("属性", "车身"), ("车身", "车身", "属性", "车身"))
    }
    assert [rows[0].cells[0].raw for rows in found.values() if rows[0].cells[0]] == ["5m", "9m"]
