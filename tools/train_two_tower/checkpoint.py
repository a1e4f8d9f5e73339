"""The state of a run on disk, written whole or not at all, so that an interrupted run goes on to the same result."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from tools.torch_state import read_state, write_state
from tools.train_two_tower.mining import Batch

FILE = "checkpoints/last.pt"


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the curves."""

    step: int
    loss: float
    recall_at_1: float
    recall_at_5: float


@dataclass(slots=True)
class Progress:
    """Where a run stands. ``plan`` is the present epoch's batches, ``position`` the next of them."""

    epoch: int = 0
    position: int = 0
    step: int = 0
    plan: list[Batch] = field(default_factory=list)
    rng: str = ""
    losses: list[float] = field(default_factory=list)  # since the last point
    points: list[Point] = field(default_factory=list)
    best_step: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run needs to go on. ``identity`` names the settings and data it belongs to."""

    identity: str
    progress: Progress
    towers: list[dict[str, Tensor]]
    best: list[dict[str, Tensor]]
    optimizer: dict[str, object]


def save(checkpoint: Checkpoint, output_dir: Path) -> None:
    """Writes the checkpoint beside the old one and renames it into place."""
    path = output_dir / FILE
    progress = checkpoint.progress
    state = {
        "identity": checkpoint.identity,
        "towers": checkpoint.towers,
        "best": checkpoint.best,
        "optimizer": checkpoint.optimizer,
        "torch_rng": torch.get_rng_state(),
        "epoch": progress.epoch,
        "position": progress.position,
        "step": progress.step,
        "plan": [(list(batch.places), list(batch.noisy)) for batch in progress.plan],
        "rng": progress.rng,
        "losses": progress.losses,
        "points": [(p.step, p.loss, p.recall_at_1, p.recall_at_5) for p in progress.points],
        "best_step": progress.best_step,
    }
    write_state(path, state)


def load(output_dir: Path, identity: str) -> Checkpoint | None:
    """The checkpoint in ``output_dir``, or None; tensors and plain values only, no code is run.

    Raises:
        ConfigError: It belongs to other settings or data.
        DataError: It is damaged.
    """
    state = read_state(output_dir / FILE, identity)
    if state is None:
        return None
    torch.set_rng_state(cast(Tensor, state["torch_rng"]))
    progress = Progress(
        epoch=cast(int, state["epoch"]),
        position=cast(int, state["position"]),
        step=cast(int, state["step"]),
        plan=[Batch(tuple(p), tuple(n)) for p, n in cast(list[tuple[list[int], list[bool]]], state["plan"])],
        rng=cast(str, state["rng"]),
        losses=cast(list[float], state["losses"]),
        points=[Point(*p) for p in cast(list[tuple[int, float, float, float]], state["points"])],
        best_step=cast(int, state["best_step"]),
    )
    towers, best = (cast(list[dict[str, Tensor]], state[name]) for name in ("towers", "best"))
    return Checkpoint(identity, progress, towers, best, cast(dict[str, object], state["optimizer"]))


def remove(output_dir: Path) -> None:
    """Drops the checkpoint of a finished run."""
    (output_dir / FILE).unlink(missing_ok=True)
    folder = (output_dir / FILE).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
