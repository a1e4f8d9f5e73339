"""The state of a fine-tuning run on the disk, so that an interrupted run goes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from torch import Tensor

from tools.image.curve import Point
from tools.torch_state import read_state, write_state

FILE = "checkpoints/last.pt"
Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run needs to go on; ``identity`` names the settings and pictures it belongs to.

    Order, views and dropout follow from seed, epoch and step, so none is kept.
    """

    identity: str
    step: int
    seconds: float
    losses: tuple[float, ...]
    points: tuple[Point, ...]
    weights: Weights
    mean: Weights
    best: Weights
    optimizer: dict[str, object]


def save(checkpoint: Checkpoint, output_dir: Path) -> None:
    """Write the checkpoint beside the old one and rename it into place.

    Raises:
        DataError: it cannot be written.
    """
    state = {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}
    state["points"] = [one.as_tuple() for one in checkpoint.points]
    write_state(output_dir / FILE, state)


def load(output_dir: Path, identity: str) -> Checkpoint | None:
    """The checkpoint in ``output_dir``, or None.

    Raises:
        ConfigError: it belongs to other settings or pictures.
        DataError: it is damaged.
    """
    state = read_state(output_dir / FILE, identity)
    if state is None:
        return None
    return Checkpoint(
        identity,
        cast(int, state["step"]),
        cast(float, state["seconds"]),
        cast(tuple[float, ...], state["losses"]),
        tuple(Point(*one) for one in cast(list[tuple[int, float, float, float]], state["points"])),
        cast(Weights, state["weights"]),
        cast(Weights, state["mean"]),
        cast(Weights, state["best"]),
        cast(dict[str, object], state["optimizer"]),
    )


def remove(output_dir: Path) -> None:
    """Drop what was kept for going on with a finished run."""
    folder = (output_dir / FILE).parent
    if folder.is_dir():
        (output_dir / FILE).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
