"""Names as people say them, way by way: linked to just the entities that the words leave open."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.planning.context import Context
from tests.real_cars import needs_cars
from tools.evaluate.naming import measure
from tools.evaluate.naming_truth import Said, Truth
from tools.evaluate.naming_ways import Namer


@needs_cars
def test_names_said_in_many_ways_are_linked_to_just_what_they_leave_open(cars: Knowledge) -> None:
    figures = measure(cars.planner, Namer(cars.graph, seed=5).made(12)).figures()
    assert figures["n"] > 250
    assert figures["right"] >= 0.93
    for way in ("whole name", "without the brand", "series and short year", "run together", "some words"):
        assert figures[way] >= 0.9, way


@needs_cars
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("911 25 C4 GTS Cab", ["保时捷911 2025款 Carrera 4 GTS Cabriolet 3.6T"]),
        ("taycan tgt weissach", ["Taycan 2024款 Taycan Turbo GT with Weissach Package"]),
        ("凌尚2023款豪华版", ["凌尚 2023款 双擎 2.0L 豪华版", "凌尚 2023款 改款 2.0L 豪华版"]),
        ("奔驰C二百L运动版", ["奔驰C级 2025款 C 200 L 运动版"]),
        ("hongqiH9 2023款 3.0t", ["红旗H9 2023款 3.0T 智联旗领四座版"]),
        ("718 Bxster GTS", ["保时捷718 2022款 Boxster GTS 2.5T"]),
    ],
)
def test_a_name_is_read_in_initials_numerals_pinyin_and_with_slips(
    cars: Knowledge, said: str, meant: list[str]
) -> None:
    parts = cars.planner.explain(f"{said}多少钱", Context()).parts
    assert [sorted(thing.names) for thing in parts.things] == [meant]


def test_the_truth_of_a_name_is_what_holds_all_its_words(demo_graph: Knowledge) -> None:
    graph = demo_graph.graph
    entity = graph.entities[0]
    least, most = Truth(graph).of(
        Said(entity, entity.keywords[1], "", (), tuple(entity.keywords[-1].split()))
    )
    assert entity.name in most and least <= most
