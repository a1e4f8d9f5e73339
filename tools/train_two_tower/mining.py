"""The batches of an epoch: each sentence with another of its label, beside the ones the model confuses it with."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HARD_SHARE = 0.5  # of a batch; the rest is random, so that easy directions are not forgotten
_NEIGHBOURS = 8
_SAMPLE = 20_000  # sentences searched for neighbours; beyond it a random part of them
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """Places of sentences in the training data; ``noisy`` marks second copies, to be written with noise."""

    places: tuple[int, ...]
    noisy: tuple[bool, ...]


def plan_epoch(
    labels: Sequence[int], vectors: NDArray[np.float32], batch_size: int, rng: random.Random
) -> list[Batch]:
    """Batches in which every sentence stands once, in pairs of one label.

    Half of a batch are pairs drawn at random, half the pairs that hold a nearest wrong neighbour of those in the
    current ``vectors`` (n, d): the hard negatives of the present model.
    """
    pairs = _pairs(labels, rng)
    pair_of = {place: number for number, pair in enumerate(pairs) for place in pair}
    neighbours = hard_negatives(labels, vectors, rng)
    free = list(range(len(pairs)))
    rng.shuffle(free)
    used: set[int] = set()
    batches: list[Batch] = []
    room, hard = batch_size // 2, int(batch_size // 2 * HARD_SHARE)
    while free:
        chosen: list[int] = []
        while free and len(chosen) < room - hard:
            _take(free.pop(), chosen, used)
        wanted = [pair_of[near] for number in chosen for place in pairs[number] for near in neighbours[place]]
        rng.shuffle(wanted)
        for number in wanted:
            if len(chosen) < room:
                _take(number, chosen, used)
        while free and len(chosen) < room:
            _take(free.pop(), chosen, used)
        if len({labels[pairs[number][0]] for number in chosen}) > 1:
            batches.append(_batch([pairs[number] for number in chosen]))
    return batches


def hard_negatives(
    labels: Sequence[int], vectors: NDArray[np.float32], rng: random.Random
) -> list[tuple[int, ...]]:
    """For each sentence the places of its nearest sentences of other labels, nearest first."""
    label = np.asarray(labels)
    pool = np.array(sorted(rng.sample(range(len(label)), min(_SAMPLE, len(label)))))
    found: list[tuple[int, ...]] = []
    for start in range(0, len(label), _BLOCK):
        scores = vectors[start : start + _BLOCK] @ vectors[pool].T
        scores[label[start : start + _BLOCK, None] == label[None, pool]] = -np.inf
        count = min(_NEIGHBOURS, len(pool))
        nearest = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        for row, columns in zip(scores, nearest, strict=True):
            best = sorted((int(c) for c in columns if row[c] > -np.inf), key=lambda c: (-row[c], c))
            found.append(tuple(int(pool[c]) for c in best))
    return found


def _take(number: int, chosen: list[int], used: set[int]) -> None:
    if number not in used:
        used.add(number)
        chosen.append(number)


def _pairs(labels: Sequence[int], rng: random.Random) -> list[tuple[int, ...]]:
    """Sentences of a label two by two; a last odd one goes with an earlier one, a lonely one with itself."""
    by_label: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        by_label.setdefault(label, []).append(place)
    pairs: list[tuple[int, ...]] = []
    for places in by_label.values():
        rng.shuffle(places)
        pairs += [tuple(places[at : at + 2]) for at in range(0, len(places) - 1, 2)]
        if len(places) % 2:
            pairs.append((places[-1],))
    return pairs


def _batch(pairs: Sequence[tuple[int, ...]]) -> Batch:
    places = [place for pair in pairs for place in (pair if len(pair) == 2 else pair * 2)]
    noisy = [second and len(pair) == 1 for pair in pairs for second in (False, True)]
    return Batch(tuple(places), tuple(noisy))
