"""Standard questions as documents: all paraphrases of one, taken together, against an utterance, character by character.

Two scores for every standard question at once, both divided by the idf of the whole utterance:

- ``bm25``: BM25 on characters, marks included (Robertson & Zaragoza 2009, k1 = 0.5, b = 0.75);
- ``coverage``: the share of the utterance's idf that any paraphrase of it has. A character that none of them ever used
  (房 in 房贷利率 against 车贷利率) speaks against it, which no nearest paraphrase and no classifier says.

``idf = ln(1 + L / (lf + ½))`` over the ``L`` standard questions.
"""

import math
import threading
from collections.abc import Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

K1, B = 0.5, 0.75
DENSE_CELLS = 4_000_000
STOP_SHARE, STOP_FROM = 0.2, 5000
Scores = NDArray[np.float32]


class QuestionIndex:
    """The characters of every standard question. Immutable."""

    def __init__(self, texts: Sequence[str], owners: NDArray[np.int32], questions: int) -> None:
        """``owners[i]``, below ``questions``, is the standard question of ``texts[i]``."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
        chars, rows = np.unique(codes, return_inverse=True)
        cells, counts = np.unique(rows * questions + np.repeat(owners, lengths), return_counts=True)
        at, self._owners = np.divmod(cells, questions)
        self._bounds = at.searchsorted(np.arange(len(chars) + 1))
        frequency = np.diff(self._bounds)
        idf = np.log(1 + questions / (frequency + 0.5))
        size = np.bincount(owners, lengths, questions)
        damping = counts + K1 * (1 - B + B * size[self._owners] / max(float(size.mean()), 1e-9))
        self._weights = np.stack([idf[at] * counts * (K1 + 1) / damping, idf[at]]).astype(np.float32)
        self.questions = questions
        self._unseen = len(chars)
        self._rows = dict(zip(map(chr, chars.tolist()), range(len(chars)), strict=True))
        self._worth: list[float] = np.append(idf, math.log(1 + questions / 0.5)).astype(np.float32).tolist()
        self._kept = frequency <= STOP_SHARE * questions if questions >= STOP_FROM else frequency > 0
        self._table = self._dense() if 2 * len(chars) * questions <= DENSE_CELLS else None
        self._memo = threading.local()

    def scores(self, text: str) -> tuple[Scores, float]:
        """``bm25`` and ``coverage``, shape (2, questions), and the share of idf that the index has ever seen.

        Each thread keeps its last answer, since several modules may ask the same.
        """
        memo = self._memo
        if getattr(memo, "text", None) != text:
            memo.text, memo.scores = text, self._scores(text)
        found: tuple[Scores, float] = memo.scores
        return found

    def _scores(self, text: str) -> tuple[Scores, float]:
        unseen = self._unseen
        rows = [*map(self._rows.get, dict.fromkeys(text), repeat(unseen))]
        total = sum(map(self._worth.__getitem__, rows)) or 1.0
        both = self._sums(rows, 1.0 / total)
        unknown = rows.count(unseen) * self._worth[unseen] / total
        return both, max(1.0 - unknown, 0.0) if rows else 0.0

    def _dense(self) -> NDArray[np.float32]:
        """All rows, shape (characters + 1, 2 × questions): quicker, and small enough where there are few questions."""
        table = np.zeros((self._unseen + 1, 2, self.questions), dtype=np.float32)
        at = np.repeat(np.arange(self._unseen), np.diff(self._bounds))
        table[at, 0, self._owners], table[at, 1, self._owners] = self._weights
        return table.reshape(self._unseen + 1, 2 * self.questions)

    def _sums(self, rows: Sequence[int], scale: float) -> NDArray[np.float32]:
        """The sum of ``rows`` times ``scale``, shape (2, questions)."""
        if self._table is not None:
            factors = np.array([scale] * len(rows), dtype=np.float32)
            dense: NDArray[np.float32] = factors.dot(self._table.take(rows, axis=0))
            return dense.reshape(2, self.questions)
        spans = [
            slice(int(self._bounds[row]), int(self._bounds[row + 1]))
            for row in rows
            if row != self._unseen and self._kept[row]
        ]
        if not spans:
            return np.zeros((2, self.questions), dtype=np.float32)
        owners = np.concatenate([self._owners[span] for span in spans])
        weights = np.concatenate([self._weights[:, span] for span in spans], axis=1)
        sums = np.stack([np.bincount(owners, part, self.questions) for part in weights])
        return (sums * scale).astype(np.float32)
