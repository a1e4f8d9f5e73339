"""What a training run is told, checked."""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from chatbot.errors import ConfigError


class Task(StrEnum):
    CLASSIFICATION = "classification"
    NER = "ner"


class Algorithm(StrEnum):
    """``fast``: n-grams and a linear model; ``precise``: a transformer, fine-tuned."""

    FAST = "fast"
    PRECISE = "precise"


class Optimizer(StrEnum):
    ADAM = "adam"
    ADAMW = "adamw"
    LAMB = "lamb"
    ADAGRAD = "adagrad"


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What decides the result of a run; the same settings and files give the same weights.

    ``sequence_length`` counts characters of each sequence for *fast*, word pieces of both for *precise*. ``epochs``,
    ``batch_size``, ``learning_rate`` and ``optimizer`` are of *precise* alone; ``save_steps`` counts its steps
    between two checkpoints. ``threshold`` is the probability from which a label counts as predicted (multi-label).
    ``label_smoothing`` is the share of a text's label that is spread over all labels (Szegedy et al., CVPR 2016),
    ``word_dropout`` the share of word pieces that are hidden while learning; ``mixture``: whether *precise* is served
    mixed with an n-gram model of the same rows.
    """

    algorithm: Algorithm = Algorithm.FAST
    multi_label: bool = False
    threshold: float = 0.5
    sequence_length: int = 128
    batch_size: int = 32
    epochs: int = 3
    learning_rate: float = 5e-5
    optimizer: Optimizer = Optimizer.ADAMW
    pretrain_model_name_or_path: str = ""
    label_smoothing: float = 0.1
    word_dropout: float = 0.1
    mixture: bool = True
    save_steps: int = 500
    seed: int = 42

    def __post_init__(self) -> None:
        for name in ("sequence_length", "batch_size", "epochs", "learning_rate", "save_steps"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ConfigError(f"--{name.replace('_', '-')} {value}: 应大于 0")
        for name in ("label_smoothing", "word_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"--{name.replace('_', '-')} {getattr(self, name)}: 应在 0 和 1 之间")
        if not 0 < self.threshold < 1:
            raise ConfigError(f"--threshold {self.threshold}: 应在 0 和 1 之间")

    def as_dict(self) -> dict[str, str | int | float | bool]:
        """Plain values, for the checkpoint and the report."""
        return {
            name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which; an empty name: none."""

    first: str = "sentence"
    second: str = ""
    label: str = "label"
    weight: str = ""


@dataclass(frozen=True, slots=True)
class TrainFiles:
    """Where a run reads and writes. Without ``dev``, a tenth of ``train`` is held out by the seed."""

    train: Path
    dev: Path | None
    output_dir: Path
    columns: Columns = Columns()
    label_values: str = ""
