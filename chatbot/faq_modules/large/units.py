"""The units of a corpus (characters, or syllables for what sounds alike) against an utterance.

Two things are asked of them: which standard questions share rare units with the utterance (an inverted index over single
units and pairs of neighbours), and ``bm25`` and ``coverage`` of given standard questions, which are those of
``question_index``: idf-weighted BM25 and the share of the utterance's idf that is covered.
"""

import math

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.large.texts import CodedTexts, spread
from chatbot.faq_modules.question_index import K1, B
from chatbot.frozen import dataclass

MOST_POSTINGS = 4096
COMMON_FROM, COMMON_SHARE = 2000, 0.05


@dataclass(frozen=True)
class Units:
    """``of[c]`` is the unit of character id ``c``; ``idf`` is by unit.

    Of a standard question ``q``: ``own[starts[q]:starts[q + 1]]`` are its units, ``weights`` their saturated counts.
    ``grams`` (ascending) are single units and pairs; ``owners[bounds[i]:bounds[i + 1]]`` the standard questions that
    have gram ``i``. Grams that more than ``COMMON_SHARE`` of them have are left out.
    """

    of: NDArray[np.int32]
    idf: NDArray[np.float32]
    starts: NDArray[np.int64]
    own: NDArray[np.int32]
    weights: NDArray[np.float32]
    grams: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    owners: NDArray[np.int32]

    @property
    def questions(self) -> int:
        """How many standard questions there are."""
        return len(self.starts) - 1

    def likely(self, ids: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """At most ``most`` standard questions that share the rarest grams with the units ``ids``, below 0 for unknown ones.

        Grams are looked at from the rarest on, until ``MOST_POSTINGS`` postings have been read.
        """
        inside = _inside(ids, np.array([0, len(ids)]))
        wanted = np.unique(_grams(ids, inside, len(self.idf)))
        at = np.minimum(self.grams.searchsorted(wanted), len(self.grams) - 1)
        at = at[self.grams[at] == wanted] if len(self.grams) else at[:0]
        if not len(at):
            return np.zeros(0, dtype=np.int64)
        frequency = self.bounds[at + 1] - self.bounds[at]
        order = np.argsort(frequency, kind="stable")
        kept = order[: max(1, int(np.searchsorted(np.cumsum(frequency[order]), MOST_POSTINGS, "right")))]
        worth = np.log(1 + self.questions / (frequency[kept] + 0.5))
        places, rows = spread(self.bounds[at[kept]], frequency[kept])
        found = self.owners.take(places).astype(np.int64)
        scores = np.bincount(found, worth.take(rows))
        found.sort()
        owners = found[_new(found)]
        if len(owners) > most:
            owners = owners[np.argpartition(scores[owners], -most)[-most:]]
        return owners

    def scores(
        self, ids: NDArray[np.int64], owners: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
        """``bm25`` and ``coverage`` of ``owners``, and the share of idf that is known, for the units ``ids`` of an utterance.

        Unknown units are below 0, each by a number of its own.
        """
        distinct = np.unique(ids)
        known = distinct[distinct >= 0]
        seen = float(self.idf[known].sum(dtype=np.float64))
        total = seen + (len(distinct) - len(known)) * math.log(1 + self.questions / 0.5) or 1.0
        asked = np.zeros(len(self.idf), dtype=np.float32)
        asked[known] = self.idf[known] / total
        first = self.starts.take(owners)
        places, rows = spread(first, self.starts.take(owners + 1) - first)
        parts = asked.take(self.own.take(places))
        weighted = parts * self.weights.take(places)
        bm25 = np.bincount(rows, weighted, len(owners)).astype(np.float32)
        return bm25, np.bincount(rows, parts, len(owners)).astype(np.float32), seen / total


@dataclass(frozen=True)
class CharCounts:
    """Which characters the texts of each standard question have: what units of any kind are counted from, read once.

    Character id ``chars[i]`` stands ``counts[i]`` times in the texts of standard question ``owners[i]``, and ``firsts[j]``
    before ``seconds[j]`` somewhere in those of ``pair_owners[j]``; neither names the same twice.
    """

    questions: int
    owners: NDArray[np.int64]
    chars: NDArray[np.int64]
    counts: NDArray[np.int64]
    pair_owners: NDArray[np.int64]
    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]


def count_chars(texts: CodedTexts, owners: NDArray[np.int32], questions: int) -> CharCounts:
    """The characters of ``texts``, whose standard questions are ``owners``, below ``questions``."""
    size, ids = max(len(texts.alphabet), 1), texts.chars
    at = np.repeat(owners.astype(np.int64) * size, texts.lengths())
    at += ids
    pairs = at[:-1] * size
    pairs += ids[1:]
    ends = texts.starts[1:-1] - 1
    pairs = np.delete(pairs, ends[(ends >= 0) & (ends < len(pairs))])
    at.sort()
    pairs.sort()
    firsts = np.flatnonzero(_new(at))
    cells, counts = at[firsts], np.diff(firsts, append=len(at))
    owned, seconds = np.divmod(pairs[_new(pairs)], size)
    return CharCounts(questions, *np.divmod(cells, size), counts, *np.divmod(owned, size), seconds)


def build_units(counted: CharCounts, of: NDArray[np.int32]) -> Units:
    """The units of the texts that were ``counted``, where ``of[c]`` is the unit of character ``c``."""
    questions, size = counted.questions, int(of.max(initial=-1)) + 1
    row = max(size, 1)
    cells, where = np.unique(counted.owners * row + of[counted.chars], return_inverse=True)
    counts = np.bincount(where, counted.counts, len(cells)).astype(np.float64)
    owner, unit = np.divmod(cells, row)
    pairs = of[counted.firsts].astype(np.int64) * (size + 1) + of[counted.seconds] + 1
    single = unit * (size + 1) * questions + owner
    postings = np.sort(np.concatenate([single, pairs * questions + counted.pair_owners]))
    of_gram, found = np.divmod(postings[_new(postings)], max(questions, 1))
    first = np.flatnonzero(_new(of_gram))
    grams, frequency = of_gram[first], np.diff(np.append(first, len(of_gram)))
    own = np.bincount(unit, minlength=size)
    kept = frequency <= max(COMMON_FROM, COMMON_SHARE * questions)
    return Units(
        of,
        np.log(1 + questions / (own + 0.5)).astype(np.float32),
        owner.searchsorted(np.arange(questions + 1)),
        unit.astype(np.int32),
        _saturated(owner, counts, questions),
        grams[kept].astype(np.uint64),
        np.concatenate([[0], np.cumsum(frequency[kept])]),
        found[np.repeat(kept, frequency)].astype(np.int32),
    )


def _new(ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of them are not the one before."""
    new = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return new


def _saturated(owner: NDArray[np.int64], counts: NDArray[np.float64], questions: int) -> NDArray[np.float32]:
    """BM25's saturation of how often each standard question has each of its units."""
    sizes = np.bincount(owner, counts, questions)
    damping = counts + K1 * (1 - B + B * sizes[owner] / max(float(sizes.mean()), 1e-9))
    return ((K1 + 1) * counts / damping).astype(np.float32)


def _inside(ids: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the ``len(ids) - 1`` pairs of neighbours are two known units (not negative) of one span."""
    inside = (ids[:-1] >= 0) & (ids[1:] >= 0)
    ends = starts[1:-1] - 1
    inside[ends[(ends >= 0) & (ends < len(inside))]] = False
    return inside


def _grams(ids: NDArray[np.int64], inside: NDArray[np.bool_], size: int) -> NDArray[np.uint64]:
    """Known units, then the pairs that are ``inside``, as numbers: ``first · (size + 1) + second + 1``, second -1 for none."""
    single = ids * (size + 1)
    return np.concatenate([single[ids >= 0], (single[:-1] + ids[1:] + 1)[inside]]).astype(np.uint64)
