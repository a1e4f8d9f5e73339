"""A graph that was read before is the one in its files, and no other."""

import json
from pathlib import Path

import pytest

from chatbot.derived import Derived
from chatbot.errors import DataError
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.loader import GraphFiles, load_graph, read_graph_files
from chatbot.knowledge_graph.stored_graph import kept_graph


def write(folder: Path, name: str, **leaves: str) -> None:
    tree = {"实体": {"名称": name, "关键词": "甲|乙"}, "属性": {"价": "3"}, "配置": {"内部": leaves}}
    (folder / f"{name}.json").write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")


def opened(files: GraphFiles, root: Path) -> KnowledgeGraph:
    derived = Derived(root, files.version)
    graph = kept_graph(derived, files.version, files.graph)
    derived.save()
    return graph


def test_it_comes_back_as_it_was_read_and_its_files_are_not_taken_apart_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "一", 天窗="有", 座椅="真皮")
    write(tmp_path, "二", 座椅="织物", 空调="自动")
    plain, files = load_graph(tmp_path), read_graph_files(tmp_path)
    assert opened(files, tmp_path / "kept") == plain
    monkeypatch.setattr(GraphFiles, "graph", lambda _: pytest.fail("read again"))
    again = opened(files, tmp_path / "kept")
    assert again == plain and list(again.tree) == list(plain.tree)
    assert [list(one.leaves) for one in again.entities] == [list(one.leaves) for one in plain.entities]


def test_a_file_that_has_changed_is_read(tmp_path: Path) -> None:
    write(tmp_path, "一", 天窗="有")
    opened(read_graph_files(tmp_path), tmp_path / "kept")
    write(tmp_path, "一", 天窗="无")
    graph = opened(read_graph_files(tmp_path), tmp_path / "kept")
    assert graph.value("一", ("配置", "内部", "天窗")) == "无"
    assert graph.version == load_graph(tmp_path).version


def test_a_graph_with_a_fault_is_not_kept(tmp_path: Path) -> None:
    write(tmp_path, "一", 天窗="有")
    (tmp_path / "二.json").write_bytes((tmp_path / "一.json").read_bytes())
    for _ in range(2):
        with pytest.raises(DataError, match="重复"):
            opened(read_graph_files(tmp_path), tmp_path / "kept")
