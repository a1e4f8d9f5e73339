"""The state of a *precise* run on disk, written whole or not at all, so that an interrupted run goes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from torch import Tensor

from tools.text.curve import Point
from tools.torch_state import read_state, write_state

FILE = "checkpoints/last.pt"
Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run needs to go on; ``identity`` names the settings and data it belongs to.

    The order of batches and the dropout of a step follow from seed, epoch and step, so none is kept.
    """

    identity: str
    step: int
    seconds: float
    losses: tuple[float, ...]
    points: tuple[Point, ...]
    best_step: int
    weights: Weights
    best: Weights
    average: Weights
    optimizer: dict[str, object]


def save(checkpoint: Checkpoint, output_dir: Path) -> None:
    """Write the checkpoint beside the old one and rename it into place.

    Raises:
        DataError: it cannot be written.
    """
    path = output_dir / FILE
    state = {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}
    state["points"] = [(one.step, one.loss, one.score) for one in checkpoint.points]
    write_state(path, state)


def load(output_dir: Path, identity: str) -> Checkpoint | None:
    """The checkpoint in ``output_dir``, or None; tensors and plain values only, no code is run.

    Raises:
        ConfigError: it belongs to other settings or data.
        DataError: it is damaged.
    """
    state = read_state(output_dir / FILE, identity)
    if state is None:
        return None
    points = cast(list[tuple[int, float, float]], state["points"])
    return Checkpoint(
        identity,
        cast(int, state["step"]),
        cast(float, state["seconds"]),
        cast(tuple[float, ...], state["losses"]),
        tuple(Point(*one) for one in points),
        cast(int, state["best_step"]),
        cast(Weights, state["weights"]),
        cast(Weights, state["best"]),
        cast(Weights, state["average"]),
        cast(dict[str, object], state["optimizer"]),
    )


def remove(output_dir: Path) -> None:
    """Drop the checkpoint of a finished run."""
    (output_dir / FILE).unlink(missing_ok=True)
    folder = (output_dir / FILE).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
