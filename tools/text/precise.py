"""Training of *precise*: a base fine-tuned in torch, then exported for serving."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.predict.nlp.pieces import Pieces
from tools.text import checkpoint
from tools.text.data import TextData
from tools.text.fast import score_of, targets
from tools.text.loop import Status, Trainer, part
from tools.text.onnx_export import export_onnx
from tools.text.progress import Watcher
from tools.text.run import Learned
from tools.text.settings import TrainSettings
from tools.text.transformer import find_base, new_classifier, pieces_of

_SAMPLES = 256
"""So many training texts decide how values are rounded for serving."""


def train_precise(
    settings: TrainSettings,
    data: TextData,
    folder: Path,
    watch: Watcher,
    *,
    resume: bool,
    accept_licence: bool,
) -> Learned:
    """Train in ``folder`` (from its checkpoint, if ``resume``) and export the best weights there.

    Raises:
        ConfigError: no such base, or the checkpoint belongs to another run.
        DataError: a damaged base or checkpoint, a loss that is no number.
    """
    base = find_base(settings.pretrain_model_name_or_path, folder, accept_licence=accept_licence)
    length, labels = min(settings.sequence_length, base.most_pieces), len(data.labels)
    train, dev = (part(one, pieces_of(one, base, length), labels) for one in (data.train, data.dev))
    model = new_classifier(base, labels, settings.seed, settings.word_dropout)
    trainer = Trainer(settings, data, model, (train, dev), _scorer(data, settings))
    points = trainer.run(folder, _shown(watch), resume=resume)
    export_onnx(model.cpu(), folder, samples_of(train.pieces, settings.seed))
    checkpoint.remove(folder)
    facts: dict[str, object] = {"底座": settings.pretrain_model_name_or_path, "步数": trainer.steps}
    return Learned(base.most_pieces, trainer.seconds, facts, points)


def samples_of(pieces: Sequence[Pieces], seed: int) -> list[Pieces]:
    """Some of the training part's texts, the same for the same seed."""
    return random.Random(seed).sample(pieces, min(_SAMPLES, len(pieces)))


def _scorer(data: TextData, settings: TrainSettings) -> Callable[[NDArray[np.float32]], float]:
    truth = targets(data.dev, len(data.labels))
    return lambda scores: score_of(scores, truth, settings.multi_label)


def _shown(watch: Watcher) -> Callable[[Status], None]:
    def show(status: Status) -> None:
        told = f"步 {status.step}/{status.steps} · loss {status.loss:.4f}"
        if status.score is not None:
            told += f" · 验证集 {status.score:.4f}"
        done, scored = status.step / status.steps, status.score is not None
        watch(told, done, status.seconds_left, now=scored)

    return show
