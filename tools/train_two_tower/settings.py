"""What a training run is told, and how its flags are read."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from chatbot.errors import ConfigError

_COLUMN_TYPES = ("str",)
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


class LossType(StrEnum):
    """The losses of ``tools.train_two_tower.losses``."""

    HINGE = "hinge_loss"
    CIRCLE = "circle_loss"
    MULTIPLE_NEGATIVES = "multiple_negatives"


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What decides the result of a run; the same settings and files give the same weights.

    ``margin`` and similarities are cosines; ``gamma`` is the scale of the exponents; ``sequence_length`` counts
    characters for an n-gram base and word pieces for a transformer; ``save_steps`` counts optimiser steps.
    """

    pretrain_model_name_or_path: str = "ngram"
    two_tower: bool = True
    siamese: bool = True
    loss_type: LossType = LossType.HINGE
    margin: float = 0.45
    gamma: float = 32.0
    embedding_size: int = 128
    batch_size: int = 32
    sequence_length: int = 128
    epochs: int = 3
    save_steps: int = 100
    learning_rate: float = 1e-5
    seed: int = 42

    def __post_init__(self) -> None:
        for name in ("embedding_size", "sequence_length", "epochs", "save_steps", "gamma", "learning_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"--{name.replace('_', '-')} {getattr(self, name)}: must be above 0")
        if self.batch_size < 4:
            raise ConfigError(
                f"--batch-size {self.batch_size}: a batch needs at least 2 labels × 2 texts → 4 or more"
            )
        if not 0 <= self.margin < 2:
            raise ConfigError(f"--margin {self.margin}: a difference of cosines lies in [0, 2)")
        if not self.two_tower:
            raise ConfigError("two_tower=False: this verb trains two-tower encoders only → leave it at True")

    def as_dict(self) -> dict[str, str | int | float | bool]:
        """Plain values, for the checkpoint and the report."""
        return {
            name: str(value) if isinstance(value, LossType) else value for name, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True)
class TrainFiles:
    """Where a run reads and writes."""

    train: Path
    dev: Path
    output_dir: Path
    text_column: str = "sent"
    label_column: str = "label"


def with_user_defined(settings: TrainSettings, text: str) -> TrainSettings:
    """``settings`` overridden by ``"loss_type=hinge_loss margin=0.45 …"``, the one-string form.

    Raises:
        ConfigError: A word is not ``name=value``, a name is unknown, or a value is not of its type.
    """
    changes: dict[str, object] = {}
    known = {field.name: type(getattr(settings, field.name)) for field in fields(settings)}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if not equals:
            raise ConfigError(f"--user-defined-parameters: {word!r} is not name=value")
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise ConfigError(
                f"--user-defined-parameters: unknown {name!r}" + (f" → {near[0]}?" if near else "")
            )
        changes[name] = _value(name, value, known[name])
    return replace(settings, **changes)  # type: ignore[arg-type]  # each value was converted to its field's type


def _value(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise ConfigError(f"--user-defined-parameters: {name}={text} is neither True nor False")
    try:
        return kind(text)
    except ValueError as error:
        allowed = f"one of {', '.join(LossType)}" if kind is LossType else f"a value of type {kind.__name__}"
        raise ConfigError(f"--user-defined-parameters: {name}={text} is not {allowed}") from error


def check_schema(schema: str, columns: Mapping[str, str]) -> None:
    """Whether ``"sent:str:1,label:str:1"`` names the chosen ``columns`` (flag → column) with a type we read.

    Raises:
        ConfigError: The schema is malformed, or a chosen column is not in it.
    """
    named = set()
    for part in schema.split(","):
        pieces = part.strip().split(":")
        if len(pieces) != 3 or pieces[1] not in _COLUMN_TYPES or pieces[2] != "1":
            raise ConfigError(f"--input-schema: {part.strip()!r} is not name:str:1")
        named.add(pieces[0])
    for flag, column in columns.items():
        if column not in named:
            raise ConfigError(f"{flag} {column}: no such column in --input-schema {schema!r}")
