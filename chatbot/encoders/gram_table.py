"""The n-grams of the default encoder and their rows, packed: 16 bytes each, which take 240 in a ``dict`` of strings.

An n-gram is at most two characters, so it is one integer of 64 bits: its first character in the lower half, its second
in the upper half; ``EDGE`` stands where a run of characters begins or ends, ``ALONE`` behind a character by itself. A
text is written so that its UTF-32 *is* the keys of its n-grams in order, and one search finds the rows of all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

EDGE, STRANGE, ALONE = "\0", "\1", "\2"  # which no normalised text has
_LAST = np.iinfo(
    np.int64
).max  # behind all keys: what is larger than any of them is still looked for at some place
_HALF, _LONGEST = 32, 4


class Written(dict[int, str]):
    """The ``str.translate`` table: a known character ``c`` → ``cc␂c``, a separator → two edges.

    Between two edges ``价格`` becomes ``␀价 价␂ 价格 格␂ 格␀``. What is neither is strange to its neighbours: no n-gram has
    it.
    """

    def __init__(self, known: Iterable[str], separates: Callable[[str], bool]) -> None:
        super().__init__((ord(char), f"{char}{char}{ALONE}{char}") for char in known)
        self._separates = separates

    def __missing__(self, code: int) -> str:
        self[code] = seen = (EDGE if self._separates(chr(code)) else STRANGE) * 2
        return seen


class GramTable:
    """Token → row, for the tokens ``<价``, ``价``, ``价><格`` and ``格>``; any other token stands in no text."""

    def __init__(self, vocabulary: Mapping[str, int], separates: Callable[[str], bool]) -> None:
        """``separates`` says of a character that is no token whether it ends the run of characters before it."""
        self._written = Written((token for token in vocabulary if len(token) == 1), separates)
        short = [token for token in vocabulary if len(token) <= _LONGEST]
        keys = _keys(short)
        rows = np.fromiter(map(vocabulary.__getitem__, short), np.intp, len(short))  # as ``take`` wants them
        none = np.flatnonzero(keys == 0)
        order = np.argsort(keys)[len(none) :]
        self._keys, self._rows = np.append(keys[order], _LAST), np.append(rows[order], np.intp(0))
        others = [short[place] for place in none] + [one for one in vocabulary if len(one) > _LONGEST]
        self._others = {vocabulary[token]: token for token in others}

    def rows(self, text: str) -> NDArray[np.intp]:
        """The rows of the known n-grams of a normalised ``text``, in order, shape (known,)."""
        written = f"{EDGE}{text.translate(self._written)}{EDGE}"
        keys = np.frombuffer(written.encode("utf-32-le"), "<i8")
        places = self._keys.searchsorted(keys)
        found: NDArray[np.intp] = self._rows.take(places[self._keys.take(places) == keys])
        return found

    def tokens(self) -> tuple[str, ...]:
        """All tokens in the order of their rows."""
        named = dict(zip(self._rows[:-1].tolist(), map(_token, self._keys[:-1].tolist()), strict=True))
        return tuple(token for _, token in sorted((named | self._others).items()))


def _keys(tokens: Sequence[str]) -> NDArray[np.int64]:
    """The key of each token; 0 for one that is no n-gram."""
    chars = np.array(tokens, f"<U{_LONGEST}").view(np.uint32).reshape(-1, _LONGEST).astype(np.int64)
    length = (chars != 0).sum(axis=1)
    opens, closes = chars == ord("<"), chars == ord(">")
    alone, edge = ord(ALONE) << _HALF, ord(EDGE)
    return np.select(
        [
            length == 1,
            (length == 4) & closes[:, 1] & opens[:, 2],
            (length == 2) & opens[:, 0],
            (length == 2) & closes[:, 1],
        ],
        [
            chars[:, 0] | alone,
            chars[:, 0] | chars[:, 3] << _HALF,
            edge | chars[:, 1] << _HALF,
            chars[:, 0] | edge << _HALF,
        ],
        0,
    )


def _token(key: int) -> str:
    first, second = chr(key & 0xFFFFFFFF), chr(key >> _HALF)
    if second == ALONE:
        return first
    if first == EDGE:
        return f"<{second}"
    return f"{first}>" if second == EDGE else f"{first}><{second}"
