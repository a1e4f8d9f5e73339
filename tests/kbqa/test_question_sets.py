"""The tuned half of the question sets, asked of the demo knowledge base: what is answered today stays answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.evaluate.kg import evaluate_kg

ROOT = Path(__file__).parents[2]
SETS = ROOT / "tests" / "data" / "kbqa" / "tune"


CARS = next(
    (
        found
        for above in ROOT.parents
        if (found := above / "shared" / "datasets" / "car_knowledge_graph_2025").is_dir()
    ),
    ROOT.parent / "shared" / "datasets" / "car_knowledge_graph_2025",
)
HALVES = ("tune", "heldout")


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("single_demo", 100),
        ("conversations", 150),
        ("fresh_single_demo", 60),
        ("fresh_conversations_demo", 50),
        ("old_heldout_single_demo", 130),
        ("old_heldout_conversations", 190),
        ("blind3_single_demo", 70),
        ("blind3_conversations_demo", 70),
    ],
)
def test_tuned_questions_stay_answered_without_a_wrong_value(name: str, turns: int) -> None:
    tally = evaluate_kg(
        ROOT / "user_datasets" / "car_knowledge_graph",
        [SETS / f"{name}.jsonl"],
        graph="demo",
        lexicon=ROOT / "user_datasets" / "lexicon",
        config=ROOT / "user_datasets" / "chatbot_deploy_eas.json",
    )
    figures = tally.figures()
    assert figures["turns"] >= turns
    assert figures["turn_accuracy"] >= 0.9
    assert figures["wrong_values"] == 0
    assert figures["wrong_carry_over_rate"] == 0


@pytest.mark.skipif(not CARS.is_dir(), reason=f"the graph of real cars is not here: {CARS}")
@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("single_cars2025", 70),
        ("conversations_cars2025", 45),
        ("old_heldout_single_cars2025", 70),
        ("old_heldout_conversations_cars2025", 50),
        ("blind3_single_cars2025", 55),
        ("blind3_conversations_cars2025", 40),
    ],
)
def test_tuned_questions_about_real_cars_stay_answered_without_a_wrong_value(name: str, turns: int) -> None:
    figures = evaluate_kg(
        CARS, [SETS / f"{name}.jsonl"], "cars2025", ROOT / "user_datasets" / "lexicon", None
    ).figures()
    assert figures["turns"] >= turns
    assert figures["turn_accuracy"] >= 0.9
    assert figures["wrong_values"] == 0
    assert figures["wrong_carry_over_rate"] == 0


def test_the_sets_are_as_large_as_promised_and_no_question_stands_in_both_halves() -> None:
    said: dict[str, dict[str, str]] = {half: {} for half in HALVES}
    conversations = []
    for half in HALVES:
        for file in sorted((SETS.parent / half).glob("*.jsonl")):
            lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            if "conversations" in file.name:
                conversations += [len(line["turns"]) for line in lines]
            else:
                said[half].update((_first(line), f"{file.name} {line['id']}") for line in lines)
    assert sum(map(len, said.values())) >= 300
    assert len(conversations) >= 100
    assert min(conversations) >= 2
    assert max(conversations) <= 6
    both = [where for text, where in said["heldout"].items() if text in said["tune"]]
    assert both == []  # places, not texts: what is held out stays unread


def _first(line: dict[str, Any]) -> str:
    turn = line["turns"][0]
    return turn if isinstance(turn, str) else turn["say"]
