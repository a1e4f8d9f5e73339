"""Names cut short beside a name that is known."""

import pytest

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.entity_link import EntityLink

NAMES = [
    "比亚迪 海豚 2025款 智驾版 410km 时尚版",
    "比亚迪 海豚 2025款 智驾版 420km 自由版",
    "比亚迪 海豚 2024款 420km 自由版",
    "本田 UR-V 2024款 240TURBO 两驱致雅版",
    "本田 UR-V 2024款 240TURBO 两驱致雅黑爵士版",
    "本田 UR-V 2024款 370TURBO 四驱尊享版",
    "吉利 帝豪 2025款 第4代 1.5L CVT旗舰型",
    "奥迪 奥迪A4L 2024款 40 TFSI 豪华动感型",
    "奥迪 奥迪A6L 2025款 改款 40 TFSI 豪华动感型",
    "奔驰 奔驰EQE 2025款 500 4MATIC 豪华版",
    "奔驰 奔驰EQE 2025款 500 4MATIC 旗舰版",
    "奔驰 奔驰C级 2025款 C 260 L 运动版",
    "奔驰 奔驰C级 2025款 C 260 L 4MATIC 运动版",
    "奔驰 奔驰C级 2025款 C 200 L 豪华版",
    "保时捷 Taycan 2024款 Taycan 4S Cross Turismo",
    "保时捷 Taycan 2024款 Taycan Turbo Cross Turismo",
]
ENTITIES = tuple(
    Entity(name, (*name.split()[:3], " ".join(name.split()[3:])), {("属性", "价格"): "1万"}, f"{i}.json")
    for i, name in enumerate(NAMES)
)
GRAPH = KnowledgeGraph(ENTITIES, "v", build_tree(ENTITIES))
LINKER = EntityLinker(GRAPH, {}, plain_words={"4matic": "四驱"})


def linked(text: str, words: tuple[str, ...] = (), near: str = "") -> list[set[int]]:
    """For each thing named in ``text``, the positions of the entities that fit."""
    found: tuple[EntityLink, ...] = LINKER.link(text, fuzzy=False, ordinary=words, near=near)
    return [{NAMES.index(name) for name in link.candidates} for link in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海豚410时尚", [{0}]),
        ("海豚410时尚比420自由", [{0}, {1, 2}]),
        ("海豚24自由", [{2}]),
        ("24海豚420", [{2}]),
        ("ur-v 240致雅", [{3}]),
        ("ur-v 240致雅和370四驱尊享", [{3}, {5}]),
        ("帝豪第四代旗舰", [{6}]),
        ("a6l豪华动感", [{8}]),
        ("eqe 500豪华版跟500旗舰版", [{9}, {10}]),
        ("taycan 4s cross turismo和turbo cross turismo", [{14}, {15}]),
        ("c260l四驱运动版", [{12}]),
        ("c260l运动版四驱多少钱", [{12}]),
    ],
)
def test_fragments_narrow_a_name_and_name_another_of_its_series(text: str, expected: list[set[int]]) -> None:
    assert linked(text) == expected


def test_a_plain_word_for_a_makers_own_tells_apart_what_it_stands_behind_unless_it_is_asked_about() -> None:
    assert linked("c260l运动版四驱多少钱", words=("四驱",)) == [{12}]
    assert linked("c260l运动版四驱吗", words=("四驱",)) == [{11}]


def test_a_fragment_never_cuts_a_number_or_takes_a_quantity() -> None:
    assert linked("海豚41") == [{0, 1, 2}]
    assert linked("海豚20万以内") == [{0, 1, 2}]


def test_a_word_of_the_question_is_no_fragment_unless_the_fragment_is_more_than_it() -> None:
    assert linked("ur-v四驱", words=("四驱",)) == [{3, 4, 5}]
    assert linked("ur-v四驱尊享", words=("四驱",)) == [{5}]


def test_a_fragment_may_be_misheard_or_typed_in_pinyin() -> None:
    assert linked("海豚十尚") == [{0}]
    assert linked("海豚时上") == [{0}]
    assert linked("ur-v sijiaozunxiang") == [{3, 4, 5}]
    assert linked("ur-v zunxiang") == [{5}]


def test_fragments_alone_are_of_the_series_the_conversation_speaks_of() -> None:
    assert linked("420自由", near=NAMES[0]) == [{1, 2}]
    assert linked("420自由") == []
