"""Grouping by meaning: the star cover of the similarity graph (Aslam, Pelekhov and Rus 2004, offline algorithm).

Vertices whose cosine is at least a threshold are joined. The vertex with the most neighbours, by weight, becomes the
centre of a group and its neighbours join it; then the next of those left over. So every member of a group is near its
centre, which also is its natural title: no chains of pairwise likeness as in single linkage, no number of groups to
guess, the same input gives the same groups, and nothing is needed but numpy.
"""

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1024


def star_groups(
    vectors: NDArray[np.float32], weights: NDArray[np.int64], threshold: float
) -> NDArray[np.int64]:
    """For each row of ``vectors`` (n, dimension; unit length), the row that is its group's centre; shape (n,).

    A member belongs to the nearest of the centres it has an edge to. ``weights`` (n,) say how much a row counts.
    Memory: n²/8 bytes for the edges.
    """
    size = len(vectors)
    edges = np.zeros((size, (size + 7) // 8), dtype=np.uint8)
    degrees = np.zeros(size, dtype=np.int64)
    for start in range(0, size, _BLOCK):
        near = vectors[start : start + _BLOCK] @ vectors.T >= threshold
        near[np.arange(len(near)), np.arange(start, start + len(near))] = True
        degrees[start : start + _BLOCK] = near @ weights
        edges[start : start + _BLOCK] = np.packbits(near, axis=1)
    free = np.ones(size, dtype=bool)
    centres = []
    for place in np.argsort(-degrees, kind="stable").tolist():
        if free[place]:
            centres.append(place)
            free &= ~np.unpackbits(edges[place], count=size).astype(bool)
    return _nearest(vectors, np.array(centres, dtype=np.int64))


def _nearest(vectors: NDArray[np.float32], centres: NDArray[np.int64]) -> NDArray[np.int64]:
    owner = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), _BLOCK):
        owner[start : start + _BLOCK] = centres[
            (vectors[start : start + _BLOCK] @ vectors[centres].T).argmax(axis=1)
        ]
    owner[centres] = centres
    return owner
