"""Thresholds that keep a promise: conformal risk control of the wrong-answer rate, and the coverage it costs.

For the loss "answered, and wrong", which falls as the threshold rises, the smallest threshold ``t`` with
``n/(n+1) · R(t) + 1/(n+1) ≤ α`` on ``n`` held-out questions keeps the expected loss of the next one at or below ``α``
(Angelopoulos, Bates, Fisch, Lei & Schuster 2022).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.choice import Thresholds

REFUSED = 0.05
GRID = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A held-out question: how sure the first candidate was, whether it was right, whether there was an answer."""

    confidence: float
    right: bool
    has_answer: bool
    weight: float = 1.0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """``coverage``: share of answerable questions that are answered; ``wrong``: share of all answered wrongly."""

    threshold: float
    coverage: float
    wrong: float


def thresholds_for(outcomes: Sequence[Outcome], target: float) -> Thresholds:
    """The lowest answer threshold that keeps wrong answers at or below ``target``, and the one to refuse below.

    At most ``REFUSED`` of the answerable questions fall below ``ask``.
    """
    confidence, loss, weight = _columns(outcomes)
    order = np.argsort(-confidence, kind="stable")
    total = float(weight.sum())
    risk = (np.cumsum((loss * weight)[order]) / total) * total / (total + 1) + 1 / (total + 1)
    allowed = np.flatnonzero(risk > target)
    last = int(allowed[0]) if len(allowed) else len(order)
    level = confidence[order]
    answer = 1.0 if last == 0 else float(level[last - 1])
    if 0 < last < len(order) and level[last] == answer:  # ties: all of them would be answered
        above = level[level > answer]
        answer = float(above[-1]) if len(above) else 1.0
    answerable = np.array([outcome.has_answer for outcome in outcomes])
    ask = float(np.quantile(confidence[answerable], REFUSED)) if answerable.any() else answer
    covered = float((confidence[answerable] >= answer).mean()) if answerable.any() else 0.0
    return Thresholds(target, round(answer, 4), round(min(ask, answer), 4), round(covered, 4))


def coverage_curve(outcomes: Sequence[Outcome]) -> tuple[CurvePoint, ...]:
    """Coverage and wrong answers at the thresholds of ``GRID``."""
    confidence, loss, weight = _columns(outcomes)
    answerable = np.array([outcome.has_answer for outcome in outcomes])
    points = []
    for threshold in GRID:
        answered = confidence >= threshold
        covered = float(answered[answerable].mean()) if answerable.any() else 0.0
        wrong = float((weight * loss * answered).sum() / weight.sum())
        points.append(CurvePoint(threshold, round(covered, 4), round(wrong, 4)))
    return tuple(points)


def area_under_roc(outcomes: Sequence[Outcome]) -> float:
    """The probability that an answerable question gets more confidence than one without answer (ties count half)."""
    inside = np.sort([outcome.confidence for outcome in outcomes if outcome.has_answer])
    outside = np.array([outcome.confidence for outcome in outcomes if not outcome.has_answer])
    if not len(inside) or not len(outside):
        return float("nan")
    below = np.searchsorted(inside, outside, side="left") + np.searchsorted(inside, outside, side="right")
    return float(1 - below.mean() / 2 / len(inside))


def _columns(
    outcomes: Sequence[Outcome],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    confidence = np.array([outcome.confidence for outcome in outcomes])
    loss = np.array([0.0 if outcome.right else 1.0 for outcome in outcomes])
    return confidence, loss, np.array([outcome.weight for outcome in outcomes])
