"""Evidence of scope: what it learns, against a fit by another library's method, and that it never speaks of its own texts."""

import random

import numpy as np
import pytest

from chatbot.faq_modules.grams import grams
from chatbot.faq_modules.scope import UNIT
from tools.index.scope import PARTS, STRENGTH, CrossedScope, ScopeTexts, fit_scope

_CAR, _BANK, _TALK = (
    ("轮胎", "机油", "续航", "电池"),
    ("房贷", "存款", "利息", "汇款"),
    ("你好", "再见", "哈哈", "在吗"),
)
_ASKED = (
    "{}怎么办",
    "{}多少钱",
    "我的{}呢",
    "哪里有{}",
    "{}怎么选",
    "想问{}",
    "{}多久一次",
    "{}坏了",
    "查{}",
)


def texts(*topics: str) -> list[str]:
    return [ask.format(topic) for topic in topics for ask in _ASKED]


MADE = ScopeTexts(texts(*_CAR), texts(*_BANK), list(_TALK))


def test_words_of_elsewhere_speak_against_an_answer_and_frames_for_neither() -> None:
    evidence = fit_scope(MADE)
    assert evidence is not None
    assert evidence.score("帮我看看存款") > 0 > evidence.score("帮我看看轮胎")
    assert evidence.weights["房贷"] > 0.5 and evidence.weights["轮胎"] < -0.5
    assert abs(evidence.weights.get("怎么", 0.0)) < 0.3 * evidence.weights["房贷"]


def test_the_weights_are_those_at_the_least_loss() -> None:
    """Oracle: the gradient of the stated objective, worked out from dense rows, is next to nothing."""
    found = fit_scope(MADE)
    assert found is not None
    every = [(text, -1.0, 1.0) for text in MADE.paraphrases]
    every += [
        (t, 1.0, PARTS["negatives"] * len(MADE.paraphrases) / len(MADE.negatives)) for t in MADE.negatives
    ]
    every += [
        (t, 1.0, PARTS["small_talk"] * len(MADE.paraphrases) / len(MADE.small_talk)) for t in MADE.small_talk
    ]
    names = sorted({gram for text, _, _ in every for gram in grams(text)})
    rows = np.array(
        [[(name in grams(text)) / len(grams(text)) ** 0.5 for name in names] + [1.0] for text, _, _ in every]
    )
    sign, part = np.array([one for _, one, _ in every]), np.array([one for _, _, one in every])
    weights = np.array([found.weights.get(name, 0.0) for name in names] + [found.bias])
    np.testing.assert_allclose(rows @ weights / UNIT, [found.score(text) for text, _, _ in every], atol=1e-9)
    held = np.append(np.ones(len(names)), 0.01)
    pull = STRENGTH * rows.T @ (part * sign / (1 + np.exp(sign * (rows @ weights))))
    assert np.abs(held * weights - pull).max() < 0.15, "but for the weights under 0.1 that are left out"


def test_a_text_that_was_learned_from_is_scored_without_it_and_its_noise_too() -> None:
    crossed = CrossedScope(MADE, folds=5, seed=0)
    assert crossed.whole is not None
    own = [crossed.score(text, text) - crossed.whole.score(text) for text in MADE.negatives]
    assert np.mean(own) < -0.05
    noisy, source = "房贷怎么力", "房贷怎么办"
    assert crossed.score(noisy, source) != crossed.whole.score(noisy) == crossed.score(noisy, "没见过")


@pytest.mark.parametrize("side", ["paraphrases", "negatives"])
def test_with_too_few_on_a_side_there_is_no_evidence(side: str) -> None:
    few = {"paraphrases": MADE.paraphrases, "negatives": MADE.negatives} | {side: ["轮胎"] * 3}
    crossed = CrossedScope(ScopeTexts(**few), folds=5, seed=0)
    assert crossed.whole is None and crossed.score("轮胎", "轮胎") == 0.0


def test_the_same_texts_give_the_same_weights_however_many_there_are() -> None:
    rng = random.Random(0)
    many = ["".join(rng.choices("轮胎机油续航电池怎么办多少钱", k=6)) for _ in range(7000)]
    first, second = (fit_scope(ScopeTexts(many, texts(*_BANK)), seed=3) for _ in range(2))
    assert first == second and first is not None
