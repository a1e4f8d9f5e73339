"""What a text classification model's directory says of itself, typed and checked; ``model_config`` may override some."""

import difflib
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.classifying.mixture import NGRAMS, TRANSFORMER, Mixture
from chatbot.classifying.scoring import Calibration
from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json, shown
from chatbot.predict.model_dir import FILE, ModelCard, read_model_card, write_model_card

TASK = "text_classification"
LABELS_FILE = "labels.txt"
FAST, PRECISE = "fast", "precise"
SHORTEST = 8
LONGEST = 100_000
_CALIBRATION = ("slope", "offset", "scale")
_OVERRIDES = ("threshold", "sequence_length", "threads")


@dataclass(frozen=True, slots=True)
class ClassifierCard:
    """``sequence_length`` is the usual one, ``most`` the longest that the model can take; ``threads`` compute a batch.

    ``longest`` is the n-grams' (*fast*, and of a ``mixture``: an n-gram model beside the transformer). The names of columns are those the model was trained from.
    """

    algorithm: str
    labels: tuple[str, ...]
    multi_label: bool = False
    threshold: float = 0.5
    sequence_length: int = 128
    most: int = LONGEST
    longest: int = 3
    calibration: Calibration = field(default_factory=Calibration)
    mixture: Mixture | None = None
    first_sequence: str = "sentence"
    second_sequence: str = ""
    label_name: str = "label"
    threads: int = 1
    version: str = ""


def write_classifier(folder: Path, card: ClassifierCard) -> ClassifierCard:
    """Write the card and the labels beside the model's files, which are there already; its version is their hash."""
    (folder / LABELS_FILE).write_text("".join(f"{label}\n" for label in card.labels), encoding="utf-8")
    settings: dict[str, Json] = {
        "algorithm": card.algorithm,
        "labels": list(card.labels),
        "multi_label": card.multi_label,
        "threshold": card.threshold,
        "sequence_length": card.sequence_length,
        "most": card.most,
        "longest": card.longest,
        "calibration": _calibration_as_json(card.calibration),
        "first_sequence": card.first_sequence,
        "second_sequence": card.second_sequence,
        "label_name": card.label_name,
    }
    if card.mixture:
        settings["mixture"] = {
            "weight": card.mixture.weight,
            TRANSFORMER: _calibration_as_json(card.mixture.transformer),
            NGRAMS: _calibration_as_json(card.mixture.ngrams),
        }
    write_model_card(folder, ModelCard(TASK, _hash(folder, settings), settings))
    return read_classifier(folder)


def read_classifier(folder: Path, overrides: Mapping[str, Json] | None = None) -> ClassifierCard:
    """The card of the model in ``folder``, with what ``model_config`` overrides.

    Raises:
        ModelError: no text classification model, or its labels are not those of the file beside it.
        ConfigError: ``model_config`` holds a value that does not fit.
    """
    stated = read_model_card(folder, TASK)
    at, read = folder / FILE, _Reader(folder / FILE, stated.settings)
    if stated.settings.get("algorithm") not in (FAST, PRECISE):
        raise ModelError(
            f"{at}: algorithm 是 {shown(stated.settings.get('algorithm'))} → 应是 {FAST} 或 {PRECISE}"
        )
    labels = read.labels()
    _check_labels_file(folder, labels)
    card = ClassifierCard(
        algorithm=str(stated.settings["algorithm"]),
        labels=labels,
        multi_label=bool(stated.settings.get("multi_label")),
        threshold=read.number("threshold", 0.0, 1.0, overrides),
        sequence_length=int(read.number("sequence_length", 1, LONGEST, overrides)),
        most=int(read.number("most", 1, LONGEST)),
        longest=int(read.number("longest", 1, 8)),
        calibration=read.calibration("calibration"),
        mixture=read.mixture("mixture"),
        first_sequence=read.text("first_sequence"),
        second_sequence=read.text("second_sequence"),
        label_name=read.text("label_name"),
        threads=int(_override("threads", 1, 1, 256, overrides)),
        version=stated.version,
    )  # fmt: skip
    _check_keys(overrides or {})
    return card


@dataclass(frozen=True, slots=True)
class _Reader:
    at: Path
    settings: Mapping[str, Json]

    def number(
        self, name: str, least: float, most: float, overrides: Mapping[str, Json] | None = None
    ) -> float:
        value = self.settings.get(name)
        if not _is_number(value, least, most):
            raise ModelError(f"{self.at}: {name} 的值是 {shown(value)} → 重新训练，或补全模型目录")
        return _override(name, float(str(value)), least, most, overrides)

    def text(self, name: str) -> str:
        value = self.settings.get(name, "")
        if not isinstance(value, str):
            raise ModelError(f"{self.at}: {name} 的值是 {shown(value)} → 应是文字")
        return value

    def object(self, name: str) -> Mapping[str, Json]:
        value = self.settings.get(name)
        if not isinstance(value, dict):
            raise ModelError(f"{self.at}: {name} 的值是 {shown(value)} → 重新训练，或补全模型目录")
        return value

    def calibration(self, name: str) -> Calibration:
        found = _Reader(self.at, self.object(name))
        return Calibration(*(found.number(one, -1e6, 1e6) for one in _CALIBRATION))

    def mixture(self, name: str) -> Mixture | None:
        """None where there is none: not every model is a mixture."""
        if self.settings.get(name) is None:
            return None
        found = _Reader(self.at, self.object(name))
        weight = found.number("weight", 0.0, 1.0)
        return Mixture(weight, found.calibration(TRANSFORMER), found.calibration(NGRAMS))

    def labels(self) -> tuple[str, ...]:
        value = self.settings.get("labels")
        labels = (
            tuple(one for one in value if isinstance(one, str) and one) if isinstance(value, list) else ()
        )
        if len(labels) < 2 or len(set(labels)) != len(labels) or len(labels) != len(value or ()):  # type: ignore[arg-type]  # a list by now
            raise ModelError(f"{self.at}: labels 不是至少两个互不相同的文字 → 重新训练，或补全模型目录")
        return labels


def _calibration_as_json(calibration: Calibration) -> dict[str, Json]:
    return {name: getattr(calibration, name) for name in _CALIBRATION}


def _is_number(value: Json, least: float, most: float) -> bool:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return fits and least <= float(str(value)) <= most


def _override(
    name: str, stated: float, least: float, most: float, overrides: Mapping[str, Json] | None
) -> float:
    value = (overrides or {}).get(name)
    if value is None:
        return stated
    if not _is_number(value, least, most):
        raise ConfigError(f"model_config.{name} 的值是 {shown(value)} → 应是 {least:g} 到 {most:g} 的数")
    return float(str(value))


def _check_keys(overrides: Mapping[str, Json]) -> None:
    """Keys that are not ours are a cloud's own, unless one is nearly ours: that is a typing error."""
    for key in overrides:
        near = difflib.get_close_matches(key, _OVERRIDES, 1, 0.8)
        if key not in _OVERRIDES and near:
            raise ConfigError(f"model_config 里不认识的键 {key} → 是不是想写 {near[0]}？")


def _check_labels_file(folder: Path, labels: tuple[str, ...]) -> None:
    path = folder / LABELS_FILE
    try:
        found = tuple(path.read_text(encoding="utf-8-sig").split("\n")[:-1])
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: 读不了标签表（{error}）→ 补全模型目录") from error
    if found != labels:
        line = next(
            (n for n, (one, two) in enumerate(zip(found, labels, strict=False), 1) if one != two),
            min(len(found), len(labels)) + 1,
        )
        raise ModelError(
            f"{path}:{line}: 标签表和模型不符（表里 {len(found)} 个，模型 {len(labels)} 个，从第 {line} 行起不同）"
            " → 换回和模型一起训练出来的标签表"
        )


def _hash(folder: Path, settings: Mapping[str, Json]) -> str:
    """16 hex digits of SHA-256 over the settings and the model's files; reports and checkpoints left out."""
    digest = hashlib.sha256(repr(sorted(settings.items())).encode())
    for path in sorted(folder.iterdir()):
        if (
            path.is_file()
            and path.suffix in (".safetensors", ".onnx", ".json")
            and path.name not in _NOT_MODEL
        ):
            digest.update(f"{path.name}\0".encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


_NOT_MODEL = (FILE, "training.json")
