"""How well a pair of towers finds the label of a development sentence among all training sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.train_two_tower.data import Example, TrainingData
from tools.train_two_tower.towers import Tower, encode

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Confusion:
    """Sentences of ``label`` for which ``predicted`` came first."""

    label: str
    predicted: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Score:
    """Recall over the development sentences; ``recall_at_1`` decides which checkpoint is best."""

    recall_at_1: float
    recall_at_5: float
    confusions: tuple[Confusion, ...]


def evaluate(query: Tower, document: Tower, data: TrainingData) -> Score:
    """Recall@1 and @5 by the best paraphrase of each label, and the worst confusions."""
    index = encode(document, [example.text for example in data.train])
    queries = encode(query, [example.text for example in data.dev])
    place = {label: at for at, label in enumerate(data.labels)}
    columns = np.array([place[example.label] for example in data.train])
    first, within_5 = rank(queries, index, columns, [place[example.label] for example in data.dev])
    return Score(
        float(np.mean([first[at] == place[each.label] for at, each in enumerate(data.dev)])),
        float(np.mean(within_5)),
        _confusions(data.dev, [data.labels[label] for label in first]),
    )


def rank(
    queries: NDArray[np.float32], index: NDArray[np.float32], labels: NDArray[np.int64], truth: Sequence[int]
) -> tuple[list[int], list[bool]]:
    """For each query the first label, and whether the true one is among the first five (by its best document)."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.unique(labels))
    first: list[int] = []
    within_5: list[bool] = []
    for at in range(0, len(queries), _BLOCK):
        best = np.maximum.reduceat(queries[at : at + _BLOCK] @ index[order].T, starts, axis=1)
        own = best[np.arange(len(best)), truth[at : at + _BLOCK]]
        first += [int(label) for label in best.argmax(axis=1)]
        within_5 += [bool(rank < 5) for rank in (best > own[:, None]).sum(axis=1)]
    return first, within_5


def _confusions(dev: Sequence[Example], predicted: Sequence[str], worst: int = 20) -> tuple[Confusion, ...]:
    wrong = [
        (each.label, label, each.text)
        for each, label in zip(dev, predicted, strict=True)
        if label != each.label
    ]
    sample = {(label, found): text for label, found, text in reversed(wrong)}
    counts = Counter((label, found) for label, found, _ in wrong)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:worst]
    return tuple(Confusion(*pair, count, sample[pair]) for pair, count in ranked)
