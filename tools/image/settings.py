"""What a training run is told, checked."""

import math
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.predict.vision.backbones import check_backbone
from chatbot.predict.vision.preparing import LARGEST, SMALLEST


class Task(StrEnum):
    CLASSIFICATION = "classification"
    MULTILABEL = "multilabel"


class Algorithm(StrEnum):
    """``high_performance``: a frozen network and a linear classifier; ``high_precision``: the network is fine-tuned;
    ``custom``: a backbone trained as the options say."""

    HIGH_PERFORMANCE = "high_performance"
    HIGH_PRECISION = "high_precision"
    CUSTOM = "custom"


class Optimizer(StrEnum):
    MOMENTUM = "momentum"
    ADAM = "adam"
    ADAMW = "adamw"


class Decay(StrEnum):
    EXPONENTIAL = "exponential_decay"
    POLYNOMIAL = "polynomial_decay"
    MANUAL = "manual_step"
    COSINE = "cosine_decay"


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What decides the result of a run; the same settings and pictures give the same weights.

    ``image_size`` is the side S in serving, ``train_size`` in training (0: the same); smaller is faster, and small
    objects look larger in crops, so that a network reads well what is shown to it larger later (Touvron et al.,
    NeurIPS 2019). ``use_crop``: the middle square is seen, not the whole picture squeezed. ``decay_epochs`` are where
    the rate changes (one number: the length of decay). ``frozen_stages`` of the network keep their weights, and with
    ``frozen_norm`` all batch normalisations their statistics. ``ema`` is the share that the running mean of the weights
    keeps at each step (0: none). ``head_rate`` times the rate is the fresh head's.
    """

    task: Task = Task.CLASSIFICATION
    algorithm: Algorithm = Algorithm.CUSTOM
    backbone: str = "efficientnet_lite0"
    image_size: int = 224
    train_size: int = 0
    use_crop: bool = False
    use_pretrained_model: bool = True
    model_path: str = ""
    optimizer: Optimizer = Optimizer.MOMENTUM
    initial_learning_rate: float = 0.01
    head_rate: float = 1.0
    lr_decay: Decay = Decay.COSINE
    decay_epochs: tuple[float, ...] = ()
    decay_factor: float = 0.1
    staircase: bool = False
    warm_up_epochs: float = 1.0
    weight_decay: float = 1e-4
    label_smoothing: float = 0.1
    augment: float = 1.0
    ema: float = 0.0
    frozen_stages: int = 0
    frozen_norm: bool = False
    train_batch_size: int = 32
    eval_batch_size: int = 32
    num_epochs: int = 30
    save_checkpoint_epochs: int = 1
    seed: int = 42

    def __post_init__(self) -> None:
        check_backbone(self.backbone)
        above = ("initial_learning_rate", "head_rate", "decay_factor", "train_batch_size", "eval_batch_size")
        for name in (*above, "num_epochs", "save_checkpoint_epochs"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ConfigError(f"{_option(name)} {value}: 应大于 0")
        for name in ("ema", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{_option(name)} {getattr(self, name)}: 应在 0 和 1 之间，不含 1")
        for name in ("image_size", "train_size"):
            value = getattr(self, name)
            if not (SMALLEST <= value <= LARGEST or (name == "train_size" and value == 0)):
                raise ConfigError(f"{_option(name)} {value}: 应在 {SMALLEST} 和 {LARGEST} 之间")
        if any(one <= 0 for one in self.decay_epochs) or list(self.decay_epochs) != sorted(self.decay_epochs):
            raise ConfigError(f"--decay-epochs {self.decay_epochs}: 应是从小到大、大于 0 的数")
        if self.lr_decay == Decay.MANUAL and not self.decay_epochs:
            raise ConfigError("--lr-decay manual_step: 要 --decay-epochs，例如 10,20")

    @property
    def multi_label(self) -> bool:
        return self.task == Task.MULTILABEL

    @property
    def side(self) -> int:
        """The side of pictures in training."""
        return self.train_size or self.image_size

    def as_dict(self) -> dict[str, str | int | float | bool]:
        """Plain values, for the checkpoint and the report."""
        return {
            name: ",".join(map(str, value)) if isinstance(value, tuple)
            else str(value) if isinstance(value, StrEnum) else value
            for name, value in asdict(self).items()
        }  # fmt: skip


_PRESETS: dict[Algorithm, dict[str, object]] = {
    Algorithm.HIGH_PERFORMANCE: {},
    Algorithm.HIGH_PRECISION: {
        "train_size": 160,
        "optimizer": Optimizer.ADAMW,
        "initial_learning_rate": 3e-4,
        "head_rate": 10.0,
        "weight_decay": 0.02,
        "ema": 0.99,
        "frozen_stages": 3,
        "frozen_norm": True,
        "num_epochs": 8,
    },
    Algorithm.CUSTOM: {},
}


def settings_of(algorithm: Algorithm, **stated: object) -> TrainSettings:
    """The settings of ``algorithm``, with those that were ``stated`` (not None) in their place.

    Raises:
        ConfigError: a value that does not fit.
    """
    known = {one.name for one in fields(TrainSettings)}
    given = {name: value for name, value in stated.items() if value is not None}
    assert given.keys() <= known, given.keys() - known
    return replace(TrainSettings(algorithm=algorithm), **{**_PRESETS[algorithm], **given})  # type: ignore[arg-type]  # checked by the CLI's types


@dataclass(frozen=True, slots=True)
class TrainFiles:
    """Where a run reads and writes. Without ``dev``, a tenth of ``train`` is held out by the seed."""

    train: Path
    dev: Path | None
    output_dir: Path
    num_classes: int | None = None
    roots: tuple[str, ...] = field(default=())


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
