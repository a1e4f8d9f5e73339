"""Which parts of a prediction are written, and under which names."""

import csv
import io
import json

import numpy as np
import pytest

from chatbot.errors import ModelError
from chatbot.json_bytes import dumps
from chatbot.json_file import Json
from chatbot.predict.base import ItemError, Outcome
from chatbot.predict.columns import Numbers, Picks
from chatbot.predict.processors import processor
from tools.predict.rendering import Rendering

COLUMNS = ("label", "keywords", "score")
OUTCOMES: list[Outcome] = [
    {"label": 'a "b", c', "keywords": [{"word": "车,险"}], "score": 0.5},
    ItemError("invalid_item", "空的"),
]


def table(rendering: Rendering) -> list[dict[str, str]]:
    written = rendering.header(COLUMNS) + rendering.rows(OUTCOMES, [2, 3], [["7"], ["8"]], COLUMNS)
    return list(csv.DictReader(io.StringIO(written.decode(), newline="")))


def test_all_parts_are_written_where_none_is_named() -> None:
    one, two = table(Rendering("csv", ("id",)))
    assert list(one) == ["label", "keywords", "score", "id", "error"]
    assert (
        one["label"] == 'a "b", c' and json.loads(one["keywords"]) == [{"word": "车,险"}] and one["id"] == "7"
    )
    assert two["id"] == "8" and json.loads(two["error"])["line"] == 3


def test_only_the_parts_that_are_named_are_written() -> None:
    one, two = table(Rendering("csv", ("id",), only=("score", "label")))
    assert list(one) == ["label", "score", "id", "error"]
    assert (one["score"], one["error"], two["score"]) == ("0.5", "", "")


@pytest.mark.parametrize("only", [(), ("keywords",)], ids=["all", "one"])
def test_a_part_may_be_called_otherwise_in_a_file(only: tuple[str, ...]) -> None:
    csv_form = Rendering("csv", ("id",), only, {"keywords": "keyword"})
    assert "keyword" in table(csv_form)[0] and "keywords" not in table(csv_form)[0]
    lines = Rendering("jsonl", ("id",), only, {"keywords": "keyword"}).rows(
        OUTCOMES, [1, 2], [["7"], ["8"]], COLUMNS
    )
    found = json.loads(lines.splitlines()[0])
    assert found["keyword"] == [{"word": "车,险"}] and found["id"] == "7"
    assert ("label" in found) == (not only)


def test_a_part_that_the_model_did_not_state_is_an_error_even_where_it_is_not_written() -> None:
    with pytest.raises(ModelError, match="没有声明的 other"):
        Rendering("csv", (), ("label",)).rows([{"label": "a", "other": 1}], [1], [()], COLUMNS)


def test_tagging_is_written_with_the_columns_of_its_documentation() -> None:
    kind = processor("text_tagging")
    stated = kind.make(None, {"use_default_ner": False}).describe().schema.outputs["properties"]
    assert isinstance(stated, dict)
    assert [kind.file_names.get(one, one) for one in stated] == [
        "keyword", "default_ner", "user_ner", "default_text_label", "user_text_label",
    ]  # fmt: skip


HARD: list[Json] = [
    "plain", 'a "b"', "a,b", "a\nb", "a\0b", "", "\ud800", None, 1, 2.5, 1e-7, True, 2**70, {}, [], ["", "", ","],
    {"a": {"b": '","'}}, ["between two values"], ["x", "between two values", "y"], {"between two values": "\ud800"},
]  # fmt: skip


@pytest.mark.parametrize(
    "kinds", [(str,), (dict, list), (int, float), (object,)], ids=lambda kinds: kinds[0].__name__
)
def test_rows_written_together_are_those_written_one_by_one(kinds: tuple[type, ...]) -> None:
    values = [value for value in HARD if isinstance(value, kinds)]
    some: list[Outcome] = [{"label": value, "score": 1} for value in values] + [{"score": [0.25]}]
    cells = [*([value] for value in reversed(values)), ["last"]]
    form = Rendering("csv", ("copy",))
    lines = range(1, len(some) + 1)
    alone = [
        form.rows([one], [line], [cell], COLUMNS) for one, line, cell in zip(some, lines, cells, strict=True)
    ]
    assert form.rows(some, lines, cells, COLUMNS) == b"".join(alone)
    together = form.rows([*some, OUTCOMES[1]], [*lines, 99], [*cells, ["8"]], COLUMNS)
    assert together.startswith(b"".join(alone)) and b"invalid_item" in together


@pytest.mark.parametrize("text", ["plain", 'a "b"', "a,b", "a\0b", "\ud800", ""], ids=ascii)
def test_a_row_of_texts_and_cells_that_nest_can_be_read_back(text: str) -> None:
    nested: list[Json] = [{'a"\0': text, "b": [text, "\1,\0,", 0.5]}, [text], {}, []]
    outcomes: list[Outcome] = [{"label": text, "score": one} for one in nested]
    written = Rendering("csv", ("copy",)).rows(
        outcomes, range(1, 5), [[one] for one in reversed(nested)], COLUMNS
    )
    rows = list(csv.reader(io.StringIO(written.decode(), newline="")))
    expected = text.encode(errors="replace").decode()
    for row, one, last in zip(rows, nested, reversed(nested), strict=True):
        assert row == [expected, "", dumps(one).decode(), dumps(last).decode(), ""]


@pytest.mark.parametrize("names", [("a",), ("a", 'b "c", d', "长"), ()], ids=["one", "several", "none"])
def test_columns_of_numbers_are_written_as_the_objects_they_stand_for(names: tuple[str, ...]) -> None:
    hard = [0.0, -0.0, 1.0, 1e-6, 0.1, 1e16, 1e22, -2.5, float("nan"), float("inf"), 1 / 3, 1e-300]
    values = np.array([hard[place : place + len(names)] for place in range(9)], dtype=np.float64)
    outcomes: list[Outcome] = [
        {"label": "x,y", "keywords": [row], "score": dict(zip(names, row, strict=True))}
        for row in values.tolist()
    ]
    form, cells = Rendering("csv", ("id",)), [str(number) for number in range(9)]
    by_row = form.rows(outcomes, range(9), [[cell] for cell in cells], COLUMNS)
    columns = {
        "label": ["x,y"] * 9, "keywords": [[row] for row in values.tolist()], "score": Numbers(names, values),
    }  # fmt: skip
    assert form.table(columns, [cells], COLUMNS) == by_row
    first = next(csv.reader(io.StringIO(by_row.decode(), newline="")))
    assert first[0] == "x,y" and set(json.loads(first[2])) == set(names)


def test_a_column_of_picks_is_written_as_the_lists_they_stand_for() -> None:
    names, picked = ('b "c", d', "长", "a"), [2, 0, 0, 1]
    values = [0.5, 1.0, float("nan"), 1e-7]
    outcomes: list[Outcome] = [
        {"label": "x", "score": [{'p "q"': names[one], "n": value}]}
        for one, value in zip(picked, values, strict=True)
    ]
    form = Rendering("csv", ())
    column = Picks(('p "q"', "n"), names, np.array(picked), np.array(values))
    by_row = form.rows(outcomes, range(4), [[]] * 4, ("label", "score"))
    assert form.table({"label": ["x"] * 4, "score": column}, [], ("label", "score")) == by_row
