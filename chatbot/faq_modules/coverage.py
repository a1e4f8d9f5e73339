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
    """The distinct characters of each standard question's texts, as one string each."""

    def __init__(self, texts: Iterable[str], owners: Sequence[int], questions: int) -> None:
        """``owners[i]``, below ``questions``, is the standard question of ``texts[i]``."""
        seen: list[set[str]] = [set() for _ in range(questions)]
        for text, owner in zip(texts, owners, strict=True):
            seen[owner].update(text)
        total = len(seen)
        frequency = Counter(char for chars in seen for char in chars)
        self._idf = {char: math.log(1 + total / (count + 0.5)) for char, count in frequency.items()}
        self._idf_of_unseen = math.log(1 + total / 0.5)
        self._chars = ["".join(sorted(chars)) for chars in seen]

    def of(self, text: str, owners: Sequence[int]) -> NDArray[np.float64]:
        """The share of ``text`` that each of ``owners`` covers, in [0, 1]."""
        idf, unseen = self._idf, self._idf_of_unseen
        weights = [(char, idf.get(char, unseen)) for char in set(text)]
        total = sum(weight for _, weight in weights) or 1.0
        known = [(char, weight / total) for char, weight in weights if char in idf]
        chars = self._chars
        return np.array(
            [sum([weight for char, weight in known if char in chars[owner]]) for owner in owners],
            dtype=np.float64,
        )
