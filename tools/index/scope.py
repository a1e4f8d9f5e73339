"""Fits scope evidence: weighted logistic regression by a truncated Newton method (Lin, Weng & Keerthi 2008), in numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.grams import grams
from chatbot.faq_modules.scope import ScopeEvidence

STRENGTH = 3.0  # C
PARTS = {"negatives": 1.0, "small_talk": 0.2, "graph": 0.1}
MOST_PARAPHRASES = 6000
_LEAST = 20
_NEGLIGIBLE = 0.1
_BIAS_STRENGTH = 0.01
_STEPS, _INNER, _NEAR = 30, 60, 1e-3
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScopeTexts:
    """Normalised texts: what the FAQ answers, what nothing answers, what small talk answers, and what the graph does."""

    paraphrases: Sequence[str]
    negatives: Sequence[str]
    small_talk: Sequence[str] = ()
    graph: Sequence[str] = ()


def fit_scope(texts: ScopeTexts, seed: int = 0) -> ScopeEvidence | None:
    """The evidence of ``texts``; ``None`` where there are too few on either side.

    Negatives count as much as the paraphrases in all, small talk and the graph's a fifth of that each. Of very many paraphrases a sample is
    enough. Weights that change no decision are left out.
    """
    known = _sample(texts.paraphrases, seed)
    if min(len(known), len(texts.negatives)) < _LEAST:
        return None
    sides = [(known, -1.0, 1.0)]
    for name, part in PARTS.items():
        own: Sequence[str] = getattr(texts, name)
        sides.append((own, 1.0, part * len(known) / max(len(own), 1)))
    rows = _Rows([text for side, _, _ in sides for text in side])
    wanted = np.concatenate([np.full(len(side), sign) for side, sign, _ in sides])
    weight = np.concatenate([np.full(len(side), STRENGTH * one) for side, _, one in sides])
    found = _minimise(rows, wanted, weight)
    kept = {name: round(one, 3) for name, one in zip(rows.names, found.tolist(), strict=False)}
    weights = {name: one for name, one in kept.items() if abs(one) >= _NEGLIGIBLE}
    return ScopeEvidence(weights, round(float(found[-1]), 3))


def _sample(paraphrases: Sequence[str], seed: int) -> Sequence[str]:
    if len(paraphrases) <= MOST_PARAPHRASES:
        return paraphrases
    chosen = np.random.default_rng(seed).permutation(len(paraphrases))[:MOST_PARAPHRASES]
    return [paraphrases[place] for place in np.sort(chosen).tolist()]


class CrossedScope:
    """Scores for fitting the choice: what was learned from speaks of itself only through evidence that never saw it."""

    def __init__(self, texts: ScopeTexts, *, folds: int, seed: int) -> None:
        """``folds`` more fits, each without its share of ``texts``."""
        self.whole = fit_scope(texts, seed)
        every = dict.fromkeys((*texts.paraphrases, *texts.negatives, *texts.small_talk, *texts.graph))
        assigned = np.random.default_rng(seed).integers(folds, size=len(every)).tolist()
        self._fold = dict(zip(every, assigned, strict=True)) if self.whole else {}
        self._without = [
            fit_scope(self._but(texts, fold), seed) for fold in range(folds if self.whole else 0)
        ]

    def score(self, text: str, source: str) -> float:
        """Of ``text``, a writing of ``source``, both as heard; 0 where there is no evidence."""
        fold = self._fold.get(source)
        evidence = self.whole if fold is None else self._without[fold]
        return evidence.score(text) if evidence else 0.0

    def _but(self, texts: ScopeTexts, fold: int) -> ScopeTexts:
        def kept(side: Sequence[str]) -> list[str]:
            return [text for text in side if self._fold[text] != fold]

        return ScopeTexts(
            kept(texts.paraphrases), kept(texts.negatives), kept(texts.small_talk), kept(texts.graph)
        )


class _Rows:
    """Texts as sparse rows of length 1, the last column a constant 1 for the bias."""

    def __init__(self, texts: Sequence[str]) -> None:
        place: dict[str, int] = {}
        found = [[place.setdefault(gram, len(place)) for gram in grams(text)] for text in texts]
        counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        self.names, self.columns = tuple(place), len(place) + 1
        self._at = np.repeat(np.arange(len(found)), counts)
        self._column = np.fromiter((one for row in found for one in row), dtype=np.int64, count=counts.sum())
        self._value = 1.0 / np.sqrt(np.maximum(counts, 1))[self._at]
        self._size = len(found)

    def times(self, weights: Vector) -> Vector:
        """The product with ``weights`` (columns,), shape (texts,)."""
        found = np.bincount(self._at, weights[self._column] * self._value, self._size).astype(np.float64)
        found += weights[-1]
        return found

    def back(self, parts: Vector) -> Vector:
        """The transposed product with ``parts`` (texts,), shape (columns,)."""
        found = np.bincount(self._column, parts[self._at] * self._value, self.columns).astype(np.float64)
        found[-1] = parts.sum()
        return found


def _minimise(rows: _Rows, wanted: Vector, weight: Vector) -> Vector:
    """The weights at the least ``Σ weight · log(1 + exp(-wanted · X w)) + ½ |w|²``, the bias hardly held back."""
    held = np.ones(rows.columns)
    held[-1] = _BIAS_STRENGTH
    found, first = np.zeros(rows.columns), 0.0
    value = _objective(rows, wanted, weight, held, found)
    for _ in range(_STEPS):
        share = 1.0 / (1.0 + np.exp(np.clip(wanted * rows.times(found), -500, 500)))
        slope = held * found - rows.back(weight * wanted * share)
        length = float(np.linalg.norm(slope))
        first = first or length
        if length <= _NEAR * first:
            break
        step, far = _newton_step(rows, weight * share * (1 - share), held, slope), 1.0
        while (new := _objective(rows, wanted, weight, held, found + far * step)) > value and far > _NEAR:
            far /= 2
        found, value = found + far * step, new
    return found


def _newton_step(rows: _Rows, curvature: Vector, held: Vector, slope: Vector) -> Vector:
    """``-H⁻¹ slope`` by conjugate gradients, near enough to go down."""
    step, left = np.zeros_like(slope), -slope
    way, size = left.copy(), float(left @ left)
    enough = 0.01 * size
    for _ in range(_INNER):
        bent = held * way + rows.back(curvature * rows.times(way))
        far = size / float(way @ bent)
        step, left = step + far * way, left - far * bent
        size, before = float(left @ left), size
        if size <= enough:
            break
        way = left + size / before * way
    return step


def _objective(rows: _Rows, wanted: Vector, weight: Vector, held: Vector, weights: Vector) -> float:
    return float(weight @ np.logaddexp(0.0, -wanted * rows.times(weights)) + 0.5 * held @ weights**2)
