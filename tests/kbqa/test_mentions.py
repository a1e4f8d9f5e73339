"""Names cut short, reordered, run together and misheard: linked to the entity meant, or asked about, never to another."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.planning.context import Context
from tests.kbqa.test_question_sets import ROOT
from tests.real_cars import needs_cars
from tools.evaluate.mentions import measure, mentions

LEXICON = ROOT / "user_datasets" / "lexicon"


@pytest.mark.parametrize(
    ("graph", "recall"),
    [
        pytest.param("demo_graph", 0.98, id="demo"),
        pytest.param("cars", 0.95, id="real cars", marks=needs_cars),
    ],
)
def test_shortened_names_made_from_the_graph_are_linked_to_the_entity_meant(
    graph: str, recall: float, request: pytest.FixtureRequest
) -> None:
    knowledge: Knowledge = request.getfixturevalue(graph)
    measured = measure(knowledge.planner, mentions(knowledge.graph, 400, seed=1))
    assert measured.n == 400
    assert measured.precision >= 0.98
    assert measured.recall >= recall
    assert measured.right >= 300


def test_the_same_seed_makes_the_same_mentions(demo_graph: Knowledge) -> None:
    assert mentions(demo_graph.graph, 60, seed=3) == mentions(demo_graph.graph, 60, seed=3)
    assert mentions(demo_graph.graph, 60, seed=3) != mentions(demo_graph.graph, 60, seed=4)


def _named(knowledge: Knowledge, said: str, context: Context | None = None) -> list[tuple[str, ...]]:
    parts = knowledge.planner.explain(said, context or Context()).parts
    return [thing.names for thing in parts.things]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param("X7进阶25款、X7礼遇、X7旗舰三个放一起比比续航", ["北辰汽车 北辰X7 2025款 进阶版", "北辰汽车 北辰X7 2025款 六座礼遇版", "北辰汽车 北辰X7 2025款 旗舰版"], id="three, none dropped"),
        pytest.param("e6疾风什么价", ["青羽汽车 青羽E6 2025款 四驱疾风版"], id="the end of a trim"),
    ],
)  # fmt: skip
def test_fragments_name_the_cars_of_the_demo(demo_graph: Knowledge, said: str, names: list[str]) -> None:
    assert _named(demo_graph, said) == [(name,) for name in names]


@needs_cars
@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param("途昂530V6龙耀 vs 途昂Pro450探索 谁省油", ["途昂 2024款 530V6 四驱龙耀版", "途昂 2025款 途昂 Pro 450TSI 四驱探索版"], id="two of one series"),
        pytest.param("a6l 25改款 40豪华动感 55旗舰动感 极速差多少", ["奥迪A6L 2025款 改款 40 TFSI 豪华动感型", "奥迪A6L 2025款 改款 55 TFSI quattro 旗舰动感型"], id="nothing between them"),
        pytest.param("UR-V24款240致雅和370四驱尊享 功率谁大", ["本田UR-V 2024款 240TURBO 两驱致雅版", "本田UR-V 2024款 370TURBO 四驱尊享版"], id="the second without its series"),
        pytest.param("智驾版海豚410时尚比420自由贵多少", ["海豚 2025款 智驾版 410km 时尚版", "海豚 2025款 智驾版 420km 自由版"], id="what was said of the first holds for the second"),
        pytest.param("q7 55sline尊贵型24的整备质量", ["奥迪Q7 2024款 55 TFSI quattro S line尊贵型"], id="year behind the trim"),
        pytest.param("凌度280炫辣版多少钱", ["凌渡 2025款 凌渡L 280TSI DSG炫辣版"], id="misheard series"),
        pytest.param("hongqi h9 3.0T qiling 豪华商务版多少钱", ["红旗H9 2024款 3.0T 旗领四驱 豪华商务版"], id="pinyin among Chinese"),
        pytest.param("大众探岳X330TSI两驱尊贵高能多少钱", ["探岳X 2024款 330TSI 两驱尊贵高能版"], id="nested series run together"),
    ],
)  # fmt: skip
def test_fragments_name_real_cars(cars: Knowledge, said: str, names: list[str]) -> None:
    assert _named(cars, said) == [(name,) for name in names]


@needs_cars
def test_a_piece_of_a_name_is_of_the_series_that_is_spoken_of(cars: Knowledge) -> None:
    context = Context(entities=("卡罗拉锐放 2024款 2.0L 旗舰版",))
    assert _named(cars, "双擎旗舰呢", context) == [("卡罗拉锐放 2024款 2.0L智能电混双擎 旗舰版",)]


@needs_cars
@pytest.mark.parametrize(
    "said",
    [
        pytest.param("汉30万以内的有吗", id="a price is no piece of a name"),
        pytest.param("奔驰的SUV有哪些", id="a kind is none either"),
        pytest.param("途昂四驱的有哪些", id="a value beside a series alone"),
    ],
)
def test_words_of_conditions_are_no_pieces_of_names(cars: Knowledge, said: str) -> None:
    links = cars.planner.explain(said, Context()).scan.links
    assert not any(link.plays("part") for link in links)
    assert any(link.value or link.quantity for link in links)


@needs_cars
def test_names_that_differ_by_a_whole_word_are_left_to_be_asked_about(cars: Knowledge) -> None:
    (names,) = _named(cars, "i7 23款xDrive60L多少钱")
    assert names == ("宝马i7 2023款 xDrive60L M运动套装", "宝马i7 2023款 xDrive60L 豪华套装")
