"""What the directory of an image classifier says of itself, typed and checked.

``predictor.json`` (task and settings), ``label_map.json`` (index → class name), ``model.onnx`` (input ``images`` float32
(N, 3, S, S), output ``logits`` (N, C)) and ``model.safetensors`` (the same weights, for explanations and further training).
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json, read_json_object, shown
from chatbot.predict.model_dir import FILE, ModelCard, read_model_card, write_model_card
from chatbot.predict.vision.preparing import Preparation, read_preparation

TASK = "image_classification"
LABEL_MAP_FILE = "label_map.json"
ONNX_FILE = "model.onnx"
WEIGHTS_FILE = "model.safetensors"
ONNX_INPUT, ONNX_OUTPUT = "images", "logits"
HEAD = "head.weight"
"""The tensor of the last layer, (C, features), by the same name in every network."""
_LONGEST_HEADER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImageCard:
    """``labels`` by index. ``temperature`` divides the logits; ``thresholds``, one a label, decide where ``multi_label``.

    ``version`` is the hash of the files, given when the card is written.
    """

    backbone: str
    labels: tuple[str, ...]
    preparation: Preparation
    multi_label: bool = False
    temperature: float = 1.0
    thresholds: tuple[float, ...] = ()
    algorithm: str = ""
    version: str = ""


def write_image_card(folder: Path, card: ImageCard) -> ImageCard:
    """Write the card and the label map beside the model's files, which are there already.

    Raises:
        ModelError: the labels are not those of the weights.
    """
    names: dict[str, str] = {str(index): label for index, label in enumerate(card.labels)}
    text = json.dumps(names, ensure_ascii=False, indent=1)
    (folder / LABEL_MAP_FILE).write_text(text + "\n", encoding="utf-8")
    settings: dict[str, Json] = {
        "backbone": card.backbone,
        "algorithm": card.algorithm,
        "multi_label": card.multi_label,
        "preparation": card.preparation.as_json(),
        "temperature": card.temperature,
        "thresholds": list(card.thresholds),
    }
    write_model_card(folder, ModelCard(TASK, _hash(folder, settings), settings))
    return read_image_card(folder)


def read_image_card(folder: Path) -> ImageCard:
    """The card of the model in ``folder``.

    Raises:
        ModelError: no image classifier, or a label map that does not match the weights.
    """
    stated = read_model_card(folder, TASK)
    at, settings = folder / FILE, stated.settings
    labels = read_label_map(folder / LABEL_MAP_FILE)
    check_classes(folder, labels, weights_classes(folder))
    return ImageCard(
        backbone=_text(settings, "backbone", at),
        labels=labels,
        preparation=read_preparation(settings.get("preparation"), str(at)),
        multi_label=settings.get("multi_label") is True,
        temperature=_temperature(settings.get("temperature"), at),
        thresholds=_thresholds(settings.get("thresholds"), labels, at),
        algorithm=_text(settings, "algorithm", at),
        version=stated.version,
    )


def read_label_map(path: Path) -> tuple[str, ...]:
    """Class names by index, from ``{"0": "cat", "1": "dog"}``.

    Raises:
        ModelError: unreadable, an index missing, a name twice, or fewer than two.
    """
    try:
        found = read_json_object(path, "标签表")
    except ConfigError as error:
        raise ModelError(error.message) from error
    names = [found.get(str(index)) for index in range(len(found))]
    labels = tuple(name for name in names if isinstance(name, str) and name)
    if len(labels) != len(found):
        missing = next(index for index, name in enumerate(names) if not (isinstance(name, str) and name))
        raise ModelError(f'{path}: 没有第 {missing} 类的名字 → 写成 {{"0": "名字", "1": …}}，从 0 起不缺')
    if len(labels) < 2 or len(set(labels)) != len(labels):
        raise ModelError(f"{path}: 要至少两个互不相同的名字 → 换回和模型一起导出的标签表")
    return labels


def check_classes(folder: Path, labels: tuple[str, ...], classes: int | None) -> None:
    """That the label map names every output; ``classes`` is how many the weights have (None: not known).

    Raises:
        ModelError: it does not.
    """
    if classes is not None and classes != len(labels):
        raise ModelError(
            f"{folder / LABEL_MAP_FILE}: 有 {len(labels)} 个类，权重有 {classes} 个 → 换回和权重一起导出的标签表"
        )


def weights_classes(folder: Path) -> int | None:
    """How many classes ``model.safetensors`` has, read from its header alone; None without that file.

    Raises:
        ModelError: damaged, or without a last layer.
    """
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length) if length <= _LONGEST_HEADER else b"")
        return int(header[HEAD]["shape"][0])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ModelError(f"{path}: 不是图片分类的权重，或已损坏 → 重新导出模型") from error


def _text(settings: Mapping[str, Json], name: str, at: Path) -> str:
    value = settings.get(name)
    if not isinstance(value, str):
        raise ModelError(f"{at}: {name} 是 {shown(value)} → 应是文字")
    return value


def _temperature(value: Json, at: Path) -> float:
    if not isinstance(value, int | float) or not (math.isfinite(value) and value > 0):
        raise ModelError(f"{at}: temperature 是 {shown(value)} → 应是大于 0 的数")
    return float(value)


def _thresholds(value: Json, labels: tuple[str, ...], at: Path) -> tuple[float, ...]:
    numbers = [float(one) for one in value if isinstance(one, int | float)] if isinstance(value, list) else []
    if len(numbers) not in (0, len(labels)) or not all(0 <= one <= 1 for one in numbers):
        raise ModelError(f"{at}: thresholds 是 {shown(value)} → 应是 {len(labels)} 个 0 到 1 的数，或空")
    return tuple(numbers) or (0.5,) * len(labels)


def _hash(folder: Path, settings: Mapping[str, Json]) -> str:
    """16 hex digits of SHA-256 over the settings and the model's files."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in (LABEL_MAP_FILE, ONNX_FILE, WEIGHTS_FILE):
        if (folder / name).is_file():
            digest.update(f"{name}\0".encode())
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
