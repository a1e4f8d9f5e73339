"""How good predictions of labels are: accuracy, F1, confusion, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class LabelScore:
    """``precision``, ``recall`` and ``f1`` of one label; ``support`` texts have it, ``predicted`` were given it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of like probability: how many, their mean probability, how many of them were right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Measures:
    """``accuracy``: all labels of a text right. ``macro_f1``: mean over the labels that occur or were predicted.

    ``confusion`` (labels, labels): rows are true, columns predicted; empty for several labels at once.
    ``calibration_error``: mean distance of probability and share right, weighted by bin (Naeini et al., AAAI 2015).
    """

    count: int
    accuracy: float
    macro_f1: float
    micro_f1: float
    labels: tuple[LabelScore, ...]
    confusion: NDArray[np.int64]
    bins: tuple[Bin, ...]
    calibration_error: float

    def as_dict(self) -> dict[str, object]:
        """The figures, for ``--json``."""
        return {
            "accuracy": round(self.accuracy, 6),
            "macro_f1": round(self.macro_f1, 6),
            "micro_f1": round(self.micro_f1, 6),
            "calibration_error": round(self.calibration_error, 6),
            "count": self.count,
            "labels": {
                one.label: {
                    "precision": round(one.precision, 6),
                    "recall": round(one.recall, 6),
                    "f1": round(one.f1, 6),
                    "support": one.support,
                }
                for one in self.labels
            },
        }


def measure(
    truth: NDArray[np.bool_],
    chances: NDArray[np.float64],
    labels: Sequence[str],
    *,
    multi_label: bool,
    threshold: float = 0.5,
) -> Measures:
    """The measures of probabilities (n, labels) against ``truth`` (n, labels)."""
    predicted = decided(chances, multi_label=multi_label, threshold=threshold)
    right, given, there = (truth & predicted).sum(0), predicted.sum(0), truth.sum(0)
    scores = tuple(
        LabelScore(label, _ratio(r, g), _ratio(r, t), _ratio(2 * r, g + t), int(t), int(g))
        for label, r, g, t in zip(labels, right.tolist(), given.tolist(), there.tolist(), strict=True)
    )
    counted = [one.f1 for one in scores if one.support or one.predicted]
    if multi_label:
        confidence, correct = chances.ravel(), truth.ravel()
        confusion = np.zeros((0, 0), dtype=np.int64)
    else:
        best = chances.argmax(1)
        confidence, correct = chances.max(1), truth[np.arange(len(truth)), best]
        confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
        np.add.at(confusion, (truth.argmax(1), best), 1)
    bins = _bins(confidence, correct)
    return Measures(
        count=len(truth),
        accuracy=float((truth == predicted).all(1).mean()),
        macro_f1=sum(counted) / max(1, len(counted)),
        micro_f1=_ratio(2 * int(right.sum()), int(given.sum() + there.sum())),
        labels=scores,
        confusion=confusion,
        bins=bins,
        calibration_error=sum(one.count * abs(one.confidence - one.right) for one in bins)
        / max(1, len(confidence)),
    )


def decided(chances: NDArray[np.float64], *, multi_label: bool, threshold: float) -> NDArray[np.bool_]:
    """Which labels are predicted (n, labels): the likeliest one, or all from ``threshold`` on."""
    if multi_label:
        return chances >= threshold
    return np.asarray(np.eye(chances.shape[1], dtype=np.bool_)[chances.argmax(1)])


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _bins(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> tuple[Bin, ...]:
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    found = []
    for number in range(BINS):
        inside = place == number
        count = int(inside.sum())
        found.append(
            Bin(count, float(confidence[inside].mean()), float(correct[inside].mean()))
            if count
            else Bin(0, (number + 0.5) / BINS, 0.0)
        )
    return tuple(found)
