"""Class evidence: what all paraphrases of a standard question say together, as one linear classifier.

Kernel ridge regression on one-hot labels (Saunders, Gammerman & Vovk 1998) with the TF-IDF cosine as its kernel:
``A = (K + αI)⁻¹ Y``. Because the kernel is linear in the index's features ``X``, the scores of an utterance ``q`` are
``q·W`` with ``W = Xᵀ A``: one row of ``W`` for each character and pair of it.
"""

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.lexical import Features, LexicalIndex

ALPHA = 1.0
MAX_TEXTS = 6000
MAX_WEIGHTS = 20_000_000
MIN_PARAPHRASES = 4
Dual = NDArray[np.float16]


class ClassEvidence:
    """The weights of every feature of ``index`` for every standard question, shape (features, questions)."""

    def __init__(self, dual: Dual, index: LexicalIndex) -> None:
        """``dual`` is ``A``, shape (texts, questions)."""
        self.dual = dual
        rows = dual.astype(np.float32)
        self._weights = np.zeros((len(index.keys), dual.shape[1]), dtype=np.float32)
        for start in range(0, len(index.keys), 4096):
            bounds = index.bounds[start : start + 4097]
            span = slice(int(bounds[0]), int(bounds[-1]))
            parts = rows[index.texts[span]] * index.tfidf[span, None]
            self._weights[start : start + 4096] = np.add.reduceat(parts, bounds[:-1] - bounds[0])

    def scores(self, features: Features) -> NDArray[np.float32]:
        """About 1 for the standard question that is meant, about 0 for the others; shape (questions,)."""
        found: NDArray[np.float32] = features.weights.astype(np.float32) @ self._weights[features.places]
        return found


def fits(index: LexicalIndex, questions: int) -> bool:
    """Whether there are enough paraphrases for a classifier, and not too many for an exact one."""
    small = index.size <= MAX_TEXTS and len(index.keys) * questions <= MAX_WEIGHTS
    return small and questions > 1 and index.size >= MIN_PARAPHRASES * questions


def fit_dual(index: LexicalIndex, owners: NDArray[np.int32], questions: int) -> Dual:
    """``A`` for the texts in ``index``; O(texts³), 0.3 s at 2,000."""
    kernel = gram(index)
    kernel[np.diag_indices(index.size)] += ALPHA
    wanted = np.zeros((index.size, questions), dtype=np.float32)
    wanted[np.arange(index.size), owners] = 1.0
    return np.linalg.solve(kernel, wanted).astype(np.float16)


def gram(index: LexicalIndex) -> NDArray[np.float32]:
    """The cosine of every text with every text, shape (texts, texts)."""
    dense = np.zeros((index.size, len(index.keys)), dtype=np.float32)
    dense[index.texts, np.repeat(np.arange(len(index.keys)), np.diff(index.bounds))] = index.tfidf
    return dense @ dense.T
