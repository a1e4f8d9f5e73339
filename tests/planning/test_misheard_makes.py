"""Makes written as they sound, where words of the grammar would hide the slip."""

import pytest

from chatbot.planning.misheard_makes import MisheardMakes
from tests.kbqa.test_ways_of_asking import rows

MAKES = MisheardMakes(["别克", "吉利", "长安", "bmw", "比亚迪"], {"长按", "给力"})


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("别可的suv", "别克的suv"),
        ("别可纯电", "别克纯电"),
        ("想买吉力,十万以下", "想买吉利,十万以下"),
        ("比亚笛有哪些", "比亚迪有哪些"),
        ("别的suv", "别的suv"),
        ("别可惜了", "别可惜了"),
        ("可别的", "可别的"),
        ("长按的", "长按的"),  # a word of its own
        ("给力的车", "给力的车"),
        ("你别可的", "你别可的"),  # amid other words
        ("吉利的车", "吉利的车"),
        ("", ""),
    ],
)
def test_a_make_is_written_as_it_is_where_one_is_likely(said: str, written: str) -> None:
    assert MAKES.written(said) == written


def test_nothing_is_looked_for_without_makes() -> None:
    assert MisheardMakes([], set()).written("别可的suv") == "别可的suv"


def test_cars_of_a_misheard_make_are_those_of_the_make() -> None:
    assert rows("北晨的SUV有哪些") == rows("北辰的SUV有哪些") != set()
