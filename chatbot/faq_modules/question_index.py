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

import numpy as np
from numpy.typing import NDArray

K1, B = 0.5, 0.75
DENSE_CELLS = 4_000_000
STOP_SHARE, STOP_FROM = 0.2, 5000
_UNSEEN = (-1, 0.0)
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
        self._idf_of_unseen = math.log(1 + questions / 0.5)
        kept = frequency <= STOP_SHARE * questions if questions >= STOP_FROM else frequency > 0
        rows = np.where(kept, np.arange(len(chars)), -1).tolist()
        self._rows = dict(zip(map(chr, chars.tolist()), zip(rows, idf.tolist(), strict=True), strict=True))
        self._table = self._dense() if 2 * len(chars) * questions <= DENSE_CELLS else None
        self._memo = threading.local()

    def scores(self, text: str) -> tuple[Scores, Scores, float]:
        """``bm25`` and ``coverage``, each of shape (questions,), and the share of idf that the index has ever seen.

        Each thread keeps its last answer, since several modules may ask the same.
        """
        memo = self._memo
        if getattr(memo, "text", None) != text:
            memo.text, memo.scores = text, self._scores(text)
        found: tuple[Scores, Scores, float] = memo.scores
        return found

    def _scores(self, text: str) -> tuple[Scores, Scores, float]:
        known, unseen, rows = 0.0, 0.0, []
        for char in dict.fromkeys(text):
            row, idf = self._rows.get(char, _UNSEEN)
            if idf:
                known += idf
                if row >= 0:
                    rows.append(row)
            else:
                unseen += self._idf_of_unseen
        total = known + unseen or 1.0
        both = self._sums(rows) if self._table is None else np.add.reduce(self._table[rows])
        both *= np.float32(1.0 / total)
        return both[0], both[1], known / total

    def _dense(self) -> NDArray[np.float32]:
        """All rows, shape (characters, 2, questions): quicker, and small enough where there are few questions."""
        table = np.zeros((len(self._bounds) - 1, 2, self.questions), dtype=np.float32)
        at = np.repeat(np.arange(len(table)), np.diff(self._bounds))
        table[at, 0, self._owners], table[at, 1, self._owners] = self._weights
        return table

    def _sums(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """The sum of ``rows``, shape (2, questions)."""
        spans = [slice(int(self._bounds[row]), int(self._bounds[row + 1])) for row in rows]
        if not spans:
            return np.zeros((2, self.questions), dtype=np.float32)
        owners = np.concatenate([self._owners[span] for span in spans])
        weights = np.concatenate([self._weights[:, span] for span in spans], axis=1)
        return np.stack([np.bincount(owners, part, self.questions) for part in weights]).astype(np.float32)
