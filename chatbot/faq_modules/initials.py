"""A FAQ's phrases by their initials (xhlc → 续航里程), packed: a tenth of what strings in lists in a ``dict`` take.

A phrase is not written down but pointed to: where in the texts it stands, and how often it does.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

LENGTHS = range(2, 7)
_LEAST_SEEN = 2  # of a phrase of two characters
_LETTER_BITS, _CHAR_BITS = 5, 21
_BETWEEN = "\0"  # two runs; no phrase reaches over it


class _Phrases(NamedTuple):
    """Phrases of one length: those with the initials ``keys[i]`` have ``places`` and ``counts`` from ``starts[i]`` on."""

    keys: "array[int]"
    starts: "array[int]"
    places: "array[int]"
    counts: "array[int]"


class PhraseTable:
    """What some texts have in a row of characters; reads only."""

    def __init__(self, runs: Sequence[str], initial: Callable[[str], str]) -> None:
        """``runs`` are stretches of Chinese characters, ``initial`` the letter that a character is typed by.

        A character that is typed by no letter from a to z is in no phrase.
        """
        self._text = _BETWEEN.join(runs)
        codes = np.frombuffer(self._text.encode("utf-32-le"), "<u4")
        chars, single = np.unique(codes, return_inverse=True)
        letters = np.array([_letter(initial(chr(char))) if char else 0 for char in chars.tolist()], np.int64)
        letters, grams = letters[single], single
        self._phrases: dict[int, _Phrases] = {}
        for length in LENGTHS:
            _, grams = np.unique(grams[:-1] * len(chars) + single[length - 1 :], return_inverse=True)
            self._phrases[length] = _packed(grams, letters, length)
        three = self._phrases[3].places
        self._trigrams = array("Q", sorted(_number(self._text[at : at + 3]) for at in three))

    def phrases(self, letters: str) -> list[tuple[int, str]]:
        """The phrases whose initials are ``letters``, each behind how often it stands in the texts.

        A phrase of two characters counts from its second time on.
        """
        length = len(letters)
        if length not in self._phrases:
            return []
        keys, starts, places, counts = self._phrases[length]
        key = 0
        for letter in letters:
            key = key << _LETTER_BITS | _letter(letter)
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            return []
        return [
            (counts[i], self._text[places[i] : places[i] + length]) for i in range(starts[at], starts[at + 1])
        ]

    def in_a_row(self, trigram: str) -> bool:
        """Whether some phrase is, or has in it, these three characters in a row."""
        number = _number(trigram)
        at = bisect_left(self._trigrams, number)
        return at < len(self._trigrams) and self._trigrams[at] == number


def _packed(grams: NDArray[np.intp], letters: NDArray[np.int64], length: int) -> _Phrases:
    """``grams[i]`` numbers what stands at ``i`` in the text, ``letters[i]`` is typed for its first character, 0 for none."""
    if len(grams) == 0:
        return _Phrases(array("I"), array("I", [0]), array("I"), array("I"))
    typed = sliding_window_view(letters, length)
    whole = np.flatnonzero((typed > 0).all(axis=1))
    _, first, counts = np.unique(grams[whole], return_index=True, return_counts=True)
    kept = counts >= (_LEAST_SEEN if length == LENGTHS.start else 1)
    places, counts = whole[first[kept]], counts[kept]
    numbers = typed[places] @ (1 << _LETTER_BITS * np.arange(length)[::-1])
    order = np.argsort(numbers, kind="stable")
    keys, starts = np.unique(numbers[order], return_index=True)
    found = keys, np.append(starts, len(order)), places[order], counts[order]
    return _Phrases(*(array("I", one.astype(np.uint32).tobytes()) for one in found))


def _letter(letter: str) -> int:
    """1 to 26; 0 for what is no letter from a to z."""
    return ord(letter) - ord("a") + 1 if "a" <= letter <= "z" else 0


def _number(text: str) -> int:
    found = 0
    for char in text:
        found = found << _CHAR_BITS | ord(char)
    return found
