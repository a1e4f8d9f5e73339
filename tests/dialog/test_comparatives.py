"""The operator's words of degree: what ``comparatives.txt`` says is what is asked."""

import shutil
from pathlib import Path

import pytest

from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.errors import DataError
from chatbot.knowledge_source import graph_knowledge
from chatbot.planning.concepts import comparatives
from chatbot.reply import Reply
from chatbot.session.base import Memory

GRAPH, LEXICON = Path("user_datasets/car_knowledge_graph"), Path("user_datasets/lexicon")


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    """A copy of the shipped lexicons, to be edited."""
    return Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))


def reply(text: str, lexicon: Path) -> Reply:
    hearing = Hearing(text, graph_knowledge(GRAPH, lexicon), DialogSettings())
    return build_machine().step(Memory(), hearing).reply


def edit(lexicon: Path, line: str) -> None:
    with (lexicon / "comparatives.txt").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def test_a_word_that_is_added_ranks_by_its_attribute_from_then_on(lexicon: Path) -> None:
    assert reply("最带感的是哪款", lexicon).plan is None
    edit(lexicon, "带感\t最大功率\t↑")
    plan = reply("最带感的是哪款", lexicon).plan
    assert plan is not None
    assert (plan.op, plan.order, plan.attributes[0][-1]) == ("superlative", "desc", "最大功率(kW)")


def test_a_word_that_is_turned_round_changes_the_answer(lexicon: Path) -> None:
    before = reply("最猛的是哪款", lexicon)
    edit(lexicon, "猛\t加速\t↑")
    after = reply("最猛的是哪款", lexicon)
    assert before.plan is not None and after.plan is not None
    assert (before.plan.order, after.plan.order) == ("asc", "desc")
    assert before.entities != after.entities


def test_the_shipped_file_says_nothing_that_the_built_in_words_do_not() -> None:
    assert set(comparatives(LEXICON / "comparatives.txt")) == set(comparatives(None))


def test_a_line_of_another_form_is_an_error_with_its_place_and_the_way_out(lexicon: Path) -> None:
    edit(lexicon, "带感 最大功率 ↑")
    with pytest.raises(DataError, match=r"comparatives\.txt:\d+.*带感.*Tab"):
        graph_knowledge(GRAPH, lexicon)
