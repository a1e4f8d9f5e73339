"""What a training run is told, checked."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.predict.vision.backbones import LARGEST, SMALLEST, check_backbone

_VGG_SIDE = 224
"""Its last maps must be a multiple of 7 for the ONNX form."""
_MOST_STAGES = 60
_Check = tuple[str, Callable[[float], bool], str]
_CHECKS: tuple[_Check, ...] = (
    *(
        (name, lambda value: value > 0, "大于 0")
        for name in (
            "initial_learning_rate", "head_rate", "decay_factor", "train_batch_size", "eval_batch_size",
            "num_epochs", "save_checkpoint_epochs",
        )
    ),
    *((name, lambda value: value >= 0, "不小于 0") for name in ("weight_decay", "augment", "warm_up_epochs")),
    *((name, lambda value: 0 <= value < 1, "在 0 和 1 之间，不含 1") for name in ("ema", "label_smoothing")),
    ("image_size", lambda value: SMALLEST <= value <= LARGEST, f"在 {SMALLEST} 和 {LARGEST} 之间"),
    ("train_size", lambda value: value == 0 or SMALLEST <= value <= LARGEST, f"在 {SMALLEST} 和 {LARGEST} 之间"),
    ("frozen_stages", lambda value: 0 <= value <= _MOST_STAGES, f"在 0 和 {_MOST_STAGES} 之间"),
)  # fmt: skip
"""Option, whether a value fits, and what it should be."""


class Task(StrEnum):
    CLASSIFICATION = "classification"
    MULTILABEL = "multilabel"


class Algorithm(StrEnum):
    """``linear``: a frozen network's features and logistic regression; ``high_performance``: the later half of the network
    is fine-tuned for a few epochs, served small; ``high_precision``: most of it, for longer;
    ``custom``: a backbone trained as the options say."""

    LINEAR = "linear"
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
    the rate changes (one number: the length of decay), ``decay_factors`` what the initial rate is multiplied by from
    each of them on (none: once more by ``decay_factor``). ``frozen_stages`` of the network keep their weights, and with
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
    decay_factors: tuple[float, ...] = ()
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
        for name, fits, wanted in _CHECKS:
            value = getattr(self, name)
            if not (math.isfinite(value) and fits(value)):
                raise ConfigError(f"--{name.replace('_', '-')} {value}: 应{wanted}")
        if self.backbone.startswith("vgg") and self.image_size % _VGG_SIDE:
            raise ConfigError(f"--image-size {self.image_size}: {self.backbone} 要 {_VGG_SIDE} 的倍数")
        self._check_decay()

    def _check_decay(self) -> None:
        epochs, factors = self.decay_epochs, self.decay_factors
        if not all(map(_positive, epochs)) or list(epochs) != sorted(set(epochs)):
            raise ConfigError(f"--decay-epochs {_listed(epochs)}: 应是从小到大、大于 0 的数，例如 10,20")
        if self.lr_decay == Decay.MANUAL and not epochs:
            raise ConfigError("--lr-decay manual_step: 要 --decay-epochs，例如 10,20")
        if not factors:
            return
        given = f"--decay-factor {_listed(factors)}"
        if self.lr_decay != Decay.MANUAL:
            raise ConfigError(f"{given}: {self.lr_decay} 只要一个数 → 写一个，或用 --lr-decay manual_step")
        if len(factors) != len(epochs):
            raise ConfigError(
                f"{given}: 有 {len(factors)} 个，--decay-epochs {_listed(epochs)} 有 {len(epochs)} 个 → 一样多"
            )
        if not all(map(_positive, factors)):
            raise ConfigError(f"{given}: 应是大于 0 的数，例如 0.1,0.01")

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


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _listed(values: tuple[float, ...]) -> str:
    """As it is typed."""
    return ",".join(f"{one:g}" for one in values)


_FINE: dict[str, object] = {
    "train_size": 160,
    "optimizer": Optimizer.ADAMW,
    "head_rate": 10.0,
    "weight_decay": 0.02,
    "frozen_norm": True,
    "warm_up_epochs": 0.5,
}
_PRESETS: dict[Algorithm, dict[str, object]] = {
    Algorithm.LINEAR: {},
    Algorithm.HIGH_PERFORMANCE: {
        **_FINE,
        "image_size": 192,
        "initial_learning_rate": 5e-4,
        "ema": 0.97,
        "frozen_stages": 9,
        "num_epochs": 3,
    },
    Algorithm.HIGH_PRECISION: {
        **_FINE,
        "image_size": 192,  # of 192 to 256 the best on a dev part: 0.927; 224 had 0.916
        "initial_learning_rate": 3e-4,
        "ema": 0.985,
        "frozen_stages": 6,
        "num_epochs": 5,
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
