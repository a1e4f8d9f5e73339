"""Maximum likelihood of the conditional logit in ``chatbot/faq_modules/choice.py``, by Newton's method in numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.signals import SignalTable

_STEPS, _SMALL = 50, 1e-9


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance whose answer is known: row ``gold`` of ``table``, or none of them.

    ``gold`` is -1 when the right one is missing from the candidates, or when there is none (``has_answer`` false).
    """

    table: SignalTable
    gold: int
    has_answer: bool = True
    weight: float = 1.0
    kind: str = ""


def fit_weights(
    examples: Sequence[Example], prior: NDArray[np.float64], strength: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights of the signals, then of the utterance: those that make the examples likeliest.

    ``prior`` (signals + query signals,) is where they are pulled to, each with its ``strength`` (an inverse
    variance); the objective is strictly convex, so the result does not depend on the start.
    """
    design, gold, weight = _design(examples)
    weights = prior.copy()
    value = _objective(design, gold, weight, weights, prior, strength)
    for _ in range(_STEPS):
        gradient, hessian = _derivatives(design, gold, weight, weights, prior, strength)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > _SMALL:
            attempt = weights - size * step
            new = _objective(design, gold, weight, attempt, prior, strength)
            if new <= value:
                break
            size /= 2
        if size <= _SMALL or value - new < _SMALL * max(1.0, abs(value)):
            break
        weights, value = attempt, new
    return weights


def _design(
    examples: Sequence[Example],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Padded rows (examples, candidates + 1, columns); row 0 is "none of them", padding has NaN in column 0."""
    signals, queried = examples[0].table.values.shape[1], len(examples[0].table.query)
    most = max(len(example.table.owners) for example in examples) + 1
    design = np.zeros((len(examples), most, signals + queried))
    for place, example in enumerate(examples):
        count = len(example.table.owners)
        design[place, 0, signals:] = example.table.query
        design[place, 1 : count + 1, :signals] = example.table.values
        design[place, count + 1 :, 0] = np.nan
    gold = np.array([example.gold + 1 for example in examples])
    return design, gold, np.array([example.weight for example in examples])


def _shares(design: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    padding = np.isnan(design[:, :, 0])
    logits = np.where(padding, -np.inf, np.nan_to_num(design) @ weights)
    shares: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _objective(
    design: NDArray[np.float64],
    gold: NDArray[np.int64],
    weight: NDArray[np.float64],
    weights: NDArray[np.float64],
    prior: NDArray[np.float64],
    strength: NDArray[np.float64],
) -> float:
    likelihood = np.log(_shares(design, weights)[np.arange(len(gold)), gold] + 1e-300)
    return float(-(weight @ likelihood) + 0.5 * strength @ (weights - prior) ** 2)


def _derivatives(
    design: NDArray[np.float64],
    gold: NDArray[np.int64],
    weight: NDArray[np.float64],
    weights: NDArray[np.float64],
    prior: NDArray[np.float64],
    strength: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, shares = np.nan_to_num(design), _shares(design, weights)
    mean = np.einsum("ec,ecs->es", shares, rows)
    gradient = weight @ (mean - rows[np.arange(len(gold)), gold]) + strength * (weights - prior)
    weighted = rows * np.sqrt(shares * weight[:, None])[:, :, None]
    flat = weighted.reshape(-1, weighted.shape[2])
    spread = mean * np.sqrt(weight)[:, None]
    hessian = flat.T @ flat - spread.T @ spread + np.diag(strength)
    return gradient, hessian
