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
    """Which characters the texts of each standard question have, one byte each."""

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
        self._has = np.zeros((len(chars), total), dtype=np.bool_)
        for owner, own in enumerate(seen):
            self._has[[self._row_of[char] for char in own], owner] = True

    def of(self, text: str, owners: NDArray[np.int64]) -> NDArray[np.float64]:
        """The share of ``text`` that each of ``owners`` covers, in [0, 1]."""
        distinct = set(text)
        rows = [row for char in distinct if (row := self._row_of.get(char)) is not None]
        unseen = (len(distinct) - len(rows)) * self._idf_of_unseen
        if not rows:
            return np.zeros(len(owners))
        idf = self._idf[rows]
        covered: NDArray[np.float64] = (idf @ self._has[rows])[owners]
        covered /= float(idf.sum()) + unseen
        return covered
