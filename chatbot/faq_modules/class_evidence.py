"""Class evidence: what all paraphrases of a standard question say together, as one linear classifier.

Multinomial logistic regression in its kernel form (Zhu & Hastie 2005), ``min_A C Σ -log softmax(K A)_y + ½ tr(Aᵀ K A)``,
with the cosine of vectors over characters and pairs as its kernel ``K``. A feature that occurs ``tf`` times weighs
``(1 + ln tf) · √(idf · √KL)``, ``idf = 1 + ln((1 + N) / (1 + df))``, where ``KL`` is how far the standard questions of the
texts that have it are from those of all texts: 多少 stands everywhere and tells little, 扭矩 tells almost all. Because
the kernel is linear in the features ``X``, the log-odds of an utterance ``q`` are ``q·W`` with ``W = Xᵀ A``: one row of
``W`` for each character and pair of it.
"""

import math
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.grams import Grams, grams
from chatbot.faq_modules.question_index import ones
from chatbot.frozen import dataclass

STRENGTH = 30.0  # C
UNIT = 10.0
METHOD = "kernel logistic regression, 1"
MAX_TEXTS = 6000
MAX_WEIGHTS = 20_000_000
MIN_PARAPHRASES = 4
_PAIR = np.uint64(1 << 32)
_BLOCK = 256  # features at a time: their parts stay in the cache of a processor
_SMOOTHING = 2.0
_STEPS, _NEWTON, _NEAR = 60, 3, 1e-7
Dual = NDArray[np.float16]


@dataclass(frozen=True)
class TextFeatures:
    """Vectors of texts, sorted by feature: ``weights[bounds[i]:bounds[i + 1]]`` are those of feature ``i``.

    ``names`` are characters and pairs of characters, ``value`` is what one is worth, at the end what one is worth that
    no text has; ``texts`` says which text a weight belongs to.
    """

    size: int
    names: tuple[str, ...]
    value: NDArray[np.float32]
    bounds: NDArray[np.int64]
    texts: NDArray[np.int64]
    weights: NDArray[np.float32]

    def dense(self) -> NDArray[np.float32]:
        """All vectors, shape (texts, features)."""
        table = np.zeros((self.size, len(self.names)), dtype=np.float32)
        table[self.texts, np.repeat(np.arange(len(self.names)), np.diff(self.bounds))] = self.weights
        return table


def text_features(texts: Sequence[str], owners: NDArray[np.int32], questions: int) -> TextFeatures:
    """The vectors of normalised ``texts``, each of length 1; ``owners[i]``, below ``questions``, has ``texts[i]``."""
    size, lengths = len(texts), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    at = np.repeat(np.arange(size), lengths)
    inside = at[1:] == at[:-1]
    keys = np.concatenate([codes, (codes[:-1] * _PAIR + codes[1:])[inside]])
    distinct, rows = np.unique(keys, return_inverse=True)
    cells, counts = np.unique(rows * max(size, 1) + np.concatenate([at, at[1:][inside]]), return_counts=True)
    rows, at = np.divmod(cells, max(size, 1))
    bounds = rows.searchsorted(np.arange(len(distinct) + 1))
    told = _information(owners[at], bounds, np.bincount(owners, minlength=questions) / max(size, 1))
    frequency = np.diff(bounds)
    once = told[frequency == 1]
    told = np.sqrt(np.append(told, once.mean() if len(once) else 1.0))  # the last is a feature never seen
    value = np.sqrt((1.0 + np.log((1 + size) / (1 + np.append(frequency, 0)))) * told)
    weights = (1.0 + np.log(counts)) * value[rows]
    weights = weights / np.sqrt(np.bincount(at, weights * weights, size))[at]
    names = tuple(
        chr(key >> 32) + chr(key & 0xFFFFFFFF) if key >> 32 else chr(key) for key in distinct.tolist()
    )
    return TextFeatures(size, names, value.astype(np.float32), bounds, at, weights.astype(np.float32))


def _information(
    owners: NDArray[np.int32], bounds: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each feature the divergence KL(standard questions of its texts ‖ ``share`` of all texts), in nats.

    The former are smoothed by ``_SMOOTHING`` texts drawn from ``share``; ``owners`` and ``bounds`` as in ``TextFeatures``.
    """
    questions, frequency = len(share), np.diff(bounds)
    cells, counts = np.unique(
        np.repeat(np.arange(len(frequency)), frequency) * questions + owners, return_counts=True
    )
    rows, found = np.divmod(cells, questions)
    total = (frequency + _SMOOTHING).astype(np.float64)
    rest = _SMOOTHING / total  # of its share, a standard question that never has the feature keeps this part
    has = (counts + _SMOOTHING * share[found]) / total[rows]
    told = np.bincount(rows, has * np.log(has / share[found]), len(frequency))
    absent = 1.0 - np.bincount(rows, share[found], len(frequency))
    told = told + np.maximum(absent, 0.0) * rest * np.log(rest)
    return np.asarray(np.maximum(told, 1e-3), dtype=np.float64)


class ClassEvidence:
    """What every feature says for every standard question."""

    def __init__(self, dual: Dual, features: TextFeatures) -> None:
        """``dual`` is ``A``, shape (texts, questions). ``names`` are the features, row by row."""
        self.dual, self.names = dual, features.names
        size, value = len(features.names), features.value
        # a row of W for each feature, times its value; the square of that; what else it is worth. The last, of one never
        # seen, says nothing
        self._weights = np.zeros((size + 1, dual.shape[1] + 2), dtype=np.float32)
        rows = dual.astype(np.float32)
        for start in range(0, size, _BLOCK):
            bounds = features.bounds[start : start + _BLOCK + 1]
            span, block = slice(int(bounds[0]), int(bounds[-1])), slice(start, start + len(bounds) - 1)
            parts = rows[features.texts[span]] * features.weights[span, None]
            sums = np.add.reduceat(parts, bounds[:-1] - bounds[0])
            self._weights[block, :-2] = sums * value[block, None]
        self._weights[:, -2] = value * value

    def beside(self, worth: Mapping[str, float]) -> "ClassEvidence":
        """The same, where each feature is also worth what ``worth`` says, or else nothing: ``scores_of`` adds it up."""
        found = copy(self)
        found._weights = self._weights.copy()
        found._weights[:-1, -1] = [*map(worth.get, self.names, repeat(0.0))]
        return found

    @cached_property
    def _rows(self) -> dict[str, int]:
        return dict(zip(self.names, range(len(self.names)), strict=True))

    def scores(self, text: str) -> NDArray[np.float32]:
        """Log-odds in units of ``UNIT``: about 1 for the standard question that is clearly meant; shape (questions,)."""
        counts = grams(text)
        return self.scores_of([*map(self._rows.get, counts, repeat(len(self.names)))], counts)[0]

    def scores_of(self, rows: Sequence[int], counts: Grams) -> tuple[NDArray[np.float32], float]:
        """The same for the text that has these ``counts``, and what its grams are worth ``beside``.

        ``rows`` are those of the grams; what lies behind the last row is unseen.
        """
        told, more = self._weights.take(rows, axis=0, mode="clip"), counts.values()
        sums: NDArray[np.float32]
        if sum(more) == len(counts):
            sums = ones(len(rows)).dot(told)
            length, worth = sums.item(-2), sums.item(-1)
        else:
            often = [1.0 + math.log(count) if count > 1 else 1.0 for count in more]
            factors = np.array([often, [one * one for one in often], [1.0] * len(rows)], dtype=np.float32)
            every = factors.dot(told)
            sums, length, worth = every[0], every.item(1, -2), every.item(2, -1)
        found = sums[:-2]
        found *= 1.0 / (UNIT * (math.sqrt(length) or 1.0))
        return found, worth


def may_fit(texts: int, questions: int) -> bool:
    """Whether there are enough paraphrases for a classifier, and not too many for an exact one."""
    return questions > 1 and MIN_PARAPHRASES * questions <= texts <= MAX_TEXTS


def fits(features: TextFeatures, questions: int) -> bool:
    """Whether the weights of a classifier would take no more memory than they are worth."""
    return len(features.names) * questions <= MAX_WEIGHTS


def fit_dual(features: TextFeatures, owners: NDArray[np.int32], questions: int) -> Dual:
    """``A`` for the texts of ``features``: conjugate gradients in the kernel's metric (Polak & Ribière 1969).

    Each of about 25 steps costs texts² × questions; a second in all at 2,000 texts.
    """
    table = features.dense()
    kernel = table @ table.T
    wanted = np.zeros((features.size, questions), dtype=np.float32)
    wanted[np.arange(features.size), owners] = 1.0
    dual, scores = np.zeros_like(wanted), np.zeros_like(wanted)
    step, moved = np.zeros_like(wanted), np.zeros_like(wanted)
    before, last, first = np.zeros_like(wanted), 1.0, 0.0
    for _ in range(_STEPS):
        slope = dual + STRENGTH * (_softmax(scores) - wanted)
        pulled = kernel @ slope
        length = float(np.vdot(slope, pulled))
        first = first or length
        if length <= _NEAR * first:
            break
        kept = max(0.0, length - float(np.vdot(slope, before))) / last
        step, moved = kept * step - slope, kept * moved - pulled
        before, last = pulled, length
        far = _distance(dual, scores, wanted, step, moved)
        dual += far * step
        scores += far * moved
    return dual.astype(np.float16)


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _distance(
    dual: NDArray[np.float32],
    scores: NDArray[np.float32],
    wanted: NDArray[np.float32],
    step: NDArray[np.float32],
    moved: NDArray[np.float32],
) -> np.float32:
    """How far to go along ``step``: Newton's method, from a distance at which the objective falls for sure.

    That one uses the bound ``½`` on the softmax's curvature (Böhning 1992).
    """
    linear, square = float(np.vdot(dual, moved)), float(np.vdot(step, moved))
    slope = STRENGTH * float(np.vdot(_softmax(scores) - wanted, moved)) + linear
    far = -slope / (0.5 * STRENGTH * float(np.vdot(moved, moved)) + square)
    for _ in range(_NEWTON):
        shares = _softmax(scores + np.float32(far) * moved)
        centred = moved - (shares * moved).sum(axis=1, keepdims=True)
        slope = STRENGTH * float(np.vdot(shares - wanted, moved)) + linear + far * square
        curvature = STRENGTH * float(np.vdot(shares * centred, centred)) + square
        far = min(max(far - slope / curvature, far / 4), far * 4)
    return np.float32(far)
