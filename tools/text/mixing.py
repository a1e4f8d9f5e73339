"""An n-gram model beside the transformer: learnt from the same rows, the weights of both fitted on the dev part."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from chatbot.classifying.linear import WEIGHTS_FILE, save_linear
from chatbot.classifying.mixture import NGRAMS, TRANSFORMER, Mixture, Parts, log_chances
from chatbot.classifying.scoring import Scores
from chatbot.errors import DataError
from tools.text.calibration import fit_calibration
from tools.text.data import TextData
from tools.text.fast import Watch, score_of, train_fast
from tools.text.settings import TrainSettings

_PRIOR = 1e-4  # draws both powers towards a half where the dev part does not care
_EVEN = np.array([0.5, 0.5])


@dataclass(frozen=True, slots=True)
class Mixed:
    """``accuracy`` of each part by itself on the dev part (micro-F1 for several labels at once)."""

    mixture: Mixture
    parts: Parts
    accuracy: Mapping[str, float]


def add_ngrams(settings: TrainSettings, data: TextData, folder: Path, watch: Watch) -> float | None:
    """Learn the n-gram model into ``folder``: the seconds it took, or None where no n-gram stands in two texts.

    ``settings.sequence_length`` is read as characters, of which a word piece has one or more.
    """
    began = time.monotonic()
    try:
        model, _ = train_fast(settings, data, watch)
    except DataError as error:
        print(f"提示：不混合 n-gram 模型：{error}", file=sys.stderr)
        drop_ngrams(folder)
        return None
    save_linear(folder, model.vocabulary, model.weights, model.bias)
    return time.monotonic() - began


def drop_ngrams(folder: Path) -> None:
    """Remove the n-gram model of an earlier run: it is no part of this one."""
    (folder / WEIGHTS_FILE).unlink(missing_ok=True)


def fit_mixture(transformer: Scores, ngrams: Scores, truth: NDArray[np.bool_], *, multi_label: bool) -> Mixed:
    """How scores (n, labels) of both parts are mixed so that ``truth`` (n, labels) is given most.

    Each part is calibrated alone; then the powers of both are fitted together to the log-loss, which is convex in them.
    Their ratio is the weight; their sum is a temperature, which the calibration of the mixture finds again.
    """
    alone = [fit_calibration(one, truth, multi_label=multi_label) for one in (transformer, ngrams)]
    parts = Parts(
        log_chances(transformer, alone[0], multi_label=multi_label),
        log_chances(ngrams, alone[1], multi_label=multi_label),
    )

    def loss(powers: NDArray[np.float64]) -> float:
        given = powers[0] * parts.transformer + powers[1] * parts.ngrams
        return _log_loss(given, truth, multi_label) + _PRIOR * float(np.square(powers - _EVEN).sum())

    found = minimize(loss, _EVEN, method="L-BFGS-B", bounds=((1e-3, 20.0), (0.0, 20.0))).x
    accuracy = {
        name: score_of(one.astype(np.float32), truth, multi_label)
        for name, one in ((TRANSFORMER, parts.transformer), (NGRAMS, parts.ngrams))
    }
    return Mixed(Mixture(float(found[1] / found.sum()), *alone), parts, accuracy)


def ngram_settings(settings: TrainSettings, most: int) -> TrainSettings:
    """The settings of the n-gram model: it reads no further than the transformer was asked to."""
    return replace(settings, sequence_length=min(settings.sequence_length, most))


def _log_loss(given: NDArray[np.float64], truth: NDArray[np.bool_], multi_label: bool) -> float:
    if multi_label:
        return float(np.logaddexp(0, np.where(truth, -given, given)).mean())
    return float((np.logaddexp.reduce(given, axis=1) - given[truth]).mean())
