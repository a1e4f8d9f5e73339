"""Training of *linear*: the features of a frozen network, and a linear classifier that becomes its head.

Features of each training picture and of its mirror are standardised; multinomial logistic regression (or, where several
classes may hold, one logistic regression a class) with the penalty that is best in cross-validation is folded back into
``head``: W′ = W / σ, b′ = b − W μ / σ. So one network serves it, at the cost of one pass.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from chatbot.predict.vision.networks import Classifier

Matrix = NDArray[np.float64]
Watch = Callable[[str, float], None]
PENALTIES = (1e-2, 3e-2, 1e-1, 3e-1)
"""λ of mean loss + λ/2 · ‖W‖²."""
_FOLDS = 4
_STEPS, _PRECISION = 200, 1e-5
_FLAT = 1e-6
_MOST_LOGIT = 500.0


@dataclass(frozen=True, slots=True)
class Head:
    """``weights`` (D, C) and ``bias`` (C,)."""

    weights: Matrix
    bias: Matrix

    def scores(self, features: Matrix) -> Matrix:
        """Logits (n, C) of ``features`` (n, D)."""
        return np.asarray(features @ self.weights + self.bias)


def train_head(
    model: Classifier,
    features: Matrix,
    truth: NDArray[np.bool_],
    *,
    multi_label: bool,
    seed: int,
    watch: Watch,
) -> dict[str, object]:
    """Give ``model`` the head that ``features`` (n, views, D) of ``truth`` (n, C) ask for; returns what was chosen."""
    mean = features.mean(axis=(0, 1))
    spread = features.std(axis=(0, 1))
    spread[spread <= _FLAT * spread.max()] = 1.0  # a feature that says nothing is left as it is
    scaled = (features - mean) / spread
    losses = cross_validated(scaled, truth, multi_label=multi_label, seed=seed, watch=watch)
    penalty = min(losses, key=lambda one: losses[one])
    found = fitted(*_flat(scaled, truth), penalty, multi_label=multi_label)
    weights = found.weights / spread[:, None]
    bias = found.bias - mean @ weights
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(np.ascontiguousarray(weights.T)))
        model.head.bias.copy_(torch.from_numpy(bias))
    told = "，".join(f"{one:g}: {loss:.4f}" for one, loss in losses.items())
    return {"惩罚 λ": f"{penalty:g}", "交叉验证的损失": told}


def cross_validated(
    features: Matrix, truth: NDArray[np.bool_], *, multi_label: bool, seed: int, watch: Watch
) -> dict[float, float]:
    """Mean loss of each penalty on pictures that were held out; both views of a picture are on the same side."""
    folds = np.random.default_rng(seed).permutation(len(features)) % _FOLDS
    losses = dict.fromkeys(PENALTIES, 0.0)
    done = 0
    for fold in range(_FOLDS):
        kept, start = folds != fold, None
        if not kept.any() or kept.all():
            continue
        for penalty in reversed(PENALTIES):  # from stiff to loose, each from where the last ended
            found = fitted(*_flat(features[kept], truth[kept]), penalty, multi_label=multi_label, start=start)
            start = found
            losses[penalty] += _loss(found.scores(features[~kept, 0]), truth[~kept], multi_label)[0] / _FOLDS
            done += 1
            watch("交叉验证", done / (_FOLDS * len(PENALTIES)))
    return losses


def fitted(
    features: Matrix,
    truth: NDArray[np.bool_],
    penalty: float,
    *,
    multi_label: bool,
    start: Head | None = None,
) -> Head:
    """The head of least penalised loss, by L-BFGS (Liu, Nocedal, 1989); the bias is free."""
    width, classes = features.shape[1], truth.shape[1]

    def cost(flat: Matrix) -> tuple[float, Matrix]:
        head = _unpacked(flat, width, classes)
        loss, slope = _loss(head.scores(features), truth, multi_label)
        weights = features.T @ slope + penalty * head.weights
        value = loss + penalty / 2 * float(np.square(head.weights).sum())
        return value, np.concatenate([weights.ravel(), slope.sum(0)])

    first = (
        np.zeros((width + 1) * classes)
        if start is None
        else np.concatenate([start.weights.ravel(), start.bias])
    )
    options = {"maxiter": _STEPS, "gtol": _PRECISION, "ftol": _PRECISION}
    return _unpacked(minimize(cost, first, jac=True, method="L-BFGS-B", options=options).x, width, classes)


def _unpacked(flat: Matrix, width: int, classes: int) -> Head:
    return Head(flat[: width * classes].reshape(width, classes), flat[width * classes :])


def _flat(features: Matrix, truth: NDArray[np.bool_]) -> tuple[Matrix, NDArray[np.bool_]]:
    views = features.shape[1]
    return features.reshape(-1, features.shape[2]), np.repeat(truth, views, axis=0)


def _loss(scores: Matrix, truth: NDArray[np.bool_], multi_label: bool) -> tuple[float, Matrix]:
    """Mean loss a row, and its slope by ``scores`` (n, C)."""
    count = len(scores)
    if multi_label:
        limited = np.clip(scores, -_MOST_LOGIT, _MOST_LOGIT)
        chances = 1 / (1 + np.exp(-limited))
        loss = np.logaddexp(0, limited).sum() - limited[truth].sum()
        return float(loss) / count, (chances - truth) / count
    highest = scores.max(1, keepdims=True)
    log_sums = highest[:, 0] + np.log(np.exp(scores - highest).sum(1))
    chances = np.exp(scores - log_sums[:, None])
    return float((log_sums - scores[truth]).mean()), (chances - truth) / count
