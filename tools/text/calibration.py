"""From scores to probabilities, fitted on the dev part: Platt's line, and a power where only one label can hold.

The line is Platt's (1999), with his targets drawn in so that a perfectly separated part asks for no infinite slope. For
labels that exclude each other, all three numbers are fitted together to the log-loss; temperature scaling (Guo et al.,
ICML 2017) is the case of a small slope, and what margins of linear models need beyond it is that large ones saturate.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from chatbot.classifying.scoring import Calibration, Scores, probabilities

_STEPS = 100
_BOUND = 12.0  # of the logarithms of slope and power
_PRIOR = 1e-4  # draws both towards 1 where the dev part does not care
_LEAST = 1e-12


def fit_calibration(scores: Scores, truth: NDArray[np.bool_], *, multi_label: bool) -> Calibration:
    """What makes the probabilities of ``scores`` (n, labels) give most to ``truth`` (n, labels)."""
    line = _platt(scores.astype(np.float64).ravel(), truth.ravel())
    if multi_label:
        return line
    start = np.array([np.log(line.slope), line.offset, 0.0])
    found = minimize(
        lambda numbers: (
            log_loss(scores, truth, _calibration(numbers)) + _PRIOR * float(np.square(numbers).sum())
        ),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-3, "fatol": 1e-6, "maxiter": 400},
    )
    return _calibration(found.x)


def log_loss(scores: Scores, truth: NDArray[np.bool_], calibration: Calibration) -> float:
    """Mean −ln of the probability that the true label is given."""
    chances = probabilities(scores, calibration, multi_label=False)
    return float(-np.log(np.maximum(chances[truth], _LEAST)).mean())


def _calibration(numbers: NDArray[np.float64]) -> Calibration:
    slope, offset, scale = numbers
    limited = np.exp(np.clip([slope, scale], -_BOUND, _BOUND))
    return Calibration(slope=float(limited[0]), offset=float(offset), scale=float(limited[1]))


def _platt(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> Calibration:
    """The line of one chance for each score, by Newton's method."""
    there = int(truth.sum())
    targets = np.where(truth, (there + 1) / (there + 2), 1 / (len(truth) - there + 2))
    line = np.array([1.0, 0.0])
    features = np.stack([scores, np.ones_like(scores)], axis=1)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ line, -500, 500)))
        gradient = features.T @ (chance - targets)
        curve = (features * (chance * (1 - chance))[:, None]).T @ features + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        line = line - step / max(1.0, float(np.abs(step).max()))  # a long step is cut: Newton may overshoot
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(slope=float(np.clip(line[0], 1e-4, 1e4)), offset=float(line[1]))
