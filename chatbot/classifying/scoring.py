"""What the algorithms of text classification have in common: texts in, a score and a calibrated chance for each label out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Each label's own chance is 1 / (1 + exp(−(slope · score + offset))), Platt's line; where only one label can hold,
    the chances to the power of ``scale`` are divided by their sum. A small slope makes that the usual temperature.
    """

    slope: float = 1.0
    offset: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One normalised text, its second sequence (or empty), and how long they may be."""

    first: str
    second: str
    length: int


class Scorer(Protocol):
    """A loaded model. Promise: a row of scores depends on its own pair alone, to the last bit."""

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        """Scores (n, labels), not calibrated: more is likelier."""


def probabilities(scores: Scores, calibration: Calibration, *, multi_label: bool) -> NDArray[np.float64]:
    """Calibrated probabilities (n, labels); each row sums to 1 unless several labels may hold at once."""
    lines = scores.astype(np.float64) * calibration.slope + calibration.offset
    if multi_label:
        return np.asarray(1 / (1 + np.exp(-np.clip(lines, -500, 500))))
    powers = -calibration.scale * np.logaddexp(0, -lines)
    raised = np.exp(powers - powers.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
