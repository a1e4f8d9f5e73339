"""Predictions by the column: what a predictor may offer for many items at once, a file of them say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from chatbot.json_file import Json
from chatbot.predict.base import Item


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column whose every cell is an object with the same ``names``; ``values``, shape (items, names), are its numbers."""

    names: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Picks:
    """A column whose every cell is a list of one object: ``keys`` are those of a name and of its number.

    Of item ``i`` the name is ``names[picked[i]]`` and the number ``values[i]``.
    """

    keys: tuple[str, str]
    names: tuple[str, ...]
    picked: NDArray[np.int64]
    values: NDArray[np.float64]


Column: TypeAlias = Sequence[Json] | Numbers | Picks


@runtime_checkable
class ColumnPredictor(Protocol):
    """A predictor that can also tell its predictions by the column.

    Promise: cell by cell they are those of ``predict``, in its order of outputs; without an object for each item they
    take less time to make and to write.
    """

    def predict_columns(self, items: Sequence[Item]) -> Mapping[str, Column] | None:
        """For each output a column, one cell an item; ``None`` where an item has no prediction: ask ``predict`` then."""
