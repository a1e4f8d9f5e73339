"""The training loop of *precise*: batches of like length, loss, step; evaluation, checkpoints, the best one kept.

What is evaluated and kept is the moving average of the weights (``tools.text.averaging``).
"""

import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from chatbot.errors import DataError
from chatbot.predict.nlp.pieces import Pieces
from tools.text import checkpoint
from tools.text.averaging import Average
from tools.text.checkpoint import Checkpoint, Weights
from tools.text.curve import Point
from tools.text.data import Example, TextData
from tools.text.optimizers import optimizer
from tools.text.settings import TrainSettings
from tools.text.transformer import Classifier, device_here, padded

WARM_UP = 0.1  # of all steps: the learning rate rises to its value, then falls to zero, both linearly
_POOL = 50  # batches: texts are sorted by length within so many, so that little is padded
_MOST_NORM = 1.0  # longer gradients are cut to this length


@dataclass(frozen=True, slots=True)
class Status:
    """What a person watching wants to know after a step; ``score`` where the dev part was just scored."""

    step: int
    steps: int
    loss: float
    score: float | None
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Part:
    """Texts as pieces, and their labels as 0 and 1, (n, labels)."""

    pieces: Sequence[Pieces]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def part(examples: Sequence[Example], pieces: Sequence[Pieces], labels: int) -> Part:
    """``examples`` as arrays."""
    targets = np.zeros((len(examples), labels), dtype=np.float32)
    for row, one in enumerate(examples):
        targets[row, list(one.labels)] = 1.0
    return Part(pieces, targets, np.array([one.weight for one in examples], dtype=np.float32))


class Trainer:
    """One run. ``score`` tells how good scores (n, labels) of the dev part are; more is better."""

    def __init__(
        self,
        settings: TrainSettings,
        data: TextData,
        model: Classifier,
        parts: tuple[Part, Part],
        score: Callable[[NDArray[np.float32]], float],
    ) -> None:
        self._device = device_here()
        self._settings, self._model, self._score = settings, model.to(self._device), score
        self._train, self._dev = parts
        self._optimizer = optimizer(settings.optimizer, model, settings.learning_rate)
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        told = json.dumps([settings.as_dict(), data.digest], sort_keys=True)
        self._identity = hashlib.sha256(told.encode()).hexdigest()[:16]
        self._an_epoch = math.ceil(len(self._train.pieces) / settings.batch_size)
        self.steps = self._an_epoch * settings.epochs
        self._step, self._best_step, self._losses = 0, 0, list[float]()
        self._points: list[Point] = []
        self._best: Weights = {}
        self._average = Average(model, self.steps)
        self._seconds, self._began = 0.0, time.monotonic()

    def run(self, output_dir: Path, watch: Callable[[Status], None], *, resume: bool) -> tuple[Point, ...]:
        """Train to the end, from the checkpoint in ``output_dir`` if there is one; the model has the best weights.

        Raises:
            DataError: a loss that is no number, or a checkpoint that cannot be written.
            ConfigError: the checkpoint there belongs to other settings or data.
        """
        if resume:
            self._resume(checkpoint.load(output_dir, self._identity))
        plan, planned = list[list[int]](), -1
        while self._step < self.steps:
            epoch, position = divmod(self._step, self._an_epoch)
            if epoch != planned:
                plan, planned = self._plan(epoch), epoch
            loss = self._learn(plan[position])
            self._losses.append(loss)
            self._step += 1
            last = position + 1 == self._an_epoch
            self._average.take(self._model, self._step, last=last)
            if last:
                self._evaluate()
            if last or self._step % self._settings.save_steps == 0:
                self._save(output_dir)
            watch(self._status(last))
        self._model.load_state_dict(self._best)
        self._model.eval()
        return tuple(self._points)

    @property
    def seconds(self) -> float:
        """What the run has taken so far, all its parts together."""
        return self._seconds + time.monotonic() - self._began

    def _plan(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch, the same for the same seed: like lengths together, in random order."""
        rng, size = random.Random(f"{self._settings.seed}:{epoch}"), self._settings.batch_size
        order = list(range(len(self._train.pieces)))
        rng.shuffle(order)
        batches = list[list[int]]()
        for at in range(0, len(order), size * _POOL):
            pool = sorted(order[at : at + size * _POOL], key=lambda one: len(self._train.pieces[one].ids))
            batches += [pool[start : start + size] for start in range(0, len(pool), size)]
        rng.shuffle(batches)
        return batches

    def _learn(self, batch: Sequence[int]) -> float:
        self._set_rate()
        self._model.train()
        torch.manual_seed(self._settings.seed * 1_000_003 + self._step)
        scores = self._model(*padded([self._train.pieces[one] for one in batch], self._device))
        targets, weights = (
            torch.from_numpy(one[batch]).to(self._device)
            for one in (self._train.targets, self._train.weights)
        )
        loss = self._loss(scores, targets, weights)
        if not torch.isfinite(loss):
            problem = f"第 {self._step + 1} 步的损失不是数"
            raise DataError("training", problem, hint="把 --learning-rate 调小，再运行同一条命令")
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        nn.utils.clip_grad_norm_(self._model.parameters(), _MOST_NORM)
        self._optimizer.step()
        return float(loss.detach())

    def _loss(self, scores: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        if self._settings.multi_label:
            each = nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").mean(1)
        else:
            smoothed = self._settings.label_smoothing
            each = nn.functional.cross_entropy(scores, targets, reduction="none", label_smoothing=smoothed)
        return (each * weights).sum() / weights.sum().clamp(min=1e-6)

    def _set_rate(self) -> None:
        done, total = self._step + 1, self.steps
        factor = min(
            done / max(1.0, WARM_UP * total), (total - done + 1) / max(1.0, (1 - WARM_UP) * total), 1.0
        )
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def _evaluate(self) -> None:
        now, average = self._weights(), self._average.weights
        self._model.load_state_dict(average)
        score = self._score(scores_of(self._model, self._dev.pieces, self._settings.batch_size))
        if score >= max((point.score for point in self._points), default=-math.inf):
            self._best_step, self._best = self._step, self._weights()
        self._model.load_state_dict(now)
        loss = sum(self._losses) / max(1, len(self._losses))
        self._points.append(Point(self._step, loss, score))
        self._losses = []

    def _weights(self) -> Weights:
        return {name: value.detach().clone() for name, value in self._model.state_dict().items()}

    def _save(self, output_dir: Path) -> None:
        state = Checkpoint(
            self._identity, self._step, self.seconds, tuple(self._losses), tuple(self._points),
            self._best_step, self._weights(), self._best, self._average.weights, self._optimizer.state_dict(),
        )  # fmt: skip
        checkpoint.save(state, output_dir)

    def _resume(self, found: Checkpoint | None) -> None:
        if found is None:
            return
        self._model.load_state_dict(found.weights)
        self._average.weights = {name: value.to(self._device) for name, value in found.average.items()}
        self._optimizer.load_state_dict(found.optimizer)
        self._step, self._best_step, self._best = found.step, found.best_step, found.best
        self._losses, self._points = list(found.losses), list(found.points)
        self._seconds = found.seconds

    def _status(self, scored: bool) -> Status:
        pace = self.seconds / self._step
        recent = self._losses[-50:] or [self._points[-1].loss]
        score = self._points[-1].score if scored else None
        return Status(
            self._step, self.steps, sum(recent) / len(recent), score, pace * (self.steps - self._step)
        )


@torch.inference_mode()
def scores_of(model: Classifier, pieces: Sequence[Pieces], batch_size: int) -> NDArray[np.float32]:
    """Scores (n, labels), computed in batches of like length."""
    model.eval()
    device = model.head.weight.device
    order = sorted(range(len(pieces)), key=lambda one: len(pieces[one].ids))
    scores = np.zeros((len(pieces), model.head.out_features), dtype=np.float32)
    for at in range(0, len(order), batch_size):
        batch = order[at : at + batch_size]
        scores[batch] = model(*padded([pieces[one] for one in batch], device)).cpu().numpy()
    return scores
