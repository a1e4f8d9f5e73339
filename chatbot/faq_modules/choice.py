"""The choice of the closest standard question: all signals fused into one calibrated probability.

A conditional logit (McFadden 1974) over the standard questions and "none of them": with signals ``x_i`` of standard
question ``i`` and ``z`` of the utterance, ``P(i) = exp(w·x_i) / (exp(u·z) + Σ_j exp(w·x_j))``. Fitted by maximum likelihood on held-out
paraphrases and on questions without an answer (``tools/index/fit.py``), so that the probability means what it says.
"""

import math
from collections.abc import Mapping
from dataclasses import field
from operator import itemgetter, mul

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.signals import QUERY_SIGNALS, SignalTable
from chatbot.frozen import dataclass

EXACT_LOGIT = 5.0
NEGLIGIBLE = 1e-3
_UNKNOWN_MODULE = 3.0
_ROUNDING, _FAR = 1e-3, 700.0


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
    """Weights by signal name, those of the utterance included (``nothing…``), and the scope evidence behind one of them.

    ``origin`` says what they were fitted on, ``basis`` is a hash of exactly that, ``figures`` what was measured.
    """

    weights: Mapping[str, float]
    origin: str
    thresholds: tuple[Thresholds, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    basis: str = ""
    scope: ScopeEvidence | None = None

    def vector(self, names: tuple[str, ...]) -> NDArray[np.float32]:
        """The weights of ``names``, in that order; a module that was not there when they were fitted gets a mild one."""
        unknown = {name: _UNKNOWN_MODULE for name in names if name.startswith("module:")}
        return np.array([self.weights.get(name, unknown.get(name, 0.0)) for name in names], dtype=np.float32)


class Choice:
    """A model bound to the signals of one retriever."""

    def __init__(self, model: ChoiceModel, names: tuple[str, ...]) -> None:
        self.model = model
        self._weights, self._nothing = model.vector(names), model.vector(QUERY_SIGNALS).tolist()
        of_modules = np.array([name.startswith("module:") for name in names])
        self._most = np.where(of_modules, np.abs(self._weights), self._weights)

    def probabilities(self, table: SignalTable) -> NDArray[np.float32]:
        """For each row, the probability that it is what was asked; they add up to at most 1."""
        shares, total, _ = self._shares(table)
        shares *= np.float32(1.0 / total)
        return shares

    def likely(self, table: SignalTable, k: int) -> list[tuple[float, int]]:
        """The ``k`` highest probabilities and their rows, best first, of equal ones the first; none below
        ``NEGLIGIBLE`` of the best."""
        shares, total, best = self._shares(table)
        rows: NDArray[np.int64] = (shares >= NEGLIGIBLE * best).nonzero()[0]
        if len(rows) > k:
            rows = rows[shares.take(rows).argpartition(-k)[-k:]]
            rows.sort()
        share_of = shares.item  # of two rows, as a rule, which no array is worth
        found = [(share_of(row) / total, row) for row in rows.tolist()]
        if len(found) > 1:
            found.sort(key=itemgetter(0), reverse=True)
        return found

    def at_most(self, table: SignalTable) -> float:
        """What no probability of a row is above, whatever the modules say; ``table`` has their signals at 1.

        A module's score lies in [-1, 1], so its weight, without its sign, is the most it adds to a logit; and a row is
        never likelier than it is with no other row beside it.
        """
        if not len(table.owners) or (table.exact is not None and table.exact.any()):
            return float(len(table.owners) > 0)
        highest = float(table.values.dot(self._most).max()) + _ROUNDING
        return 1.0 / (1.0 + math.exp(min(sum(map(mul, table.query, self._nothing)) - highest, _FAR)))

    def _shares(self, table: SignalTable) -> tuple[NDArray[np.float32], float, float]:
        """For each row the odds against the likeliest of all, what all odds add up to, and the highest of a row."""
        logits: NDArray[np.float32] = table.values.dot(self._weights)
        nothing = sum(map(mul, table.query, self._nothing))
        if not len(logits):
            return logits, 1.0, 0.0
        best = float(np.maximum.reduce(logits))
        highest = max(nothing, best)
        if table.exact is not None and table.exact.any():
            logits = np.where(table.exact, highest + EXACT_LOGIT, logits)
            highest = best = highest + EXACT_LOGIT
        logits -= highest
        shares: NDArray[np.float32] = np.exp(logits, out=logits)
        return shares, float(np.add.reduce(shares)) + math.exp(nothing - highest), math.exp(best - highest)


PRIOR = ChoiceModel(
    weights={
        "module:feature_vector_faq_match": 2.0,
        "module:fuzzy_closest_faq_match": 3.0,
        "bm25": 7.0,
        "coverage": 4.0,
        "class": 6.0,
        "sound_bm25": 1.0,
        "sound_coverage": 2.0,
        "length": 4.0,
        "size": 0.0,
        "nothing": 13.0,
        "nothing_known": 2.0,
        "nothing_length": 0.0,
        "nothing_alike": 0.0,
        "nothing_apart": 0.0,
        "nothing_scope": 0.0,
    },
    origin="prior",
)
