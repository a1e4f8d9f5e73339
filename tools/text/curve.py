"""The curve of a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the curve: mean ``loss`` since the last, and the ``score`` of the dev part."""

    step: int
    loss: float
    score: float
