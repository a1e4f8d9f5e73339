"""Many texts in one block, so that a snapshot is opened without reading them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass

Offsets: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Strings:
    """Many texts in one block of UTF-8: ``data`` of shape (bytes,), ``offsets`` of shape (n + 1,)."""

    data: NDArray[np.uint8]
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> str:
        return bytes(self.data[self.offsets[index] : self.offsets[index + 1]]).decode("utf-8")

    def slice(self, start: int, stop: int) -> list[str]:
        """The texts ``start`` to ``stop``, decoded in one go."""
        if stop <= start:
            return []
        bounds = self.offsets[start : stop + 1].tolist()
        block = bytes(self.data[bounds[0] : bounds[-1]])
        first = bounds[0]
        pairs = pairwise(bounds)
        return [block[a - first : b - first].decode("utf-8") for a, b in pairs]

    @staticmethod
    def of(texts: Sequence[str]) -> "Strings":
        blocks = [text.encode("utf-8") for text in texts]
        offsets = np.zeros(len(blocks) + 1, np.int64)
        np.cumsum([len(block) for block in blocks], out=offsets[1:])
        return Strings(np.frombuffer(b"".join(blocks), np.uint8), offsets)
