"""Lexical evidence: an inverted index of characters and character pairs, built and read with numpy alone.

One pass over the postings gives two scores:

- BM25 on single characters, marks included (Robertson & Zaragoza 2009, k1 = 0.5, b = 0.75), divided by the idf of
  the whole utterance, so that about 1 means that everything rare in it was found;
- the cosine of TF-IDF vectors over characters and pairs: (1 + ln tf) · idf, idf = 1 + ln((1 + N) / (1 + df)).
"""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

K1, B = 0.5, 0.75
PAIR = 1 << 32
Keys = NDArray[np.uint64]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of an utterance that the index has: their ``places`` in ``keys``, TF-IDF ``weights`` of the utterance.

    The weights are normalised over all features; ``known`` is what the index has of that length 1, squared.
    """

    places: NDArray[np.int64]
    weights: Scores
    known: float


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For each text of the index: ``bm25`` and ``cosine``."""

    bm25: Scores
    cosine: Scores
    features: Features


class LexicalIndex:
    """Compressed rows: the postings of ``keys[i]`` (ascending; characters, then pairs) are ``bounds[i]:bounds[i + 1]``.

    ``texts`` says which text, ``tfidf`` its normalised weight there; ``bm25`` covers the characters' postings only.
    """

    def __init__(
        self,
        size: int,
        keys: Keys,
        bounds: NDArray[np.int64],
        texts: NDArray[np.int64],
        tfidf: NDArray[np.float32],
        bm25: NDArray[np.float32],
    ) -> None:
        self.size, self.keys, self.bounds, self.texts = size, keys, bounds, texts
        self.tfidf, self.bm25 = tfidf, bm25
        self._memo = threading.local()

    def scores(self, text: str) -> LexicalScores:
        """Scores of every text for a normalised ``text``; each thread keeps its last answer."""
        memo = self._memo
        if getattr(memo, "text", None) != text:
            memo.text, memo.scores = text, self._scores(text)
        found: LexicalScores = memo.scores
        return found

    @cached_property
    def _place_of(self) -> dict[str, int]:
        """Character or pair → its place in ``keys``."""
        codes = self.keys.tolist()
        return {
            chr(key) if key < PAIR else chr(key >> 32) + chr(key & (PAIR - 1)): place
            for place, key in enumerate(codes)
        }

    def _scores(self, text: str) -> LexicalScores:
        grams, chars = occurrences(text)
        if not self.size or not grams:
            nothing = np.zeros(self.size)
            return LexicalScores(nothing, nothing, Features(np.zeros(0, np.int64), np.zeros(0), 0.0))
        place_of, none = self._place_of, len(self.keys)
        places = np.array([place_of.get(gram, none) for gram in grams])
        starts, frequency = self._padded_bounds[places], self._frequency[places]
        weights = self._idf[places]
        if len(grams) < 2 * len(text) - 1:
            weights = weights * (1.0 + np.log(np.array(list(grams.values()))))
        weights = weights / math.sqrt(weights @ weights)
        postings = np.repeat(starts - frequency.cumsum() + frequency, frequency)
        postings += self._counting[: len(postings)]
        of_chars = int(frequency[:chars].sum())
        texts = self.texts[postings]
        ceiling = float(self._bm25_idf[places[:chars]].sum())
        bm25 = _sums(texts[:of_chars], self.bm25[postings[:of_chars]], self.size) / ceiling
        cosine = _sums(texts, self.tfidf[postings] * np.repeat(weights, frequency), self.size)
        seen = frequency > 0
        weights = weights[seen]
        return LexicalScores(bm25, cosine, Features(places[seen], weights, float(weights @ weights)))

    @cached_property
    def _frequency(self) -> NDArray[np.int64]:
        """Texts that have each feature; one more entry, 0, for what no text has."""
        return np.append(np.diff(self.bounds), 0)

    @cached_property
    def _padded_bounds(self) -> NDArray[np.int64]:
        return np.append(self.bounds[:-1], 0)

    @cached_property
    def _idf(self) -> Scores:
        return 1.0 + np.log((1 + self.size) / (1 + self._frequency))

    @cached_property
    def _bm25_idf(self) -> Scores:
        return _bm25_idf(self.size, self._frequency)

    @cached_property
    def _counting(self) -> NDArray[np.int64]:
        return np.arange(len(self.texts))


def occurrences(text: str) -> tuple[dict[str, int], int]:
    """How often each distinct character, then each pair, of ``text`` occurs, and how many are characters."""
    grams: dict[str, int] = {}
    for char in text:
        grams[char] = grams.get(char, 0) + 1
    chars = len(grams)
    for place in range(len(text) - 1):
        pair = text[place : place + 2]
        grams[pair] = grams.get(pair, 0) + 1
    return grams, chars


def build_lexical(texts: Sequence[str]) -> LexicalIndex:
    """The index of normalised ``texts``."""
    size = len(texts)
    keys, at, lengths = _keys(texts)
    distinct, ids = np.unique(keys, return_inverse=True)
    cells, counts = np.unique(ids * max(size, 1) + at, return_counts=True)
    ids, at = np.divmod(cells, max(size, 1))
    bounds = np.searchsorted(ids, np.arange(len(distinct) + 1)).astype(np.int64)
    frequency = np.diff(bounds)
    tfidf = (1.0 + np.log(counts)) * (1.0 + np.log((1 + size) / (1 + frequency)))[ids]
    tfidf /= np.sqrt(np.bincount(at, tfidf * tfidf, size))[at]
    chars = slice(0, int(bounds[np.searchsorted(distinct, PAIR)]))
    relative = lengths / max(float(lengths.mean()) if size else 0.0, 1e-9)
    damping = counts[chars] + K1 * (1 - B + B * relative[at[chars]])
    bm25 = _bm25_idf(size, frequency)[ids[chars]] * counts[chars] * (K1 + 1) / damping
    return LexicalIndex(
        size, distinct, bounds, at.astype(np.int64), tfidf.astype(np.float32), bm25.astype(np.float32)
    )


def _keys(texts: Sequence[str]) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Every character and pair, the text it stands in, and the lengths of the texts."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    at = np.repeat(np.arange(len(texts)), lengths)
    inside = at[1:] == at[:-1]
    pairs = (codes[:-1] * np.uint64(PAIR) + codes[1:])[inside]
    return np.concatenate([codes, pairs]), np.concatenate([at, at[1:][inside]]), lengths


def _sums(places: NDArray[np.int64], values: NDArray[np.float32], size: int) -> Scores:
    return cast(Scores, np.bincount(places, values, size))  # float64 whenever there are weights


def _bm25_idf(size: int, frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    idf: NDArray[np.float64] = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    return idf
