"""What a linear-chain model sees of each character: n-grams, words, dictionary matches, names seen before, as numbers.

The templates follow common practice for Chinese (Zhao & Kit 2008 for characters and their kinds; Zhang & Yang 2018 for
words that begin, end or pass here). A feature is a 64-bit number: a polynomial over code points, mixed with the number
of its template as in SplitMix64; with 10^7 features the chance that any two share one is 3·10^-6.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chatbot.normalization.aligned import same_length
from chatbot.predict.nlp.segmenter import Segmenter

Keys = NDArray[np.uint64]
Codes = NDArray[np.uint64]

ABSENT = np.uint64(0)
"""In a row of features: nothing here."""
MARGIN = 3
LONGEST_NAME = 24
_EDGE = 2
_BASE = np.uint64(0x100000001B3)
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_A, _MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_27, _30, _31 = np.uint64(27), np.uint64(30), np.uint64(31)
_NGRAMS = (
    *((offset, 1) for offset in range(-3, 4)),
    *((offset, 2) for offset in range(-3, 3)),
    *((offset, 3) for offset in (-3, -2, -1, 0, 1)),
    *((offset, 4) for offset in (-3, -2, -1, 0)),
)
_ALL_BITS = 2**64 - 1
_LONGEST_WORD = 7
_PLACES = {"S": 1, "B": 2, "M": 3, "E": 4}


@dataclass(frozen=True, slots=True)
class Names:
    """Names known before, each with the numbers of the types it was seen as; never in pieces shorter than two."""

    types: Mapping[str, tuple[int, ...]]
    starts: Collection[str]

    @classmethod
    def of(cls, types: Mapping[str, tuple[int, ...]]) -> "Names":
        """With the beginnings that lead to them."""
        kept = {name: found for name, found in types.items() if 2 <= len(name) <= LONGEST_NAME}
        return cls(kept, frozenset(name[:size] for name in kept for size in range(1, len(name) + 1)))


def read_features(text: str, segmenter: Segmenter, names: Names) -> Keys:
    """One row for each character of ``text``, shape (characters, templates); ``ABSENT`` where a template gives nothing."""
    plain = same_length(text)
    if not plain:
        return np.zeros((0, width()), dtype=np.uint64)
    columns = [*_ngrams(plain), *_kinds(plain)]
    columns += _words(plain, segmenter)
    columns += _lattice(plain, segmenter)
    columns += _known(plain, names)
    return _mixed(np.stack(columns, axis=1))


def width() -> int:
    """How many templates there are."""
    return len(_NGRAMS) + 2 + 13 + 6 + 3


def _mixed(table: Keys) -> Keys:
    """``table`` with each column's template in its numbers, spread over all 64 bits; zeros stay zero."""
    with np.errstate(over="ignore"):
        templates = np.arange(1, table.shape[1] + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
        mix = table + templates
        mix = (mix ^ (mix >> _30)) * _MIX_A
        mix = (mix ^ (mix >> _27)) * _MIX_B
        mix = mix ^ (mix >> _31)
    return np.where(table == ABSENT, ABSENT, mix)


def _ngrams(text: str) -> list[Keys]:
    codes = np.array([_EDGE] * 4 + [ord(char) for char in text] + [_EDGE] * 5, dtype=np.uint64)
    found = []
    for offset, size in _NGRAMS:
        number = np.zeros(len(text), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for step in range(size):
                begin = 4 + offset + step
                number = number * _BASE + codes[begin : begin + len(text)]
        found.append(number)
    return found


def _kinds(text: str) -> list[Keys]:
    """The kinds of the characters around: digit, letter, Chinese, mark."""
    kinds = [0, 0, *(_kind(char) for char in text), 0, 0]
    near = [kinds[i + 1] * 64 + kinds[i + 2] * 8 + kinds[i + 3] + 1 for i in range(len(text))]
    wide = [near[i] + kinds[i] * 512 + kinds[i + 4] * 4096 for i in range(len(text))]
    return [np.array(near, dtype=np.uint64), np.array(wide, dtype=np.uint64)]


def _kind(char: str) -> int:
    if char.isdigit():
        return 1
    if char.isascii() and char.isalpha():
        return 2
    if "\u4e00" <= char <= "\u9fff":
        return 3
    if char in "《》〈〉“”\"'‘’「」『』":
        return 4
    if char in "·•-—・&.":
        return 5
    if char in ",，。、；;！!？?：:（）()":
        return 6
    return 7


@lru_cache(maxsize=65536)
def _hashed(text: str) -> int:
    """A number for ``text``; 0 for none."""
    number = 0
    for char in text:
        number = (number * 0x100000001B3 + ord(char)) & _ALL_BITS
    return (number ^ (number >> 29)) * _GOLDEN & _ALL_BITS


def _joined(*numbers: int) -> int:
    """One number for several, in their order."""
    number = 7
    for one in numbers:
        number = (number * 0x100000001B3 + one) & _ALL_BITS
    return number


def _words(text: str, segmenter: Segmenter) -> list[Keys]:
    """The word each character is of, its part of speech, its neighbours; with the character's place in it."""
    words = segmenter.words(text)
    around = ["", "", *words, "", ""]
    hashes = [_hashed(word) for word in around]
    tags = [_hashed(segmenter.tags.get(word, "?" + str(min(len(word), 4)))) for word in around]
    rows: list[tuple[int, ...]] = []
    for at in range(2, len(words) + 2):
        word, tag, after = hashes[at], tags[at], tags[at + 1]
        last = _hashed(around[at][-1])
        rows.append(
            (
                word, tag, hashes[at - 1], hashes[at + 1],
                _joined(hashes[at - 1], word), _joined(word, hashes[at + 1]),
                _joined(tags[at - 1], tag), _joined(tag, after), _joined(tags[at - 1], tag, after),
                _joined(hashes[at - 2], hashes[at - 1]), _joined(hashes[at + 1], hashes[at + 2]),
                last, _joined(last, after, _hashed(around[at + 1][-1:])),
            )
        )  # fmt: skip
    lengths = [len(word) for word in words]
    places = np.array([_PLACES[place] for size in lengths for place in _places(size)], dtype=np.uint64)
    table = np.repeat(np.array(rows, dtype=np.uint64), lengths, axis=0)
    with np.errstate(over="ignore"):
        table = table * _BASE + places[:, None]
    return [table[:, column] for column in range(table.shape[1])]


def _places(length: int) -> str:
    return "S" if length == 1 else "B" + "M" * (length - 2) + "E"


def _columns(rows: Sequence[tuple[int, ...]]) -> list[Keys]:
    table = np.array(rows, dtype=np.uint64)
    return [table[:, column] for column in range(table.shape[1])]


def _lattice(text: str, segmenter: Segmenter) -> list[Keys]:
    """The longest listed words that begin at, end at and pass each character, whatever the segmentation."""
    size = len(text)
    begins, ends, passes = [""] * size, [""] * size, [""] * size
    for start in range(size):
        for end in range(start + 1, min(size, start + _LONGEST_WORD) + 1):
            word = text[start:end]
            if not segmenter.is_prefix(word):
                break
            if end - start < 2 or word not in segmenter.tags:
                continue
            begins[start] = word
            if len(word) > len(ends[end - 1]):
                ends[end - 1] = word
            for place in range(start + 1, end - 1):
                if len(word) > len(passes[place]):
                    passes[place] = word
    rows = []
    for begin, end_, within in zip(begins, ends, passes, strict=True):
        one, two, three = (
            _joined(len(word), _hashed(segmenter.tags[word])) if word else 0 for word in (begin, end_, within)
        )
        rows.append(
            (one, two, three, _joined(len(begin), len(end_), len(within)), _hashed(begin), _hashed(end_))
        )
    return _columns(rows)


def _known(text: str, names: Names) -> list[Keys]:
    """Names seen before: the longest from the left, never two over each other."""
    rows: list[tuple[int, ...]] = [(0, 0, 0)] * len(text)
    for start, end, name in found_names(text, names):
        types = names.types[name]
        for at, letter in zip(range(start, end), _places(end - start), strict=True):
            place = _PLACES[letter]
            rows[at] = (
                _joined(*types, place),
                _joined(*types, place, min(end - start, 6)),
                _joined(types[0], place),
            )
    return _columns(rows)


def found_names(text: str, names: Names) -> list[tuple[int, int, str]]:
    """Start, end and name of each known name in ``text``."""
    found, start = [], 0
    while start < len(text):
        longest = ""
        end = start + 1
        while end <= len(text) and text[start:end] in names.starts:
            if text[start:end] in names.types:
                longest = text[start:end]
            end += 1
        if longest:
            found.append((start, start + len(longest), longest))
        start += len(longest) or 1
    return found
