"""The choice of the closest standard question: all signals fused into one calibrated probability.

A conditional logit (McFadden 1974) over the candidates and "none of them": with signals ``x_i`` of candidate ``i``
and ``z`` of the utterance, ``P(i) = exp(w·x_i) / (exp(u·z) + Σ_j exp(w·x_j))``. Fitted by maximum likelihood on held-out
paraphrases and on questions without an answer (``tools/index/fit.py``), so that the probability means what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.signals import QUERY_SIGNALS, SignalTable

EXACT_LOGIT = 5.0
_UNKNOWN_MODULE = 3.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set by ``--target-wrong-answer-rate``: at ``answer`` and above it is an answer, below ``ask`` it is refused.

    ``coverage`` is the share of questions that have an answer and are answered; all measured on held-out ones.
    """

    target: float
    answer: float
    ask: float
    coverage: float


@dataclass(frozen=True)
class ChoiceModel:
    """Weights by signal name, those of the utterance included (``nothing…``).

    ``origin`` says what they were fitted on, ``basis`` is a hash of exactly that, ``figures`` what was measured.
    """

    weights: Mapping[str, float]
    origin: str
    thresholds: tuple[Thresholds, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    basis: str = ""

    def vector(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """The weights of ``names``, in that order; a module that was not there when they were fitted gets a mild one."""
        unknown = {name: _UNKNOWN_MODULE for name in names if name.startswith("module:")}
        return np.array([self.weights.get(name, unknown.get(name, 0.0)) for name in names])


class Choice:
    """A model bound to the signals of one retriever."""

    def __init__(self, model: ChoiceModel, names: tuple[str, ...]) -> None:
        self.model = model
        self._weights, self._nothing = model.vector(names), model.vector(QUERY_SIGNALS)

    def probabilities(self, table: SignalTable) -> NDArray[np.float64]:
        """For each candidate, the probability that it is what was asked; they add up to at most 1."""
        logits = table.values @ self._weights
        nothing = float(table.query @ self._nothing)
        if table.exact.any():
            others = max(nothing, float(logits.max()))
            logits = np.where(table.exact, others + EXACT_LOGIT, logits)
        highest = max(nothing, float(logits.max(initial=nothing)))
        shares = np.exp(logits - highest)
        probabilities: NDArray[np.float64] = shares / (shares.sum() + np.exp(nothing - highest))
        return probabilities


PRIOR = ChoiceModel(
    weights={
        "module:feature_vector_faq_match": 2.0,
        "module:fuzzy_closest_faq_match": 2.0,
        "bm25": 7.0,
        "cosine": 1.0,
        "support": 0.0,
        "class": 4.0,
        "coverage": 4.0,
        "sound": 1.0,
        "sound_coverage": 3.0,
        "length": 4.0,
        "nothing": 13.0,
        "nothing_known": 2.0,
        "nothing_length": 0.0,
    },
    origin="prior",
)
