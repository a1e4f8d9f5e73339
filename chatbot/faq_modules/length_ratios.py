"""How alike in length an utterance and each standard question are."""

import numpy as np
from numpy.typing import NDArray

_USUAL = 64


class LengthRatios:
    """The shorter over the longer of two lengths: an utterance's, and the mean one of a standard question's paraphrases.

    Immutable but for what it remembers of usual lengths.
    """

    def __init__(self, means: NDArray[np.float32]) -> None:
        """``means`` are the mean lengths of all standard questions."""
        self._means = means
        self._highest: dict[int, float] = {}

    def of(self, length: int, owners: NDArray[np.int64]) -> NDArray[np.float32]:
        """Those of an utterance of so many characters and the standard questions ``owners``."""
        return _ratios(length, self._means[owners])

    def highest(self, length: int) -> float:
        """The highest among all standard questions."""
        found = self._highest.get(length)
        if found is None:
            found = float(np.maximum.reduce(_ratios(length, self._means), initial=0.0))
            if length <= _USUAL:
                self._highest[length] = found
        return found


def _ratios(length: int, means: NDArray[np.float32]) -> NDArray[np.float32]:
    own = np.float32(max(length, 1))
    return (np.minimum(means, own) / np.maximum(means, own)).astype(np.float32)
