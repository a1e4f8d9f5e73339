"""The training loop: plan → batch → loss → step, with evaluation, checkpoints and the best one kept.

A loop of our own rather than sentence-transformers' trainer, for two promises that it does not make: hard negatives
mined from the present model at each epoch, and a resumed run that ends in the same bytes. The towers are
sentence-transformers' modules; several processes (``torchrun`` or ``accelerate launch``) average their gradients.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from chatbot.errors import DataError
from tools.train_two_tower import checkpoint
from tools.train_two_tower.checkpoint import Checkpoint, Point, Progress
from tools.train_two_tower.data import TrainingData
from tools.train_two_tower.evaluation import Score, evaluate
from tools.train_two_tower.losses import loss_of, masks
from tools.train_two_tower.mining import Batch, plan_epoch
from tools.train_two_tower.noise import noisy
from tools.train_two_tower.processes import Processes
from tools.train_two_tower.settings import TrainSettings
from tools.train_two_tower.towers import Tower, encode

WARM_UP = 0.1  # of all steps: the learning rate rises to its value, then falls to zero, both linearly


@dataclass(frozen=True, slots=True)
class Status:
    """What a person watching wants to know after a step."""

    step: int
    total_steps: int
    epoch: int
    loss: float
    recall_at_1: float | None
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run; the query and document towers hold the best weights."""

    points: tuple[Point, ...]
    best_step: int
    steps: int
    score: Score


class Trainer:
    """One run over ``data``. ``query`` and ``document`` are the same tower where the run is siamese."""

    def __init__(
        self, settings: TrainSettings, data: TrainingData, query: Tower, document: Tower, processes: Processes
    ) -> None:
        self._settings, self._data, self._processes = settings, data, processes
        self._query, self._document = query, document
        self._towers = [query] if query is document else [query, document]
        self._loss = loss_of(settings)
        groups = [group for tower in self._towers for group in tower.parameter_groups(settings.learning_rate)]
        self._optimizer = torch.optim.AdamW(groups)
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._rng = random.Random(settings.seed)
        place = {label: at for at, label in enumerate(data.labels)}
        self._labels = [place[example.label] for example in data.train]
        self._progress = Progress()
        self._best = self._weights()
        self._began, self._began_step = time.monotonic(), 0

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole run, as far as the present epoch's plan tells."""
        plan = len(self._progress.plan) or -(-len(self._data.train) // self._settings.batch_size)
        return (
            self._progress.step
            - self._progress.position
            + plan * (self._settings.epochs - self._progress.epoch)
        )

    def run(self, output_dir: Path, watch: Callable[[Status], None], *, resume: bool = True) -> Outcome:
        """Trains to the end, from the last checkpoint in ``output_dir`` if there is one.

        Raises:
            DataError: A batch's loss is not a number, or a checkpoint cannot be written.
            ConfigError: The checkpoint there belongs to other settings or data.
        """
        torch.manual_seed(self._settings.seed)
        if resume:
            self._resume(output_dir)
        if not self._progress.points:
            self._evaluate()
        while self._progress.epoch < self._settings.epochs:
            self._epoch(output_dir, watch)
            self._progress.epoch += 1
            self._progress.position, self._progress.plan = 0, []
        if self._progress.losses:
            self._evaluate()
        self._restore(self._best)
        score = evaluate(self._query, self._document, self._data)
        progress = self._progress
        return Outcome(tuple(progress.points), progress.best_step, progress.step, score)

    def _epoch(self, output_dir: Path, watch: Callable[[Status], None]) -> None:
        progress = self._progress
        if not progress.plan:
            vectors = encode(self._document, [example.text for example in self._data.train])
            plan = plan_epoch(self._labels, vectors, self._settings.batch_size, self._rng)
            progress.plan = plan[: len(plan) - len(plan) % self._processes.count] or plan
        while progress.position < len(progress.plan):
            batch = progress.plan[min(progress.position + self._processes.rank, len(progress.plan) - 1)]
            loss = self._step(batch)
            progress.losses.append(loss)
            progress.position += self._processes.count
            progress.step += 1
            scored = progress.step % self._settings.save_steps == 0
            if scored:
                self._evaluate()
                self._save(output_dir)
            watch(self._status(loss, scored))

    def _step(self, batch: Batch) -> float:
        self._set_rate()
        examples = self._data.train
        texts = [
            noisy(examples[place].text, random.Random(f"{self._settings.seed}:{self._progress.step}:{place}"))
            if marked
            else examples[place].text
            for place, marked in zip(batch.places, batch.noisy, strict=True)
        ]
        queries = self._query.embed(texts)
        documents = queries if self._query is self._document else self._document.embed(texts)
        positive, negative = (
            mask.to(queries.device) for mask in masks([self._labels[p] for p in batch.places])
        )
        loss: Tensor = self._loss(queries @ documents.T, positive, negative)
        if not torch.isfinite(loss):
            self._stop_at(batch)
        self._optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        self._processes.average_gradients(self._optimizer)
        self._optimizer.step()
        return float(loss.detach())

    def _stop_at(self, batch: Batch) -> None:
        lines = sorted({self._data.train[place].line for place in batch.places})
        problem = (
            f"the loss of step {self._progress.step + 1} is not a number; its batch is made of lines {lines}"
        )
        raise DataError("training", problem, hint="lower --learning-rate, or look at these lines")

    def _set_rate(self) -> None:
        done, total = self._progress.step + 1, max(self.total_steps, 1)
        factor = min(
            done / max(1.0, WARM_UP * total), (total - done + 1) / max(1.0, (1 - WARM_UP) * total), 1.0
        )
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * max(factor, 0.0)

    def _evaluate(self) -> None:
        progress = self._progress
        score = evaluate(self._query, self._document, self._data)
        loss = sum(progress.losses) / max(1, len(progress.losses))
        best = max(
            ((point.recall_at_1, point.recall_at_5) for point in progress.points), default=(-1.0, -1.0)
        )
        progress.points.append(Point(progress.step, loss, score.recall_at_1, score.recall_at_5))
        progress.losses = []
        if (score.recall_at_1, score.recall_at_5) >= best:  # a tie goes to the longer trained
            progress.best_step, self._best = progress.step, self._weights()

    def _weights(self) -> list[dict[str, Tensor]]:
        return [
            {k: v.detach().cpu().clone() for k, v in tower.state_dict().items()} for tower in self._towers
        ]

    def _restore(self, weights: list[dict[str, Tensor]]) -> None:
        for tower, state in zip(self._towers, weights, strict=True):
            tower.load_state_dict(state)

    def _identity(self) -> str:
        told = json.dumps(
            [self._settings.as_dict(), self._data.digest, self._processes.count], sort_keys=True
        )
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def _save(self, output_dir: Path) -> None:
        if self._processes.rank:
            return
        self._progress.rng = json.dumps(self._rng.getstate())
        state = self._optimizer.state_dict()
        checkpoint.save(
            Checkpoint(self._identity(), self._progress, self._weights(), self._best, state), output_dir
        )

    def _resume(self, output_dir: Path) -> None:
        found = checkpoint.load(output_dir, self._identity())
        if found is None:
            return
        self._progress, self._best = found.progress, found.best
        self._restore(found.towers)
        self._optimizer.load_state_dict(found.optimizer)
        version, internal, gauss = json.loads(found.progress.rng)
        self._rng.setstate((version, tuple(internal), gauss))
        self._began_step = found.progress.step

    def _status(self, loss: float, scored: bool) -> Status:
        progress, total = self._progress, self.total_steps
        pace = (time.monotonic() - self._began) / max(1, progress.step - self._began_step)
        recall = progress.points[-1].recall_at_1 if scored else None
        return Status(
            progress.step, total, progress.epoch, loss, recall, pace * max(0, total - progress.step)
        )
