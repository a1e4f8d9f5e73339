"""How well bad cases are grouped: labelled questions of three kinds, on meanings that did not choose the parameters.

The meanings of each set are halved by a seed. One half of all sets chooses among a grid of parameters; the other half
measures the choice, and the parameters that ship, which were chosen on whole sets.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.learning.cases import meaning
from chatbot.learning.grouping import Linkage, meaning_groups
from chatbot.normalization.reader import Reader

LCQMC_MEANINGS = 600
GRID = tuple(
    Linkage((star, 0.7, 0.55), share, stops)
    for star, share, stops in product(
        (0.75, 0.8, 0.85),
        (0.2, 0.3, 0.4),
        ((0.5, 0.45, 0.4, 0.35), (0.45, 0.4, 0.35, 0.3), (0.4, 0.35, 0.3, 0.25)),
    )
)
Set = tuple[tuple[str, str], ...]
"""Questions and what they mean."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``ari``: adjusted Rand index (Hubert and Arabie 1985). Of pairs put together ``precision`` belong together; of
    those that belong together ``recall`` are."""

    questions: int
    meanings: int
    groups: int
    ari: float
    precision: float
    recall: float


def agreement(found: Sequence[int], wanted: Sequence[str]) -> Agreement:
    """Of the groups ``found`` with the meanings ``wanted``."""
    _, mine = np.unique(np.asarray(found), return_inverse=True)
    _, theirs = np.unique(np.asarray(wanted), return_inverse=True)
    table = np.zeros((int(mine.max()) + 1, int(theirs.max()) + 1))
    np.add.at(table, (mine, theirs), 1)
    both, ours, labels = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected = ours * labels / max(_pairs(np.array([float(len(found))])), 1)
    ari = (both - expected) / ((ours + labels) / 2 - expected) if ours + labels > 2 * expected else 1.0
    return Agreement(
        len(found), table.shape[1], table.shape[0], round(ari, 4),
        round(both / ours if ours else 1.0, 4), round(both / labels if labels else 1.0, 4),
    )  # fmt: skip


def _pairs(counts: NDArray[np.float64]) -> float:
    return float((counts * (counts - 1) / 2).sum())


def labelled_csv(*files: Path) -> Set:
    """Rows ``sent,label`` (or with tabs)."""
    return tuple(row for file in files for row in _rows(file))


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t" if file.suffix == ".tsv" else ","):
            yield row["sent"], row["label"]


def benchmark_json(file: Path, meanings: int = LCQMC_MEANINGS) -> Set:
    """The standard questions of ``file`` that have the most queries, and those queries."""
    told = json.loads(file.read_text("utf-8"))
    asked: dict[int, list[str]] = {}
    for text, place in told["queries"]:
        asked.setdefault(place, []).append(text)
    chosen = sorted(asked, key=lambda place: (-len(asked[place]), place))[:meanings]
    return tuple((text, str(place)) for place in chosen for text in (told["standard"][place], *asked[place]))


def halves(questions: Set, seed: int) -> tuple[Set, Set]:
    """The questions of one half of the meanings, and those of the other."""
    names = sorted({label for _, label in questions})
    order = np.random.default_rng(seed).permutation(len(names))
    first = {names[place] for place in order[: len(names) // 2].tolist()}
    return (
        tuple(one for one in questions if one[1] in first),
        tuple(one for one in questions if one[1] not in first),
    )


class Grouped:
    """Questions as bad cases are grouped: read, stripped of the entity, encoded once."""

    def __init__(self, questions: Set, reader: Reader, encoder: Encoder) -> None:
        self._wanted = [label for _, label in questions]
        said = [meaning(sent, reader) for sent, _ in questions]
        self._unique = list(dict.fromkeys(said))
        places = {text: place for place, text in enumerate(self._unique)}
        self._of = np.array([places[text] for text in said])
        self._vectors = encoder.encode(self._unique)
        self._weights = np.bincount(self._of).astype(np.int64)

    def by(self, linkage: Linkage) -> Agreement:
        """How well ``linkage`` groups them."""
        centres = meaning_groups(self._unique, self._vectors, self._weights, linkage)
        return agreement(centres[self._of].tolist(), self._wanted)


def measure(
    sets: Mapping[str, Set], reader: Reader, encoder: Encoder, seeds: Sequence[int]
) -> dict[str, object]:
    """Whole sets by the parameters that ship; held-out halves by those and by the ones that the other halves chose."""
    shipped = Linkage()
    whole = {name: Grouped(questions, reader, encoder).by(shipped) for name, questions in sets.items()}
    held_out = [_held_out(sets, reader, encoder, seed) for seed in seeds]
    return {"shipped": shipped, "whole": whole, "held_out": held_out}


def _held_out(sets: Mapping[str, Set], reader: Reader, encoder: Encoder, seed: int) -> dict[str, object]:
    split = {name: halves(questions, seed) for name, questions in sets.items()}
    choosing = [Grouped(first, reader, encoder) for first, _ in split.values()]
    best = max(GRID, key=lambda linkage: fmean(one.by(linkage).ari for one in choosing))
    measured = {name: Grouped(second, reader, encoder) for name, (_, second) in split.items()}
    return {
        "seed": seed,
        "chosen": best,
        "by_chosen": {name: one.by(best) for name, one in measured.items()},
        "by_shipped": {name: one.by(Linkage()) for name, one in measured.items()},
    }
