"""From logits to probabilities that mean what they say: one temperature, fitted on the dev part (Guo et al., ICML 2017)."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from chatbot.predict.vision.chances import Logits

_BOUND = 3.0
"""Of the temperature's logarithm."""


def temperature(logits: Logits, truth: NDArray[np.bool_], *, multi_label: bool) -> float:
    """What divides ``logits`` (n, C) so that ``truth`` (n, C) is likeliest."""
    found = minimize_scalar(
        lambda log: _loss(logits.astype(np.float64) / np.exp(log), truth, multi_label),
        bounds=(-_BOUND, _BOUND),
        method="bounded",
    )
    return float(np.exp(found.x))


def _loss(scores: NDArray[np.float64], truth: NDArray[np.bool_], multi_label: bool) -> float:
    if multi_label:
        return float((np.logaddexp(0, scores) - scores * truth).mean())
    return float((np.logaddexp.reduce(scores, axis=1) - scores[truth]).mean())
