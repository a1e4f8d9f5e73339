"""The tuned half of the question sets, asked of the demo knowledge base: what is answered today stays answered."""

from pathlib import Path

import pytest

from tools.evaluate.kg import evaluate_kg

ROOT = Path(__file__).parents[2]
SETS = ROOT / "tests" / "data" / "kbqa" / "tune"


@pytest.mark.parametrize(("name", "turns"), [("single_demo", 100), ("conversations", 150)])
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
