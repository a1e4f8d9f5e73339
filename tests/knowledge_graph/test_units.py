"""The table of units."""

from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.knowledge_graph.units import built_in_units, load_units
from tests.knowledge_graph.graphs import LEXICON


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("公里", "km"),
        ("KM", "km"),
        ("kW", "kW"),
        ("千瓦", "kW"),
        ("N·m", "N·m"),
        ("s", "s"),
        ("L/100km", "L/100km"),
    ],
)
def test_a_unit_is_found_in_any_spelling(spelled: str, name: str) -> None:
    for table in (built_in_units(), load_units(LEXICON / "units.txt")):
        unit = table.find(spelled)
        assert unit is not None and unit.name == name


@pytest.mark.parametrize("spelled", ["万", "w", "千", "k", "T"])
def test_a_scale_and_a_turbo_sign_are_no_units(spelled: str) -> None:
    assert load_units(LEXICON / "units.txt").find(spelled) is None


def test_the_longest_unit_at_a_place_wins_and_does_not_run_on_into_letters() -> None:
    units = built_in_units()
    found = units.match("200km/h", 3)
    assert found is not None and (found[0].name, found[1]) == ("km/h", 7)
    assert units.match("5miles", 1) is None


def test_the_operators_table_adds_to_the_built_in_one(tmp_path: Path) -> None:
    file = tmp_path / "units.txt"
    file.write_text("光年\t长度\t9460730472580800\t光年|ly\n", "utf-8")
    units = load_units(file)
    assert units.find("ly") == units.find("光年")
    assert units.find("公里") is not None
    assert units.fingerprint != built_in_units().fingerprint


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("km\t长度\t1000", "不是四栏"),
        ("km\t长度\t很多\t公里", "不是正数"),
        ("km\t长度\t-1\t公里", "不是正数"),
        ("km\t长度\tNaN\t公里", "不是正数"),
    ],
    ids=["three columns", "no number", "negative", "nan"],
)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "units.txt"
    file.write_text(f"# 说明\n{line}\n", "utf-8")
    with pytest.raises(DataError, match=problem) as caught:
        load_units(file)
    assert "units.txt:2" in caught.value.message
