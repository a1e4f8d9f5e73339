"""How much of an utterance a standard question's paraphrases explain, taken together.

The share of the utterance's characters, weighted by idf over standard questions (``ln(1 + L / (lf + ½))``), that any
paraphrase of it has. A character that none of them ever used (房 in 房贷利率 against 车贷利率) speaks against it, which no
nearest paraphrase and no classifier says.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


class Coverage:
    """The idf of each character in the rows of the standard questions whose texts have it."""

    def __init__(self, texts: Iterable[str], owners: Sequence[int], questions: int) -> None:
        """``owners[i]``, below ``questions``, is the standard question of ``texts[i]``."""
        seen: list[set[str]] = [set() for _ in range(questions)]
        for text, owner in zip(texts, owners, strict=True):
            seen[owner].update(text)
        total = len(seen)
        frequency = Counter(char for chars in seen for char in chars)
        chars = sorted(frequency)
        self._row_of = {char: row for row, char in enumerate(chars)}
        self._idf = np.array([math.log(1 + total / (frequency[char] + 0.5)) for char in chars])
        self._idf_of_unseen = math.log(1 + total / 0.5)
        self._weights = np.zeros((len(chars), total))
        for owner, own in enumerate(seen):
            for char in own:
                self._weights[self._row_of[char], owner] = self._idf[self._row_of[char]]

    def of(self, text: str, owners: NDArray[np.int64]) -> NDArray[np.float64]:
        """The share of ``text`` that each of ``owners`` covers, in [0, 1]."""
        distinct = set(text)
        rows = [row for char in distinct if (row := self._row_of.get(char)) is not None]
        unseen = (len(distinct) - len(rows)) * self._idf_of_unseen
        if not rows:
            return np.zeros(len(owners))
        covered: NDArray[np.float64] = self._weights[rows].sum(axis=0)[owners]
        covered /= float(self._idf[rows].sum()) + unseen
        return covered
