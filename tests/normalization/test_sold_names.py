from collections.abc import Mapping
from pathlib import Path

import pytest

from chatbot.derived import Derived
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.sold_names import sold_names, with_sold_names


def _entities(*names: str, leaves: Mapping[tuple[str, ...], str] = {}) -> tuple[Entity, ...]:
    return tuple(Entity(name, tuple(name.split()), leaves, "") for name in names)


COURSES = _entities(
    "兴趣系列 启航绘画课程",
    "兴趣系列 彩虹绘画课程",
    "提分系列 冲刺数学课程",
    "提分系列 培优课程",
    "书法系列 书法课程",
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("培优课程", "培优"),
        ("启航绘画课程", "启航绘画"),
        ("启航绘画课程", "启航"),  # another one ends in 绘画 too
        ("冲刺数学课程", "数学课程"),
        ("兴趣系列", "兴趣"),
    ],
)
def test_the_word_for_what_is_sold_may_be_left_out_and_so_may_what_stands_before_the_end(
    name: str, said: str
) -> None:
    assert said in sold_names(COURSES, ("课程",))[name]


@pytest.mark.parametrize("said", ["绘画", "绘画课程", "课程", "书法"])
def test_what_several_names_say_or_the_general_and_the_special_share_is_none(said: str) -> None:
    found = sold_names(COURSES, ("课程",))
    assert not any(said in words for name, words in found.items() if name != "书法系列")


def test_an_end_that_most_names_of_a_level_have_is_such_a_word() -> None:
    plans = _entities("守护重疾险 少儿版", "出行意外险 一年版", "安心医疗险 基础版")
    found = sold_names(plans, ("保险",))
    assert found["守护重疾险"] == ("重疾险", "守护重疾")
    assert "基础版" not in found  # 版 ends a version, and sells nothing


def test_an_attribute_s_name_stays_that_and_the_operator_s_aliases_stay() -> None:
    courses = _entities("甲系列 护眼课程", "乙系列 培优课程", leaves={("服务", "护眼"): "有"})
    graph = KnowledgeGraph(courses, "", build_tree(courses))
    lexicon = Lexicon(entity_aliases={"培优课程": ("尖子班",)}, products=("课程",))
    found = with_sold_names(graph, lexicon)
    assert found["培优课程"] == ("尖子班", "培优")
    assert found.get("护眼课程", ()) == ()


def test_they_are_worked_out_once_and_kept_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = KnowledgeGraph(COURSES, "", build_tree(COURSES))
    first = Derived(tmp_path, "names")
    found = with_sold_names(graph, Lexicon(products=("课程",)), first)
    first.save()
    monkeypatch.setattr("chatbot.normalization.sold_names.sold_names", None)
    assert with_sold_names(graph, Lexicon(products=("课程",)), Derived(tmp_path, "names")) == found
    assert "培优" in found["培优课程"]
