"""Vectors of the paraphrases, seen by standard question: the mean of each first, then all of the likeliest ones.

The mean cosine costs one row a standard question instead of one a paraphrase, and ranks as well as the nearest
paraphrase does; so only the ``EXACT`` likeliest are read in full (a quarter of the time at 2,000 paraphrases: most
of it is memory traffic).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

EXACT = 3
_WORTH_IT = 4  # paraphrases a standard question, on average, below which everything is read


class QuestionVectors:
    """Immutable. ``vectors`` (texts, dimension), those of standard question ``i`` from ``starts[i]`` to ``starts[i + 1]``."""

    def __init__(self, vectors: NDArray[np.float32], starts: NDArray[np.int64]) -> None:
        self._vectors, self._firsts = vectors, starts[:-1]
        self._starts: list[int] = starts.tolist()
        self._own: list[NDArray[np.float32]] = []
        self._means: NDArray[np.float32] | None = None
        counts = np.diff(starts)
        if len(counts) > EXACT and len(vectors) >= _WORTH_IT * len(counts):
            sums = np.add.reduceat(vectors, self._firsts, axis=0)
            self._means = np.ascontiguousarray(sums / counts[:, None].astype(np.float32))
            self._own = [vectors[first:last] for first, last in pairwise(self._starts)]

    def scores(self, vector: NDArray[np.float32]) -> tuple[NDArray[np.float32], dict[int, int]]:
        """For each standard question the cosine of its nearest paraphrase, or the mean one where that is not near; and
        standard question → its nearest text, for those that were read in full.

        The mean is at most the nearest, and only those with the highest means are read in full.
        """
        if self._means is None:
            return np.maximum.reduceat(self._vectors.dot(vector), self._firsts), {}
        scores: NDArray[np.float32] = self._means.dot(vector)
        nearest: dict[int, int] = {}
        likeliest = []
        for _ in range(EXACT):  # a third of the time of a partition
            likeliest.append(int(scores.argmax()))
            scores[likeliest[-1]] = -np.inf
        for owner in likeliest:
            own = self._own[owner].dot(vector)
            best = int(own.argmax())
            scores[owner], nearest[owner] = own.item(best), self._starts[owner] + best
        return scores, nearest

    def nearest(self, owner: int, vector: NDArray[np.float32]) -> int:
        """The text of standard question ``owner`` that is nearest to ``vector``."""
        own = self._vectors[self._starts[owner] : self._starts[owner + 1]]
        return self._starts[owner] + int(own.dot(vector).argmax())
