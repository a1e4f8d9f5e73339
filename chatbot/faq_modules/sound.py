"""How alike two texts sound: toneless pinyin syllables, one private character each, compared by RapidFuzz."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from chatbot.normalization.pinyin import fold, readings

_FIRST_PRIVATE = 0xF0000


class SoundTable(dict[int, str]):
    """A ``str.translate`` table from characters to syllables; homophones (续行, 续航) come out the same.

    It fills itself as characters are met; what is not Chinese stays as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        char = chr(code)
        sound = fold(readings(char)[0])
        if sound != char:
            sound = self._syllables.setdefault(sound, chr(_FIRST_PRIVATE + len(self._syllables)))
        self[code] = sound
        return sound


def alike(sound: str, others: Sequence[str]) -> NDArray[np.float32]:
    """Normalised Indel similarity of ``sound`` to each of ``others``, in [0, 1]."""
    found: NDArray[np.float32] = process.cdist([sound], others, scorer=fuzz.ratio, dtype=np.float32)[0]
    return found / np.float32(100)
