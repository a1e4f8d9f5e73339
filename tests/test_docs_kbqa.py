"""``docs/kbqa.md`` and its Chinese twin say what is there."""

import json
from pathlib import Path
from typing import get_args

import pytest

from chatbot.explain.text import lines
from chatbot.knowledge_graph.plan import Op
from tests.explain.test_explain import explained
from tools.evaluate.kg import evaluate_kg

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "docs/kbqa.md", ROOT / "docs/zh/kbqa.md"]
pages = pytest.mark.parametrize("page", PAGES, ids=["English", "Chinese"])


@pages
def test_every_operator_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [op for op in get_args(Op) if f"`{op}`" not in text] == []


@pages
def test_every_section_of_an_explanation_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    printed = [line for line in lines(explained("30万以内的有哪些")) if line.startswith("【")]
    sections = {line[: line.index("】") + 1] for line in printed}
    assert len(sections) == 7 and [section for section in sections if section not in text] == []


@pages
def test_every_lexicon_that_is_shipped_is_named_and_no_other_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shipped = {file.name for file in (ROOT / "user_datasets/lexicon").glob("*.txt")}
    elsewhere = {"cancel.txt", "examples.txt", "handoff.txt"}  # nothing of the graph
    assert [name for name in sorted(shipped - elsewhere) if f"`{name}`" not in text] == []


@pages
def test_the_example_of_a_question_file_is_one_that_passes(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    example = json.loads(text.split("```json\n")[1].split("```")[0])
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(example, ensure_ascii=False) + "\n", encoding="utf-8")
    data = ROOT / "user_datasets"
    tally = evaluate_kg(data / "car_knowledge_graph", [file], "demo", data / "lexicon", None)
    assert (tally.turns, tally.right) == (1, 1), tally.failed
