"""What is passed over at one look would have changed nothing, and what is asked is planned once for all its courtesies."""

import json
import re
from types import ModuleType

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_source import graph_knowledge
from chatbot.planning import places, rewriting, spoken_names
from chatbot.planning.context import Context
from chatbot.planning.query import Query
from chatbot.planning.scan import Scan, always
from tests.kbqa.test_question_sets import ROOT

TUNE = ROOT / "tests" / "data" / "kbqa" / "tune"
LOOKS: dict[str, tuple[ModuleType, str]] = {
    "places and counts": (places, "_MAY_BE_PLACE"),
    "rewriting": (rewriting, "_ANY"),
    "spoken names": (spoken_names, "_NUMERAL"),
}


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return graph_knowledge(ROOT / "user_datasets" / "car_knowledge_graph", ROOT / "user_datasets" / "lexicon")


@pytest.fixture(scope="module")
def questions() -> list[str]:
    files = sorted(TUNE.glob("*_demo.jsonl"))
    asked = [json.loads(line)["turns"] for file in files for line in file.read_text("utf-8").splitlines()]
    said = [turn if isinstance(turn, str) else turn["say"] for turns in asked for turn in turns]
    assert len(said) > 300
    return list(dict.fromkeys(said))


def scanned(known: Knowledge, questions: list[str]) -> list[Scan]:
    """As ``explain`` has them, without the plans that would be made of them."""
    return [known.planner._scan(said, Context(), always) for said in questions]


@pytest.fixture(scope="module")
def with_looks(known: Knowledge, questions: list[str]) -> list[Scan]:
    return scanned(known, questions)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_saves_time_and_changes_no_scan(
    known: Knowledge,
    questions: list[str],
    with_looks: list[Scan],
    look: tuple[ModuleType, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*look, re.compile(""))
    assert scanned(known, questions) == with_looks


def test_a_make_is_missed_at_one_look_only_where_there_is_none(
    known: Knowledge, questions: list[str]
) -> None:
    vocabulary = known.planner.vocabulary
    for said in (*questions, "小鹏p7多少钱", "深蓝s7多少钱", "有深蓝色的吗", "蔚来和理想怎么选"):
        names = [name for name in vocabulary._absent.makes if name in said]
        assert vocabulary.lacks_make(said) or not names
    assert vocabulary.lacks_make("小鹏p7多少钱") == "小鹏"
    assert vocabulary.lacks_make("深蓝s7多少钱") == "深蓝" and not vocabulary.lacks_make("有深蓝色的吗")


def test_a_question_in_other_courtesies_is_the_same_plan(known: Knowledge) -> None:
    asked = ("20万以内的SUV有哪些", "请问20万以内的suv有哪些", "麻烦问下20万以内的SUV有哪些呀")
    plans = [known.planner.plan(said, Context()) for said in asked]
    assert isinstance(plans[0], Query)
    assert all(plan is plans[0] for plan in plans)


def test_whether_slips_are_mended_is_remembered_apart(known: Knowledge) -> None:
    said = "续行里程最长的是哪款"
    mended = known.planner.plan(said, Context(), mend=lambda: True)
    assert known.planner.plan(said, Context(), mend=lambda: False) is not mended
    assert known.planner.plan(said, Context(), mend=lambda: True) is mended
