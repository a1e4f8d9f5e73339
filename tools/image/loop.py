"""The training loop: random views, loss, step; a running mean of the weights is measured, and the best is kept."""

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
from chatbot.predict.vision.networks import Classifier
from chatbot.predict.vision.preparing import Preparation
from tools.image import checkpoint
from tools.image.augment import augmented
from tools.image.batches import logits_of, stacked
from tools.image.checkpoint import Checkpoint, Weights
from tools.image.curve import Point
from tools.image.data import Example, ImageData, targets
from tools.image.features import frozen_part
from tools.image.rates import optimizer, rate_factor
from tools.image.settings import TrainSettings

_SHOWN = 4
_OFTEN = 60.0  # seconds
_WARM = 10  # steps after which the running mean keeps its full share; before, it keeps less: it begins from nothing


@dataclass(frozen=True, slots=True)
class Status:
    """What a person watching wants to know after a step; ``score`` where the dev part was just measured."""

    step: int
    steps: int
    epoch: int
    loss: float
    score: float | None
    seconds_left: float


class Trainer:
    """One run. ``score`` tells how good logits (n, C) of the dev part are; more is better."""

    def __init__(
        self,
        settings: TrainSettings,
        data: ImageData,
        model: Classifier,
        preparations: tuple[Preparation, Preparation],
        score: Callable[[NDArray[np.float32]], float],
    ) -> None:
        """``preparations`` are those of training and of evaluation."""
        self._settings, self._data, self._score = settings, data, score
        self._model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch knows it
        self._view, self._seen = preparations
        self._targets = torch.from_numpy(targets(data.train, len(data.labels)).astype(np.float32))
        for parameter in model.features[: settings.frozen_stages].parameters():
            parameter.requires_grad = False
        self._optimizer = optimizer(settings, model)
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        told = json.dumps([settings.as_dict(), data.digest], sort_keys=True)
        self._identity = hashlib.sha256(told.encode()).hexdigest()[:16]
        self._an_epoch = max(1, len(data.train) // settings.train_batch_size)
        self.steps = self._an_epoch * settings.num_epochs
        self._step, self._losses = 0, list[float]()
        self._points, self._best = list[Point](), Weights()
        self._mean = self._copied()
        self._early = frozen_part(model, settings.frozen_stages, self._view.size)
        self._seconds, self._began = 0.0, time.monotonic()
        self._saved = self._began

    def run(self, output_dir: Path, watch: Callable[[Status], None], *, resume: bool) -> tuple[Point, ...]:
        """Train to the end, from the checkpoint in ``output_dir`` if there is one; the model has the best weights.

        Raises:
            DataError: a loss that is no number, or a checkpoint that cannot be written.
            ConfigError: the checkpoint there belongs to other settings or pictures.
        """
        if resume and (found := checkpoint.load(output_dir, self._identity)):
            self._resume(found)
        plan, planned = list[list[int]](), -1
        while self._step < self.steps:
            epoch, position = divmod(self._step, self._an_epoch)
            if epoch != planned:
                plan, planned = self._plan(epoch), epoch
            self._losses.append(self._learn(plan[position]))
            self._step += 1
            last = position + 1 == self._an_epoch
            if last:
                self._evaluate(epoch)
            if self._is_due(epoch + 1, last=last):
                self._save(output_dir)
            watch(self._status(epoch, scored=last))
        self._model.load_state_dict(self._best)
        self._model.eval()
        return tuple(self._points)

    @property
    def seconds(self) -> float:
        """What the run has taken so far, all its parts together."""
        return self._seconds + time.monotonic() - self._began

    def _plan(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch, the same for the same seed; a last one that is not full waits for the next shuffle."""
        size, order = self._settings.train_batch_size, list(range(len(self._data.train)))
        random.Random(f"{self._settings.seed}:{epoch}").shuffle(order)
        return [order[at * size : (at + 1) * size] for at in range(self._an_epoch)]

    def _learn(self, batch: Sequence[int]) -> float:
        self._set_rate()
        self._set_mode()
        torch.manual_seed(self._settings.seed * 1_000_003 + self._step)
        rng = random.Random(f"{self._settings.seed}:{self._step}:views")
        examples = [self._data.train[one] for one in batch]
        images = stacked(
            [
                augmented(one.image(self._view.enough), self._view, self._settings.augment, rng)
                for one in examples
            ]
        )
        loss = self._loss(self._logits(images), self._targets[list(batch)])
        if not torch.isfinite(loss):
            raise _not_finite(self._step + 1, examples)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        self._optimizer.step()
        self._follow()
        return float(loss.detach())

    def _logits(self, images: Tensor) -> Tensor:
        maps = self._model.features[self._settings.frozen_stages :](self._early(images))
        return torch.as_tensor(self._model.head(self._model.neck(maps)))

    def _loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        smooth = self._settings.label_smoothing
        if self._settings.multi_label:
            drawn = truth * (1 - smooth) + smooth / 2
            return nn.functional.binary_cross_entropy_with_logits(logits, drawn)
        return nn.functional.cross_entropy(logits, truth, label_smoothing=smooth)

    def _set_rate(self) -> None:
        factor = rate_factor(self._settings, (self._step + 0.5) / self._an_epoch)
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def _set_mode(self) -> None:
        """Dropout is on; frozen stages, and with ``frozen_norm`` all normalisations, keep their statistics."""
        self._model.train()
        self._model.features[: self._settings.frozen_stages].eval()
        if self._settings.frozen_norm:
            for module in self._model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    @torch.no_grad()
    def _follow(self) -> None:
        """The running mean takes a step towards the weights."""
        kept = min(self._settings.ema, (1 + self._step) / (_WARM + self._step)) if self._settings.ema else 0.0
        for name, value in self._model.state_dict().items():
            if value.dtype.is_floating_point:
                self._mean[name].lerp_(value, 1 - kept)
            else:
                self._mean[name].copy_(value)

    def _evaluate(self, epoch: int) -> None:
        own = self._copied()
        self._model.load_state_dict(self._mean)
        size = self._settings.eval_batch_size
        score = self._score(logits_of(self._model, self._data.dev, self._seen, size))
        self._model.load_state_dict(own)
        if score >= max((point.score for point in self._points), default=-math.inf):
            self._best = {name: value.clone() for name, value in self._mean.items()}
        rate = self._optimizer.param_groups[0]["lr"]
        self._points.append(Point(epoch + 1, sum(self._losses) / len(self._losses), rate, score))
        self._losses = []

    def _copied(self) -> Weights:
        return {name: value.detach().clone() for name, value in self._model.state_dict().items()}

    def _is_due(self, epochs: int, *, last: bool) -> bool:
        """A checkpoint: every so many epochs, and a minute after the last one, so that little is ever lost."""
        asked = last and (epochs % self._settings.save_checkpoint_epochs == 0 or self._step == self.steps)
        return asked or time.monotonic() - self._saved >= _OFTEN

    def _save(self, output_dir: Path) -> None:
        state = Checkpoint(
            self._identity, self._step, self.seconds, tuple(self._losses), tuple(self._points), self._copied(),
            self._mean, self._best, self._optimizer.state_dict(),
        )  # fmt: skip
        checkpoint.save(state, output_dir)
        self._saved = time.monotonic()

    def _resume(self, found: Checkpoint) -> None:
        self._model.load_state_dict(found.weights)
        self._optimizer.load_state_dict(found.optimizer)
        self._step, self._seconds, self._losses = found.step, found.seconds, list(found.losses)
        self._mean, self._best, self._points = dict(found.mean), dict(found.best), list(found.points)

    def _status(self, epoch: int, *, scored: bool) -> Status:
        pace = self.seconds / self._step
        recent = self._losses[-50:] or [self._points[-1].loss]
        return Status(
            self._step,
            self.steps,
            epoch + 1,
            sum(recent) / len(recent),
            self._points[-1].score if scored else None,
            pace * (self.steps - self._step),
        )


def _not_finite(step: int, examples: Sequence[Example]) -> DataError:
    named = "、".join(one.name for one in examples[:_SHOWN]) + ("…" if len(examples) > _SHOWN else "")
    problem = f"第 {step} 步的损失不是数，这一批是 {named}（{len(examples)} 张）"
    return DataError("training", problem, hint="把 --initial-learning-rate 调小，再运行同一条命令")
