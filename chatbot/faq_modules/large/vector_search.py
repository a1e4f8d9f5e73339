"""Nearest vectors among very many: inverted lists of short codes, and the exact product for what they find.

Exact search reads every vector (51 MB at 100,000 of dimension 128) and is kept while that is fast. Beyond, the vectors
are put into about ``2·√n`` lists by their nearest centroid (spherical k-means); a search reads the lists of the nearest
centroids and then compares the best of them exactly. How many lists are read is not guessed: the fewest whose recall@1
against exact search, on questions made for it, reaches ``WANTED_RECALL``.

Codes are 8 bits a number, and from ``PRODUCT_CODES_FROM`` vectors on 4 bits a pair of numbers (product quantisation, Jégou
et al. 2011, scanned in registers as André et al. 2015): 4 times slower to make, 4 times as quick to read.

A graph index (HNSW) answers a little faster at the same recall, and took 16 times as long to build.
"""

import errno
import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.on_demand import OnDemand
from chatbot.frozen import dataclass

if TYPE_CHECKING:
    import faiss
else:
    faiss = OnDemand("faiss")

HITS = 64
WANTED_RECALL = 0.998
_PROBES = (
    8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
)  # fmt: skip
_LISTS_FROM, _MOST_LISTS = 16, 16384
_TRAIN_POINTS, _TRAIN_ROUNDS, _TRAIN_SEED = 32, 8, 1
_SCALE_POINTS = 16384
PRODUCT_CODES_FROM = 250_000
_PRODUCT_POINTS, _PRODUCT_BITS = 4096, 4
_BLOCK, _SHARE = 65536, 8192
_COMPARED = 512  # with a thousand questions 2 MB of products, which stay in the processor's cache
_TOGETHER = 16  # from 20 on FAISS chooses the lists in another way than for one question
_TIE, _CODES_TIE = 1e-6, 1e-5
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """How the vectors are searched: ``lists`` in all, ``probes`` of them read.

    ``recall_at_1`` is against exact search, measured on ``measured_on`` questions when the lists were made.
    """

    kind: str
    lists: int
    probes: int
    recall_at_1: float
    measured_on: int


EXACT = SearchPlan("flat", 0, 0, 1.0, 0)


class IvfSearch:
    """Approximate nearest neighbours by inner product of unit vectors. Safe to call from several threads."""

    def __init__(
        self, index: "faiss.IndexIVF", vectors: Vectors, cells: NDArray[np.int32], plan: SearchPlan
    ) -> None:
        """``cells[i]`` is the list that ``vectors[i]`` is in."""
        self._index, self.vectors, self.cells, self.plan = index, vectors, cells, plan
        self._parameters = _parameters(plan.probes)

    def search(self, vector: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Places of the nearest to ``vector`` (dimension,), ``HITS`` at most, best first, and their exact products."""
        _, found = self._index.search(vector[None], HITS, params=self._parameters)
        places = np.sort(found[0][found[0] >= 0])
        scores = self.vectors[places] @ vector
        order = np.argsort(-scores, kind="stable")
        return places[order], scores[order]

    def best(self, questions: Vectors) -> NDArray[np.float32]:
        """Of each question the exact product with the first that ``search`` would find; below all where it finds none."""
        _, found = self._index.search(questions, HITS, params=self._parameters)
        scores = np.einsum("qhd,qd->qh", self.vectors[found], questions)
        best: NDArray[np.float32] = np.where(found < 0, -np.inf, scores).max(axis=1)
        return best

    def centroids(self) -> Vectors:
        """Of each list, shape (lists, dimension)."""
        found: Vectors = faiss.downcast_index(self._index.quantizer).reconstruct_n(0, self.plan.lists)
        return found

    def with_probes(self, probes: int) -> "IvfSearch":
        """The same lists, of which ``probes`` are read."""
        return IvfSearch(self._index, self.vectors, self.cells, replace(self.plan, probes=probes))

    def save(self, path: Path) -> None:
        """Write lists and codes, not the vectors.

        Raises:
            OSError: the disk does not take it.
        """
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(errno.EIO, f"faiss: {str(error).splitlines()[0]}", str(path)) from error
        with path.open("rb") as file:
            os.fsync(file.fileno())

    @classmethod
    def open(cls, path: Path, vectors: Vectors, cells: NDArray[np.int32], plan: SearchPlan) -> "IvfSearch":
        """What ``save`` wrote; codes of 8 bits are mapped from the disk, the shorter ones are read.

        Raises:
            ValueError: the file is damaged, or is not of these vectors.
        """
        try:
            index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        except RuntimeError as error:
            raise ValueError(str(error).splitlines()[0]) from error
        lists: Any = faiss.downcast_InvertedLists(index.invlists)
        if isinstance(lists, faiss.OnDiskInvertedLists):
            lists.prefetch_nthread = 0  # else every search starts 32 threads
        if (index.ntotal, index.d, index.nlist) != (*vectors.shape, plan.lists):
            raise ValueError(f"{index.ntotal} × {index.d} in {index.nlist} lists")
        return cls(index, vectors, cells, plan)


def lists_for(count: int) -> int:
    """How many lists ``count`` vectors are put in: the power of two nearest to ``2·√count``, within bounds."""
    nearest = 1 << round(math.log2(2 * math.sqrt(max(count, 1))))
    return max(1, min(nearest, _MOST_LISTS, max(_LISTS_FROM, count // _TRAIN_POINTS)))


def train_centroids(vectors: Vectors, lists: int) -> Vectors:
    """Centroids of ``lists`` clusters of ``vectors``, by spherical k-means on a sample drawn with a fixed seed."""
    sample = np.random.default_rng(_TRAIN_SEED).permutation(len(vectors))[: lists * _TRAIN_POINTS]
    clustering = faiss.Kmeans(
        vectors.shape[1], min(lists, len(vectors)), niter=_TRAIN_ROUNDS, seed=_TRAIN_SEED, spherical=True,
        min_points_per_centroid=1, max_points_per_centroid=_TRAIN_POINTS,
    )  # fmt: skip
    clustering.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    return np.asarray(clustering.centroids, dtype=np.float32)


def assign(vectors: Vectors, centroids: Vectors) -> NDArray[np.int32]:
    """The list of each vector."""
    quantizer = _flat(centroids)
    cells = np.empty(len(vectors), dtype=np.int32)

    def fill(start: int) -> None:
        block = np.ascontiguousarray(vectors[start : start + _SHARE])
        cells[start : start + _SHARE] = quantizer.search(block, 1)[1][:, 0]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, len(vectors), _SHARE)))
    return cells


def build_search(
    vectors: Vectors, centroids: Vectors, cells: NDArray[np.int32], plan: SearchPlan
) -> IvfSearch:
    """The lists of ``vectors``, of which ``cells`` says who goes where."""
    by_product = len(vectors) >= PRODUCT_CODES_FROM
    index = (_product_codes if by_product else _scalar_codes)(vectors, centroids)
    for start in range(0, len(vectors), _BLOCK):
        block = np.ascontiguousarray(vectors[start : start + _BLOCK])
        ids = np.arange(start, start + len(block))
        lists = cells[start : start + _BLOCK].astype(np.int64)
        index.add_core(len(block), faiss.swig_ptr(block), faiss.swig_ptr(ids), faiss.swig_ptr(lists))
    found = faiss.IndexIVFPQFastScan(index) if by_product else index
    return IvfSearch(found, vectors, cells, replace(plan, kind="ivf_pq" if by_product else "ivf"))


def _scalar_codes(vectors: Vectors, centroids: Vectors) -> "faiss.IndexIVF":
    """Empty lists of one byte a number."""
    index = faiss.IndexIVFScalarQuantizer(
        _flat(centroids), vectors.shape[1], len(centroids), faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    index.train(_sample(vectors, _SCALE_POINTS))
    return index


def _product_codes(vectors: Vectors, centroids: Vectors) -> "faiss.IndexIVF":
    """Empty lists of four bits a pair of numbers."""
    dimension = vectors.shape[1]
    parts = next(parts for parts in range(max(dimension // 2, 1), 0, -1) if dimension % parts == 0)
    index = faiss.IndexIVFPQ(
        _flat(centroids), dimension, len(centroids), parts, _PRODUCT_BITS, faiss.METRIC_INNER_PRODUCT
    )
    index.by_residual = False
    index.train(_sample(vectors, _PRODUCT_POINTS))
    return index


def _sample(vectors: Vectors, most: int) -> Vectors:
    return np.ascontiguousarray(vectors[:: max(1, len(vectors) // most)])


def calibrate(search: IvfSearch, questions: Vectors) -> IvfSearch:
    """``search`` with as many probes as ``WANTED_RECALL`` needs on ``questions`` (n, dimension), and what was measured."""
    lists = search.plan.lists
    best, places = exact_nearest(search.vectors, questions)
    closeness = questions @ search.centroids().T
    own = closeness[np.arange(len(questions)), search.cells[places]]
    nearer = (closeness > own[:, None]).sum(
        axis=1
    )  # lists that are read before the one with the nearest vector
    enough = (p for p in _PROBES if p < lists and (nearer < p).mean() >= WANTED_RECALL)
    tried = search.with_probes(next(enough, lists))
    sure = (nearer < tried.plan.probes - 1) & surely_hit(tried, questions, places)
    left = np.flatnonzero(~sure)
    recall = 1 - (1 - recall_at_1(tried, questions[left], best[left])) * len(left) / max(len(questions), 1)
    plan = replace(tried.plan, recall_at_1=round(recall, 4), measured_on=len(questions))
    return IvfSearch(search._index, search.vectors, search.cells, plan)


def exact_nearest(vectors: Vectors, questions: Vectors) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The highest product of each question with any vector, and the place of that, by brute force in blocks."""
    rows = np.arange(len(questions))

    def nearest(start: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        products = questions @ vectors[start : start + _COMPARED].T
        at = products.argmax(axis=1)
        return products[rows, at], start + at

    best = np.full(len(questions), -np.inf, dtype=np.float32)
    places = np.zeros(len(questions), dtype=np.int64)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found, at in pool.map(nearest, range(0, len(vectors), _COMPARED)):
            better = found > best
            best[better], places[better] = found[better], at[better]
    return best, places


def surely_hit(search: IvfSearch, questions: Vectors, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of ``questions`` find the vector at their place, in whatever lists they look, if its own is among these.

    That is so where no more than ``HITS`` of all vectors are as near by their codes. A product of matrices tells it of all
    questions in half the time that a search for each takes. Of product codes nothing is said.
    """
    codes = getattr(search._index, "sq", None)
    if codes is None:
        return np.zeros(len(questions), dtype=np.bool_)
    own = np.einsum("nd,nd->n", questions, codes.decode(codes.compute_codes(search.vectors[places])))

    def as_near(start: int) -> NDArray[np.int64]:
        some = codes.decode(codes.compute_codes(search.vectors[start : start + _COMPARED]))
        near: NDArray[np.int64] = np.count_nonzero(questions @ some.T >= (own - _CODES_TIE)[:, None], axis=1)
        return near

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        all_near = sum(pool.map(as_near, range(0, len(search.vectors), _COMPARED)))
    return np.asarray(all_near <= HITS, dtype=np.bool_)


def recall_at_1(search: IvfSearch, questions: Vectors, best: NDArray[np.float32]) -> float:
    """The share of ``questions`` whose first hit is as near as the nearest of all (``best``), ties included."""
    if not len(questions):
        return 1.0
    blocks = [questions[start : start + _TOGETHER] for start in range(0, len(questions), _TOGETHER)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        firsts = np.concatenate(list(pool.map(search.best, blocks)))
    return float(np.mean(firsts >= best - _TIE))


def _parameters(probes: int) -> "faiss.SearchParametersIVF":
    parameters = faiss.SearchParametersIVF()
    parameters.nprobe = probes
    return parameters


def _flat(centroids: Vectors) -> "faiss.IndexFlatIP":
    quantizer = faiss.IndexFlatIP(centroids.shape[1])
    quantizer.add(np.ascontiguousarray(centroids))
    return quantizer
