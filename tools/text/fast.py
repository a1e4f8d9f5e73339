"""Training of *fast*: TF-IDF of character n-grams and a blend of linear models, which is one linear model again.

Three learners see the same features: a support vector machine (squared hinge, one label against the rest), least
squares on ±1 (``Ridge``, steadier where labels are noisy) and complement naive Bayes (Rennie et al., ICML 2003). Their
scores are brought to one scale, and the blend that is best on the dev part is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from chatbot.classifying.linear import Features, Vocabulary, features, known_parts
from chatbot.errors import DataError
from tools.text.data import Example, TextData
from tools.text.settings import TrainSettings

LONGEST_NGRAM = 3
_MOST_NGRAMS = 2_000_000
_COMMON = 2
"""An n-gram counts from this many texts on."""
_SKIPS = 0.5
"""Pairs with others between them weigh this much beside n-grams."""
_SHARES = (0.0, 0.5, 1.0)
_COST = 0.15
Matrix = NDArray[np.float32]
Watch = Callable[[str, float], None]
"""Told what was done, and the share of the work that is done."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A trained model: ``weights`` (n-grams, labels) and ``bias`` (labels,)."""

    vocabulary: Vocabulary
    weights: Matrix
    bias: Matrix


@dataclass(frozen=True, slots=True)
class _Learned:
    name: str
    weights: Matrix
    bias: Matrix


def train_fast(settings: TrainSettings, data: TextData, watch: Watch) -> tuple[Linear, dict[str, float]]:
    """The model, and the share of each learner in it.

    Raises:
        DataError: no n-gram stands in two texts.
    """
    watch("读 n-gram", 0.0)
    vocabulary = vocabulary_of(data.train, settings.sequence_length)
    train, dev = (
        matrix(_features(part, settings, vocabulary), vocabulary) for part in (data.train, data.dev)
    )
    truth, dev_truth = (targets(part, len(data.labels)) for part in (data.train, data.dev))
    weights = np.array([one.weight for one in data.train], dtype=np.float64)
    learned = []
    for number, (name, learn) in enumerate(_learners(settings)):
        watch(name, (number + 1) / 5)
        learned.append(_unit(_Learned(name, *learn(train, truth, weights)), dev))
    watch("混合", 0.9)
    shares = _best_shares([dev @ one.weights + one.bias for one in learned], dev_truth, settings.multi_label)
    mixed = [
        sum(share * getattr(one, part) for share, one in zip(shares, learned, strict=True))
        for part in ("weights", "bias")
    ]
    model = Linear(vocabulary, *(np.asarray(one, dtype=np.float32) for one in mixed))
    return model, {one.name: share for one, share in zip(learned, shares, strict=True)}


def targets(examples: Sequence[Example], labels: int) -> NDArray[np.bool_]:
    """Which labels each text has (n, labels)."""
    found = np.zeros((len(examples), labels), dtype=np.bool_)
    for row, one in enumerate(examples):
        found[row, list(one.labels)] = True
    return found


def matrix(found: Features, vocabulary: Vocabulary) -> csr_matrix:
    """``found`` as a sparse matrix (texts, n-grams)."""
    shape = (len(found.starts) - 1, len(vocabulary.keys))
    return csr_matrix((found.values, found.columns, found.starts), shape=shape)


def vocabulary_of(examples: Sequence[Example], length: int) -> Vocabulary:
    """The n-grams that stand in at least two texts, with idf = 1 + ln((1 + texts) / (1 + texts with it))."""
    kept = []
    for number, one in enumerate(known_parts(*_cut(examples, length), LONGEST_NGRAM)):
        keys, numbers = np.unique(one.keys, return_inverse=True)
        pairs = np.unique(one.rows * len(keys) + numbers)
        counts = np.bincount(pairs % max(1, len(keys)), minlength=len(keys))
        common, share = counts >= _COMMON, _SKIPS if number % 2 else 1.0
        kept.append((keys[common], counts[common], np.full(int(common.sum()), share)))
    keys, counts, shares = (np.concatenate([one[part] for one in kept]) for part in range(3))
    if not len(keys):
        raise DataError("--train", "没有一个 n-gram 出现在两条文字里", hint="给更多的例子")
    if len(keys) > _MOST_NGRAMS:
        most = np.argpartition(-counts, _MOST_NGRAMS)[:_MOST_NGRAMS]
        keys, counts, shares = keys[most], counts[most], shares[most]
    order = np.argsort(keys)
    idf = shares[order] * (1 + np.log((1 + len(examples)) / (1 + counts[order])))
    return Vocabulary(keys[order], idf.astype(np.float32), LONGEST_NGRAM)


def _cut(examples: Sequence[Example], length: int) -> tuple[list[str], list[str]]:
    return [one.first[:length] for one in examples], [one.second[:length] for one in examples]


def _features(examples: Sequence[Example], settings: TrainSettings, vocabulary: Vocabulary) -> Features:
    return features(*_cut(examples, settings.sequence_length), vocabulary)


_Learn = Callable[[csr_matrix, NDArray[np.bool_], NDArray[np.float64]], tuple[Matrix, Matrix]]


def _learners(settings: TrainSettings) -> Iterator[tuple[str, _Learn]]:
    yield "支持向量机 · SVM", lambda x, y, w: fit_svm(x, y, w, settings.seed)
    yield "最小二乘 · ridge", _ridge
    if not settings.multi_label:
        yield "补集朴素贝叶斯 · complement NB", _bayes


def fit_svm(
    x: csr_matrix, y: NDArray[np.bool_], w: NDArray[np.float64], seed: int, cost: float = _COST
) -> tuple[Matrix, Matrix]:
    """A support vector machine for each label against the rest: weights (n-grams, labels) and bias (labels,)."""
    weights, bias = np.zeros((x.shape[1], y.shape[1])), np.full(y.shape[1], -1.0)
    for label in range(y.shape[1]):
        if y[:, label].all():
            bias[label] = 1.0
        elif y[:, label].any():
            found = LinearSVC(C=cost, random_state=seed, max_iter=300, tol=1e-3)
            found.fit(x, y[:, label], sample_weight=w)
            weights[:, label], bias[label] = found.coef_[0], found.intercept_[0]
    return weights.astype(np.float32), bias.astype(np.float32)


def _ridge(x: csr_matrix, y: NDArray[np.bool_], w: NDArray[np.float64]) -> tuple[Matrix, Matrix]:
    found = Ridge(alpha=1.5, solver="sparse_cg", tol=1e-3)
    found.fit(x, np.where(y, 1.0, -1.0).astype(np.float32), sample_weight=w)
    return np.atleast_2d(found.coef_).T.astype(np.float32), np.atleast_1d(found.intercept_).astype(np.float32)


def _bayes(x: csr_matrix, y: NDArray[np.bool_], w: NDArray[np.float64]) -> tuple[Matrix, Matrix]:
    found = ComplementNB(alpha=0.3).fit(x, y.argmax(1), sample_weight=w)
    weights = np.zeros((x.shape[1], y.shape[1]), dtype=np.float32)
    weights[:, found.classes_] = found.feature_log_prob_.T
    centre = weights[:, found.classes_].mean(axis=1, keepdims=True)
    weights[:, found.classes_] -= centre  # what all labels share says nothing
    return weights, np.where(y.any(0), 0.0, -1.0).astype(np.float32)


def _unit(one: _Learned, dev: csr_matrix) -> _Learned:
    """``one`` scaled so that its scores on the dev part spread by 1."""
    spread = float((dev @ one.weights + one.bias).std()) or 1.0
    return _Learned(one.name, one.weights / spread, one.bias / spread)


def _best_shares(scores: Sequence[Matrix], truth: NDArray[np.bool_], multi_label: bool) -> tuple[float, ...]:
    """Of a coarse grid, the shares with the best score; ties go to the most even."""
    grid = [shares for shares in product(_SHARES, repeat=len(scores)) if max(shares) == 1.0]
    grid.sort(key=lambda shares: -sum(shares))
    ranked = [
        score_of(sum(s * one for s, one in zip(shares, scores, strict=True)), truth, multi_label)  # type: ignore[arg-type]  # sum of arrays
        for shares in grid
    ]
    best = grid[int(np.argmax(ranked))]
    return tuple(share / sum(best) for share in best)


def score_of(scores: Matrix, truth: NDArray[np.bool_], multi_label: bool) -> float:
    """How good scores are, to choose by: accuracy, or micro-F1 at 0 for several labels at once."""
    if not multi_label:
        return float(truth[np.arange(len(truth)), scores.argmax(1)].mean())
    given = scores > 0
    return float(2 * (given & truth).sum() / max(1, given.sum() + truth.sum()))
