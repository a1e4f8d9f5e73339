"""Graph files: what is read, and what each fault says."""

import json
from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.knowledge_graph.loader import MAX_DEPTH, load_graph, parse_entity

HEADER = {"名称": "甲 乙 丙", "关键词": "甲|乙|丙"}


def write(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / f"{name}.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def nested(depth: int) -> dict[str, object]:
    tree: dict[str, object] = {"叶": "值"}
    for _ in range(depth):
        tree = {"类": tree}
    return tree


def test_a_tree_of_any_depth_becomes_leaves_by_path(tmp_path: Path) -> None:
    tree = {
        "实体": HEADER,
        "配置": {"内部": {"空调": {"方式": "自动"}}},
        "属性": {"价": 3, "新": True, "缺": None, "色": ["红", "蓝"]},
    }
    write(tmp_path, "甲", json.dumps(tree, ensure_ascii=False))
    graph = load_graph(tmp_path)
    assert dict(graph.entities[0].leaves) == {
        ("配置", "内部", "空调", "方式"): "自动",
        ("属性", "价"): "3",
        ("属性", "新"): "True",
        ("属性", "色"): "红、蓝",
    }
    assert graph.tree[("配置", "内部", "空调")].children == (("配置", "内部", "空调", "方式"),)
    assert graph.entities[0].keywords == ("甲", "乙", "丙")


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "甲",
        b"\xef\xbb\xbf"
        + json.dumps({"实体": HEADER, "属性": {"a": "1"}}, indent=1).replace("\n", "\r\n").encode(),
    )
    assert load_graph(tmp_path).entities[0].leaves == {("属性", "a"): "1"}


def test_keywords_default_to_the_words_of_the_name(tmp_path: Path) -> None:
    write(tmp_path, "甲", json.dumps({"实体": {"名称": "甲 乙"}, "属性": {"a": "1"}}))
    assert load_graph(tmp_path).entities[0].keywords == ("甲", "乙")


def test_depth_fifty_is_read(tmp_path: Path) -> None:
    write(tmp_path, "甲", json.dumps({"实体": HEADER, **nested(50)}))
    assert len(next(iter(load_graph(tmp_path).entities[0].leaves))) == 51


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    write(tmp_path, "甲", json.dumps({"实体": HEADER, "属性": {"a": "1"}}))
    before = load_graph(tmp_path).version
    assert load_graph(tmp_path).version == before
    write(tmp_path, "甲", json.dumps({"实体": HEADER, "属性": {"a": "2"}}))
    assert load_graph(tmp_path).version != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{'a': 1}", "JSON", id="broken json"),
        pytest.param("", "空的", id="empty file"),
        pytest.param("[]", "缺少“实体”", id="not an object"),
        pytest.param('{"属性": {}}', "缺少“实体”", id="no entity"),
        pytest.param('{"实体": {"关键词": "甲"}}', "名称", id="no name"),
        pytest.param('{"实体": {"名称": "甲", "关键词": 3}}', "关键词", id="keywords not text"),
        pytest.param('{"实体": {"名称": "甲"}, "a": {"b": 1, "b": 2}}', "出现了两次", id="a key twice"),
        pytest.param('{"实体": {"名称": "甲"}, "a": [[1]]}', "嵌套的列表", id="nested list"),
        pytest.param("甲".encode("gbk"), "UTF-8", id="wrong encoding"),
        pytest.param(json.dumps({"实体": HEADER, **nested(MAX_DEPTH + 1)}), "嵌套超过", id="too deep"),
        pytest.param("[" * 100_000, "嵌套超过", id="bottomless"),
    ],
)
def test_a_fault_names_the_file_and_the_way_out(tmp_path: Path, text: str | bytes, said: str) -> None:
    file = write(tmp_path, "坏", text)
    with pytest.raises(DataError, match=said) as caught:
        load_graph(tmp_path)
    assert str(file) in str(caught.value)


def test_broken_json_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        parse_entity(b'{\n"a": 1,\n}', tmp_path / "坏.json")
    assert caught.value.line == 3


def test_two_entities_of_one_name_are_refused_with_both_files(tmp_path: Path) -> None:
    text = json.dumps({"实体": HEADER, "属性": {"a": "1"}})
    write(tmp_path, "一", text)
    write(tmp_path, "二", text)
    with pytest.raises(DataError, match=r"一\.json 重复"):
        load_graph(tmp_path)


def test_a_missing_and_an_empty_folder_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="knowledge_graph_data_dir"):
        load_graph(tmp_path / "无")
    with pytest.raises(DataError, match=r"没有 \.json 文件"):
        load_graph(tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "大.json"
    with file.open("wb") as out:
        out.truncate(100 * 2**20)
    with pytest.raises(DataError, match="MiB"):
        load_graph(tmp_path)
