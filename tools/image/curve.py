"""The curve of a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """After ``epoch``: mean training ``loss`` in it, learning ``rate`` at its end, ``score`` of the dev part."""

    epoch: int
    loss: float
    rate: float
    score: float

    def as_tuple(self) -> tuple[int, float, float, float]:
        """For the checkpoint."""
        return (self.epoch, self.loss, self.rate, self.score)
