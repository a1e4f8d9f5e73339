"""Class evidence: what all paraphrases of a standard question say together, as one linear classifier.

Kernel ridge regression on one-hot labels (Saunders, Gammerman & Vovk 1998) with the cosine of TF-IDF vectors over
characters and pairs as its kernel, ``(1 + ln tf) · idf``, ``idf = 1 + ln((1 + N) / (1 + df))``: ``A = (K + αI)⁻¹ Y``.
Because the kernel is linear in the features ``X``, the scores of an utterance ``q`` are ``q·W`` with ``W = Xᵀ A``: one
row of ``W`` for each character and pair of it.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

ALPHA = 1.0
MAX_TEXTS = 6000
MAX_WEIGHTS = 20_000_000
MIN_PARAPHRASES = 4
_PAIR = np.uint64(1 << 32)
_BLOCK = 4096
Dual = NDArray[np.float16]


@dataclass(frozen=True)
class TextFeatures:
    """TF-IDF vectors of texts, sorted by feature: ``weights[bounds[i]:bounds[i + 1]]`` are those of feature ``i``.

    ``names`` are characters and pairs of characters; ``texts`` says which text a weight belongs to.
    """

    size: int
    names: tuple[str, ...]
    idf: NDArray[np.float64]
    bounds: NDArray[np.int64]
    texts: NDArray[np.int64]
    weights: NDArray[np.float32]

    def dense(self) -> NDArray[np.float32]:
        """All vectors, shape (texts, features)."""
        table = np.zeros((self.size, len(self.names)), dtype=np.float32)
        table[self.texts, np.repeat(np.arange(len(self.names)), np.diff(self.bounds))] = self.weights
        return table


def text_features(texts: Sequence[str]) -> TextFeatures:
    """The TF-IDF vectors of normalised ``texts``, each of length 1."""
    size, lengths = len(texts), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    at = np.repeat(np.arange(size), lengths)
    inside = at[1:] == at[:-1]
    keys = np.concatenate([codes, (codes[:-1] * _PAIR + codes[1:])[inside]])
    distinct, rows = np.unique(keys, return_inverse=True)
    cells, counts = np.unique(rows * max(size, 1) + np.concatenate([at, at[1:][inside]]), return_counts=True)
    rows, at = np.divmod(cells, max(size, 1))
    bounds = rows.searchsorted(np.arange(len(distinct) + 1))
    idf = 1.0 + np.log((1 + size) / (1 + np.diff(bounds)))
    weights = (1.0 + np.log(counts)) * idf[rows]
    weights = weights / np.sqrt(np.bincount(at, weights * weights, size))[at]
    names = tuple(
        chr(key >> 32) + chr(key & 0xFFFFFFFF) if key >> 32 else chr(key) for key in distinct.tolist()
    )
    return TextFeatures(size, names, idf, bounds, at, weights.astype(np.float32))


class ClassEvidence:
    """The weights of every feature for every standard question, shape (features, questions)."""

    def __init__(self, dual: Dual, features: TextFeatures) -> None:
        """``dual`` is ``A``, shape (texts, questions)."""
        self.dual = dual
        self._unseen = len(features.names)  # the last row: an idf, and no weight for anything
        self._rows = dict(zip(features.names, range(self._unseen), strict=True))
        self._idf = np.append(features.idf, 1.0 + math.log(1 + features.size)).astype(np.float32)
        self._weights = np.zeros((self._unseen + 1, dual.shape[1]), dtype=np.float32)
        rows = dual.astype(np.float32)
        for start in range(0, len(features.names), _BLOCK):
            bounds = features.bounds[start : start + _BLOCK + 1]
            span = slice(int(bounds[0]), int(bounds[-1]))
            parts = rows[features.texts[span]] * features.weights[span, None]
            self._weights[start : start + len(bounds) - 1] = np.add.reduceat(parts, bounds[:-1] - bounds[0])

    def scores(self, text: str) -> NDArray[np.float32]:
        """About 1 for the standard question that is meant, about 0 for the others; shape (questions,)."""
        names = [*text, *[first + second for first, second in pairwise(text)]]
        counts = set(names)
        row_of, unseen = self._rows.get, self._unseen
        if len(counts) == len(names):
            rows = [row_of(name, unseen) for name in names]
            weights = self._idf.take(rows)
        else:
            repeated = Counter(names)
            rows = [row_of(name, unseen) for name in repeated]
            damped = [1.0 + math.log(count) for count in repeated.values()]
            weights = self._idf.take(rows) * np.array(damped, dtype=np.float32)
        length = math.sqrt(weights.dot(weights)) or 1.0
        found = weights.dot(self._weights.take(rows, axis=0))
        return np.asarray(found * (1.0 / length), dtype=np.float32)


def may_fit(texts: int, questions: int) -> bool:
    """Whether there are enough paraphrases for a classifier, and not too many for an exact one."""
    return questions > 1 and MIN_PARAPHRASES * questions <= texts <= MAX_TEXTS


def fits(features: TextFeatures, questions: int) -> bool:
    """Whether the weights of a classifier would take no more memory than they are worth."""
    return len(features.names) * questions <= MAX_WEIGHTS


def fit_dual(features: TextFeatures, owners: NDArray[np.int32], questions: int) -> Dual:
    """``A`` for the texts of ``features``; O(texts³), 0.3 s at 2,000."""
    table = features.dense()
    kernel = table @ table.T
    kernel[np.diag_indices(features.size)] += ALPHA
    wanted = np.zeros((features.size, questions), dtype=np.float32)
    wanted[np.arange(features.size), owners] = 1.0
    return np.linalg.solve(kernel, wanted).astype(np.float16)
