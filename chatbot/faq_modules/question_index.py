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
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

K1, B = 0.5, 0.75
DENSE_CELLS = 4_000_000
STOP_SHARE, STOP_FROM = 0.2, 5000
Scores = NDArray[np.float32]
_ONES = [np.ones(count, dtype=np.float32) for count in range(257)]


def ones(count: int) -> NDArray[np.float32]:
    """So many ones: their product with rows is the sum of the rows, sooner than ``sum`` of a few has it."""
    return _ONES[count] if count < len(_ONES) else np.ones(count, dtype=np.float32)


class QuestionIndex:
    """The characters of every standard question. Immutable."""

    def __init__(self, texts: Sequence[str], owners: NDArray[np.int32], questions: int) -> None:
        """``owners[i]``, below ``questions``, is the standard question of ``texts[i]``.

        ``rows`` has the characters in the order of their codes; ``unseen`` is the row of all that no text has.
        """
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
        self.unseen = len(chars)
        self.rows = dict(zip(map(chr, chars.tolist()), range(len(chars)), strict=True))
        self._worth: list[float] = np.append(idf, math.log(1 + questions / 0.5)).astype(np.float32).tolist()
        self._kept = frequency <= STOP_SHARE * questions if questions >= STOP_FROM else frequency > 0
        self.is_small = 2 * len(chars) * questions <= DENSE_CELLS
        self._memo = threading.local()

    def scores(self, text: str) -> tuple[Scores, float]:
        """``bm25`` and ``coverage``, shape (2, questions), and the share of idf that the index has ever seen.

        Each thread keeps its last answer, since several modules may ask the same.
        """
        last: tuple[str, tuple[Scores, float]] | None = getattr(self._memo, "last", None)
        if last is not None and last[0] == text:
            return last[1]
        found = self.scores_of([*map(self.rows.get, dict.fromkeys(text), repeat(self.unseen))])
        self.keep(text, found)
        return found

    def keep(self, text: str, found: tuple[Scores, float]) -> None:
        """Have ``found``, the scores of ``text``, as this thread's last answer."""
        self._memo.last = text, found

    def scores_of(self, rows: Sequence[int]) -> tuple[Scores, float]:
        """The scores for an utterance whose distinct characters have these ``rows``."""
        total = sum(map(self._worth.__getitem__, rows)) or 1.0
        return self._sums(rows, 1.0 / total), self.known(rows, total)

    def known(self, rows: Sequence[int], worth: float) -> float:
        """The share of the idf of ``rows``, which is ``worth`` in all, that was ever seen."""
        unknown = rows.count(self.unseen) * self._worth[self.unseen] / worth
        return max(1.0 - unknown, 0.0) if rows else 0.0

    def dense(self) -> NDArray[np.float32]:
        """All rows, and at the end of each its idf, shape (characters + 1, 2 × questions + 1).

        It is quicker, and small enough where the index ``is_small``.
        """
        table = np.zeros((self.unseen + 1, 2 * self.questions + 1), dtype=np.float32)
        at = np.repeat(np.arange(self.unseen), np.diff(self._bounds))
        table[at, self._owners], table[at, self._owners + self.questions] = self._weights
        table[:, -1] = self._worth
        return table

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        return self.dense()

    def _sums(self, rows: Sequence[int], scale: float) -> NDArray[np.float32]:
        """The sum of ``rows`` times ``scale``, shape (2, questions)."""
        if self.is_small:
            dense: NDArray[np.float32] = ones(len(rows)).dot(self._table.take(rows, axis=0))[:-1]
            dense *= scale
            return dense.reshape(2, self.questions)
        spans = [
            slice(int(self._bounds[row]), int(self._bounds[row + 1]))
            for row in rows
            if row != self.unseen and self._kept[row]
        ]
        if not spans:
            return np.zeros((2, self.questions), dtype=np.float32)
        owners = np.concatenate([self._owners[span] for span in spans])
        weights = np.concatenate([self._weights[:, span] for span in spans], axis=1)
        sums = np.stack([np.bincount(owners, part, self.questions) for part in weights])
        return (sums * scale).astype(np.float32)


class TwinIndex:
    """Two indexes of the same standard questions, the rows of the second numbered behind those of the first, read at once."""

    def __init__(self, first: QuestionIndex, second: QuestionIndex) -> None:
        self._first, self._second, self._shape = first, second, (2, first.questions)
        self.offset, self.unseen = first.unseen + 1, first.unseen + 1 + second.unseen
        small = first.is_small and second.is_small
        self._table = np.concatenate([first.dense(), second.dense()]) if small else None

    def scores_of(self, rows: list[int], others: list[int]) -> tuple[Scores, Scores, float]:
        """``scores_of`` of ``rows`` of the first and of ``others`` of the second, where all behind ``unseen`` is unseen, and
        the share of idf that the first has ever seen."""
        if self._table is None:
            both, known = self._first.scores_of(rows)
            seconds = [min(row, self.unseen) - self.offset for row in others]
            return both, self._second.scores_of(seconds)[0], known
        count = len(rows)
        taken = self._table.take(rows + others, axis=0, mode="clip")
        one, two = ones(count).dot(taken[:count]), ones(len(others)).dot(taken[count:])
        worth = one.item(-1) or 1.0
        one *= 1.0 / worth
        two *= 1.0 / (two.item(-1) or 1.0)
        return one[:-1].reshape(self._shape), two[:-1].reshape(self._shape), self._first.known(rows, worth)
