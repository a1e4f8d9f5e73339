"""Two models of the same texts as one: the weighted mean of their calibrated log-chances.

A transformer and an n-gram model err on different texts. Their chances are multiplied, each to the power of its weight
(the logarithmic opinion pool: Genest & Zidek, *Statistical Science*, 1986, section 3); for several labels at once,
their log-odds are averaged. It costs what the n-gram model does: tens of microseconds a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.classifying.scoring import Calibration, Pair, Scorer, Scores

TRANSFORMER, NGRAMS = "transformer", "ngrams"


@dataclass(frozen=True, slots=True)
class Mixture:
    """``weight`` is the n-gram model's, 0 to 1; each part has the calibration it would have alone."""

    weight: float
    transformer: Calibration
    ngrams: Calibration


@dataclass(frozen=True, slots=True)
class Parts:
    """Calibrated log-chances (n, labels) of both parts; of several labels at once, log-odds."""

    transformer: NDArray[np.float64]
    ngrams: NDArray[np.float64]


class MixedScorer:
    """Both parts and how they are mixed; keeps the promise of ``Scorer``, as both parts do."""

    def __init__(self, transformer: Scorer, ngrams: Scorer, mixture: Mixture, *, multi_label: bool) -> None:
        self._transformer, self._ngrams = transformer, ngrams
        self._mixture, self._multi_label = mixture, multi_label

    def parts(self, pairs: Sequence[Pair]) -> Parts:
        """What each part says of ``pairs``."""
        return Parts(
            log_chances(self._transformer.scores(pairs), self._mixture.transformer, multi_label=self._multi_label),
            log_chances(self._ngrams.scores(pairs), self._mixture.ngrams, multi_label=self._multi_label),
        )  # fmt: skip

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        return mixed(self.parts(pairs), self._mixture.weight)


def mixed(parts: Parts, weight: float) -> Scores:
    """Scores (n, labels): the mean of both, ``weight`` of it the n-grams'."""
    return np.asarray((1 - weight) * parts.transformer + weight * parts.ngrams, dtype=np.float32)


def log_chances(scores: Scores, calibration: Calibration, *, multi_label: bool) -> NDArray[np.float64]:
    """The logarithm of ``scoring.probabilities`` (n, labels), also where that is 0; log-odds for several labels."""
    lines = scores.astype(np.float64) * calibration.slope + calibration.offset
    if multi_label:
        return np.asarray(lines)
    powers = -calibration.scale * np.logaddexp(0, -lines)
    powers -= powers.max(axis=1, keepdims=True)
    return np.asarray(powers - np.log(np.exp(powers).sum(axis=1, keepdims=True)))
