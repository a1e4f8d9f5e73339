"""Columns in memory and on disk."""

import json
from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import DataError
from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, Condition, Plan, keyword_level
from chatbot.knowledge_graph.snapshot import load_columns, open_columns, save_columns
from chatbot.knowledge_graph.units import built_in_units
from tests.knowledge_graph.graphs import UNITS, graph_of, synthetic_trees, tree

GRAPH = graph_of(synthetic_trees(5), "five")
COLUMNS = build_columns(GRAPH, UNITS)


def test_a_column_gives_back_every_raw_value() -> None:
    for row, entity in enumerate(GRAPH.entities):
        for path, raw in entity.leaves.items():
            column = COLUMNS.column(path)
            assert column is not None and column.text_at(row) == raw


def test_names_and_keywords_are_columns_too() -> None:
    first = GRAPH.entities[0]
    name, words, brand = (COLUMNS.column(path) for path in (NAME, KEYWORDS, keyword_level(1)))
    assert name and words and brand
    assert (name.text_at(0), brand.text_at(0)) == (first.name, first.keywords[0])
    assert [words.texts[code] for code in words.codes[words.rows == 0]] == list(first.keywords)


def test_a_missing_value_and_an_unknown_path_are_none() -> None:
    columns = build_columns(graph_of([tree("甲", 价格="1万"), tree("乙", 灯="有")]), UNITS)
    price = columns.column(("属性", "价格"))
    assert price is not None and price.text_at(1) is None
    assert columns.column(("属性", "没有")) is None
    assert columns.resolve(("属性", "价格", "长")) is None


def test_a_snapshot_holds_the_same_columns(tmp_path: Path) -> None:
    loaded = load_columns(save_columns(COLUMNS, tmp_path))
    assert same(loaded, COLUMNS)
    plan = Plan("filter", (), (("属性", "报价"),), (Condition(("属性", "里程"), ">=", 300.0, "公里"),), "asc")
    assert Engine(loaded, UNITS).run(plan) == Engine(COLUMNS, UNITS).run(plan)


def same(one: Columns, two: Columns) -> bool:
    arrays = all(
        np.array_equal(getattr(one.block, name), getattr(two.block, name))
        for name in type(one.block).__slots__
    )
    texts = all(
        np.array_equal(a.data, b.data) and np.array_equal(a.offsets, b.offsets)
        for a, b in zip(one.strings, two.strings, strict=True)
    )
    facts = [(c.version, c.names, c.files, c.paths, c.groups) for c in (one, two)]
    return arrays and texts and facts[0] == facts[1]


def test_a_graph_without_any_number_has_a_snapshot_too(tmp_path: Path) -> None:
    columns = build_columns(graph_of([tree("甲", 灯="有")]), UNITS)
    assert same(load_columns(save_columns(columns, tmp_path)), columns)


def test_the_version_follows_the_files_and_the_units() -> None:
    assert build_columns(graph_of(synthetic_trees(5), "six"), UNITS).version != COLUMNS.version
    assert build_columns(GRAPH, built_in_units()).version != COLUMNS.version


def test_a_sound_snapshot_is_used_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    open_columns(GRAPH, UNITS, tmp_path)
    meta = tmp_path / COLUMNS.version / "columns.json"
    before = meta.stat().st_mtime_ns
    assert same(open_columns(GRAPH, UNITS, tmp_path), COLUMNS)
    assert meta.stat().st_mtime_ns == before
    assert [entry.name for entry in tmp_path.iterdir()] == [COLUMNS.version]
    assert same(open_columns(GRAPH, UNITS, None), COLUMNS)


@pytest.mark.parametrize("harm", ["cut", "gone", "format", "json", "length"])
def test_a_broken_snapshot_is_refused_and_replaced(tmp_path: Path, harm: str) -> None:
    folder = save_columns(COLUMNS, tmp_path)
    meta, rows = folder / "columns.json", folder / "rows.npy"
    if harm == "cut":
        rows.write_bytes(rows.read_bytes()[:200])
    elif harm == "gone":
        rows.unlink()
    elif harm == "format":
        meta.write_text(json.dumps({"format": 0}))
    elif harm == "json":
        meta.write_text("{")
    else:
        np.save(rows, np.zeros(3, np.int32))
    with pytest.raises(DataError, match="快照"):
        load_columns(folder)
    assert same(open_columns(GRAPH, UNITS, tmp_path), COLUMNS)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="写不了图谱快照"):
        save_columns(COLUMNS, tmp_path / "file")
