"""What the two algorithms of text classification have in common: texts in, one score for each label out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """One normalised text, its second sequence (or empty), and how long they may be."""

    first: str
    second: str
    length: int


class Scorer(Protocol):
    """A loaded model. Promise: a row of scores depends on its own pair alone, to the last bit."""

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        """Scores (n, labels), not calibrated: more is likelier."""
