"""Questions of one meaning: small, sure groups first, then the groups that are near on the whole.

Stars (``stars.py``) at a high cosine are the small groups. They are joined by average linkage (UPGMA: Sokal and
Michener 1958) over a vector that is the encoder's and, for a share, the characters' tf-idf: an encoder that never saw
a domain takes its questions for alike, their rare words tell them apart. Where to stop is chosen by the variance
ratio (Calinski and Harabasz 1974) among a few similarities. docs/loop.md has the measurement.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.learning.stars import star_groups

MOST = 4000
"""Stars that linkage takes: it needs their square in memory."""

_DIMENSIONS = 512
Vectors = NDArray[np.float32]
Owners = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Linkage:
    """What grouping goes by: ``python -m tools evaluate grouping`` says what it is worth on meanings that did not choose it.

    ``stars`` are the cosines of a star, tried until there are at most ``MOST`` stars. Words have ``words_share`` of a
    similarity, the encoder the rest. ``stops`` are the mean similarities where joining may end, falling.
    """

    stars: tuple[float, ...] = (0.8, 0.7, 0.55)
    words_share: float = 0.3
    stops: tuple[float, ...] = (0.45, 0.4, 0.35, 0.3)


def meaning_groups(
    texts: Sequence[str], vectors: Vectors, weights: Owners, by: Linkage = Linkage()
) -> Owners:
    """For each of ``texts``, the one that is its group's centre; shape (n,).

    ``vectors`` (n, dimension) are the encoder's, of unit length; ``weights`` (n,) say how much a text counts.
    """
    for star in by.stars:
        owners = star_groups(vectors, weights, star)
        if len(np.unique(owners)) <= MOST:
            break
    else:
        return owners
    words = np.sqrt(np.float32(by.words_share)) * word_vectors(texts)
    features = np.concatenate([np.sqrt(np.float32(1 - by.words_share)) * vectors, words], axis=1)
    cuts = linked(features, owners, by.stops)
    best = max(cuts, key=lambda cut: variance_ratio(features, cut))
    return _centres(features, best)


def word_vectors(texts: Sequence[str]) -> Vectors:
    """tf-idf of single characters and pairs, hashed with a sign into ``_DIMENSIONS``; unit length; (n, dimensions)."""
    counted = [
        Counter(text[at : at + size] for size in (1, 2) for at in range(len(text) - size + 1))
        for text in texts
    ]
    seen = Counter(gram for grams in counted for gram in grams)
    places = {gram: zlib.crc32(gram.encode("utf-8", "replace")) for gram in seen}
    found = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
    for row, grams in enumerate(counted):
        for gram in grams:
            place = places[gram]
            weight = np.log((1 + len(texts)) / (1 + seen[gram]))
            found[row, place % _DIMENSIONS] += weight if place >> 31 else -weight
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return found


def linked(features: Vectors, owners: Owners, stops: Sequence[float]) -> list[Owners]:
    """The groups of ``owners`` joined until no two have a mean similarity of ``stops[i]``, for each; stops fall."""
    _, inside = np.unique(owners, return_inverse=True)
    sums, sizes = _sums(features, inside)
    likeness = (sums @ sums.T) / np.outer(sizes, sizes)
    np.fill_diagonal(likeness, -1)
    owner, cuts = np.arange(len(sums)), []
    nearest = likeness.argmax(axis=1)
    best = likeness[np.arange(len(sums)), nearest]
    for stop in stops:
        while len(best) > 1 and best[one := int(best.argmax())] >= stop:
            other = int(nearest[one])
            owner[owner == other] = one
            _join(likeness, sizes, one, other)
            stale = np.flatnonzero((nearest == one) | (nearest == other))
            for row in {one, *stale.tolist()} - {other}:
                nearest[row] = likeness[row].argmax()
                best[row] = likeness[row, nearest[row]]
            nearer = likeness[one] > best
            nearest[nearer], best[nearer] = one, likeness[one][nearer]
            best[other] = -1
        cuts.append(owner[inside])
    return cuts


def _join(likeness: Vectors, sizes: Vectors, one: int, other: int) -> None:
    """``other`` becomes part of ``one``: the mean over all pairs is the mean of both means, by their sizes."""
    both = (sizes[one] * likeness[one] + sizes[other] * likeness[other]) / (sizes[one] + sizes[other])
    both[[one, other]] = -1
    likeness[one], likeness[:, one] = both, both
    likeness[other], likeness[:, other] = -1, -1
    sizes[one] += sizes[other]


def variance_ratio(features: Vectors, owners: Owners) -> float:
    """Between-group variance over within-group variance, each by its degrees of freedom (Calinski and Harabasz 1974).

    It asks of more groups that they pay for themselves, which a mean over questions (a silhouette) does not: there,
    in a domain that the encoder finds all alike, many small groups always win.
    """
    _, inside = np.unique(owners, return_inverse=True)
    sums, sizes = _sums(features, inside)
    count, groups = len(features), len(sums)
    if not 1 < groups < count:
        return 0.0
    means = sums / sizes[:, None]
    total = float(np.square(features - features.mean(axis=0)).sum())
    between = float((sizes * np.square(means - features.mean(axis=0)).sum(axis=1)).sum())
    return between / (groups - 1) * (count - groups) / max(total - between, 1e-9)


def _centres(features: Vectors, owners: Owners) -> Owners:
    """The member nearest to its group's mean, for each row."""
    _, inside = np.unique(owners, return_inverse=True)
    sums, _ = _sums(features, inside)
    near = np.einsum("ij,ij->i", features, sums[inside])
    order = np.lexsort((np.arange(len(features)), -near, inside))
    first = order[np.unique(inside[order], return_index=True)[1]]
    return first[inside].astype(np.int64)


def _sums(features: Vectors, inside: NDArray[np.intp]) -> tuple[Vectors, Vectors]:
    """Sum and size of each group."""
    order = np.argsort(inside, kind="stable")
    starts = np.flatnonzero(np.diff(inside[order], prepend=-1))
    sums: Vectors = np.add.reduceat(features[order], starts, axis=0)
    return sums, np.bincount(inside).astype(np.float32)
