import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

from tools.train_two_tower.losses import circle_loss, hinge_loss, loss_of, masks, multiple_negatives
from tools.train_two_tower.settings import LossType, TrainSettings

LABELS = [0, 0, 1, 1, 2, 0]


def similarities(seed: int) -> Tensor:
    vectors = torch.nn.functional.normalize(
        torch.randn(6, 5, generator=torch.Generator().manual_seed(seed)), dim=1
    )
    return vectors @ vectors.T


def sides(i: int) -> tuple[list[int], list[int]]:
    """Positives and negatives of query i, read off the labels."""
    same = [j for j in range(6) if j != i and LABELS[j] == LABELS[i]]
    return same, [j for j in range(6) if LABELS[j] != LABELS[i]]


def brute_hinge(s: Tensor, margin: float) -> float:
    gaps = [
        max(0.0, margin - float(s[i, p]) + float(s[i, n])) for i in range(6) for p, n in product(*sides(i))
    ]
    above = [gap for gap in gaps if gap > 0]
    return sum(above) / max(1, len(above))


def brute_circle(s: Tensor, margin: float, gamma: float) -> float:
    terms = []
    for i in range(6):
        positive, negative = sides(i)
        if positive and negative:
            up = sum(
                math.exp(-gamma * max(0, 1 + margin - x) * (x - 1 + margin))
                for x in map(float, s[i, positive])
            )
            down = sum(
                math.exp(gamma * max(0, x + margin) * (x - margin)) for x in map(float, s[i, negative])
            )
            terms.append(math.log(1 + up * down))
    return float(np.mean(terms))


def brute_multiple_negatives(s: Tensor, gamma: float) -> float:
    terms = []
    for i in range(6):
        positive, negative = sides(i)
        for p in positive:
            own = math.exp(gamma * float(s[i, p]))
            terms.append(-math.log(own / (own + sum(math.exp(gamma * float(s[i, n])) for n in negative))))
    return float(np.mean(terms))


@pytest.mark.parametrize("seed", range(3), ids=lambda seed: f"seed {seed}")
class TestLossesAgainstBruteForce:
    def test_hinge(self, seed: int) -> None:
        s = similarities(seed)
        assert float(hinge_loss(s, *masks(LABELS), margin=0.45)) == pytest.approx(
            brute_hinge(s, 0.45), rel=1e-5
        )

    def test_circle(self, seed: int) -> None:
        s = similarities(seed)
        got = float(circle_loss(s, *masks(LABELS), margin=0.25, gamma=8))
        assert got == pytest.approx(brute_circle(s, 0.25, 8), rel=1e-4)

    def test_multiple_negatives(self, seed: int) -> None:
        s = similarities(seed)
        got = float(multiple_negatives(s, *masks(LABELS), gamma=16))
        assert got == pytest.approx(brute_multiple_negatives(s, 16), rel=1e-4)


@pytest.mark.parametrize("loss_type", list(LossType), ids=str)
def test_a_sentence_of_the_same_label_is_never_pushed_away(loss_type: LossType) -> None:
    s = similarities(1).requires_grad_()
    loss_of(TrainSettings(loss_type=loss_type))(s, *masks(LABELS)).backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
    assert s.grad is not None
    positive, _ = masks(LABELS)
    assert (s.grad[positive] <= 0).all()
    assert (s.grad.diagonal() == 0).all()


@pytest.mark.parametrize("loss_type", list(LossType), ids=str)
def test_a_batch_of_one_label_costs_nothing_and_has_no_broken_gradient(loss_type: LossType) -> None:
    s = similarities(2).requires_grad_()
    loss = loss_of(TrainSettings(loss_type=loss_type))(s, *masks([0] * 6))
    loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
    assert loss.item() == 0
    assert s.grad is None or torch.isfinite(s.grad).all()
