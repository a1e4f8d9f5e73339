"""Values of a real graph: plain numbers come out as themselves, and little that looks like one stays unread."""

import re
from fractions import Fraction

import pytest

from chatbot.knowledge_graph.coverage import coverage
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.values import parse_value
from tests.knowledge_graph.graphs import UNITS
from tests.knowledge_graph.oracle import UNITS as FACTORS
from tests.real_cars import CARS, needs_cars

pytestmark = needs_cars
_PLAIN = re.compile(r"(?:\(标配\))?(\d+(?:\.\d+)?)")
_NAMED = re.compile(r"\(([^()]+)\)$")


def test_every_plain_number_under_a_named_unit_is_exactly_that_quantity() -> None:
    checked = 0
    for entity in load_graph(CARS).entities:
        for path, raw in entity.leaves.items():
            number, unit = _PLAIN.fullmatch(raw), _NAMED.search(path[-1])
            if number and unit and unit[1] in FACTORS:
                value = parse_value(raw, path[-1], UNITS)
                (measure,) = value.measures
                dimension, factor = FACTORS[unit[1]]
                assert (value.raw, value.kind, measure.dimension) == (raw, "number", dimension), (path, raw)
                assert measure.low == measure.high == pytest.approx(float(Fraction(number[1]) * factor))
                checked += 1
    assert checked > 1000


def test_at_most_six_in_a_hundred_values_look_like_numbers_and_stay_text() -> None:
    found = coverage(load_graph(CARS), UNITS)
    assert found.unread_leaves <= 0.06 * found.leaves
    assert not [one for one in found.unread if any(_PLAIN.fullmatch(text) for text in one.examples)]
