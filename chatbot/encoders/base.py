"""The encoder promise: text in, unit vectors out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns utterances into L2-normalised vectors.

    Promises: the same text gives the same bytes, alone or in a batch; an empty text or one without known
    n-grams gives a finite vector; no network; ``encode([])`` has shape ``(0, dimension)``.
    """

    @property
    def fingerprint(self) -> str:
        """A short hash of weights and settings; features carry it, and a mismatch is refused."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape ``(len(texts), dimension)``, float32, each of length 1."""
