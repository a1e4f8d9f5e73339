"""Class evidence: what all paraphrases of a standard question say together, as one linear classifier.

Kernel ridge regression on one-hot labels (Saunders, Gammerman & Vovk 1998) with the TF-IDF cosine as its kernel:
``A = (K + αI)⁻¹ Y``, scores ``k(q) A``. Its leave-one-out scores are exact and free:
``ŷ₋ᵢ = yᵢ - Aᵢ / (K + αI)⁻¹ᵢᵢ`` (Rifkin & Lippert 2007). The kernel row ``k(q)`` is what the lexical index gives
anyway, so a score costs one small matrix product.
"""

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.lexical import LexicalIndex, Scores

ALPHA = 1.0
MAX_TEXTS = 6000
MIN_PARAPHRASES = 4


class ClassEvidence:
    """Dual coefficients, shape (texts, standard questions)."""

    def __init__(self, coefficients: NDArray[np.float32]) -> None:
        self.coefficients = coefficients

    def scores(self, cosine: Scores) -> NDArray[np.float32]:
        """About 1 for the standard question that is meant, about 0 for the others; shape (standard questions,)."""
        found: NDArray[np.float32] = cosine.astype(np.float32) @ self.coefficients
        return found


def fits(owners: NDArray[np.int32], questions: int) -> bool:
    """Whether there are enough paraphrases for a classifier, and not too many for an exact one."""
    return questions > 1 and MIN_PARAPHRASES * questions <= len(owners) <= MAX_TEXTS


def fit_class_evidence(index: LexicalIndex, owners: NDArray[np.int32], questions: int) -> ClassEvidence:
    """The classifier of the texts in ``index``; O(texts³), 0.3 s at 2,000."""
    kernel = gram(index)
    kernel[np.diag_indices(index.size)] += ALPHA
    wanted = np.zeros((index.size, questions), dtype=np.float32)
    wanted[np.arange(index.size), owners] = 1.0
    return ClassEvidence(np.linalg.solve(kernel, wanted).astype(np.float32))


def gram(index: LexicalIndex) -> NDArray[np.float32]:
    """The cosine of every text with every text, shape (texts, texts)."""
    dense = np.zeros((index.size, len(index.keys)), dtype=np.float32)
    dense[index.texts, np.repeat(np.arange(len(index.keys)), np.diff(index.bounds))] = index.tfidf
    return dense @ dense.T
