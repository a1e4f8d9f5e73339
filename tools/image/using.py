"""A trained model measured on labelled pictures, and handed on."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.model_dir import FILE
from chatbot.predict.vision.chances import probabilities
from chatbot.predict.vision.image_card import (
    LABEL_MAP_FILE,
    ONNX_FILE,
    WEIGHTS_FILE,
    check_classes,
    read_image_card,
)
from tools.image.data import read_test, targets
from tools.image.onnx_export import session_of
from tools.image.served import served_logits
from tools.text.measures import Measures, measure

_FILES = (LABEL_MAP_FILE, ONNX_FILE, WEIGHTS_FILE, FILE)
"""The card last: half a model is none."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``measures`` of the model as it is served, and what is to be said of pictures left out."""

    measures: Measures
    warnings: tuple[str, ...]

    def as_dict(self, *, per_class: bool) -> dict[str, object]:
        """The figures, for ``--json``."""
        measures = self.measures
        found: dict[str, object] = {
            "accuracy": round(measures.accuracy, 6),
            "macro_f1": round(measures.macro_f1, 6),
            "micro_f1": round(measures.micro_f1, 6),
            "ece": round(measures.calibration_error, 6),
            "count": measures.count,
            "warnings": list(self.warnings),
        }
        return {**found, "classes": measures.as_dict()["labels"]} if per_class else found


def evaluate(
    folder: Path, test: Path, roots: Sequence[str] = (), *, batch_size: int = 32, threads: int = 1
) -> Evaluation:
    """How good the ONNX model in ``folder`` is on labelled pictures.

    Raises:
        ModelError: no image classifier, or a damaged one.
        DataError: pictures that cannot be read, or a class that the model does not know.
    """
    card = read_image_card(folder)
    try:
        session = session_of(folder / ONNX_FILE, threads)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # the runtime has many kinds for a missing or damaged file
        raise ModelError(f"{folder / ONNX_FILE}: 载入不了（{error}）→ 重新导出模型") from error
    check_classes(folder, card.labels, session.get_outputs()[0].shape[-1])
    examples, warnings = read_test(test, card.labels, roots, multi_label=card.multi_label)
    logits = served_logits(session, examples, card.preparation, batch_size)
    chances = probabilities(logits, card)
    threshold = card.thresholds[0] if card.multi_label else 0.5
    truth = targets(examples, len(card.labels))
    found = measure(truth, chances, card.labels, multi_label=card.multi_label, threshold=threshold)
    return Evaluation(found, warnings)


def export_model(folder: Path, output_dir: Path) -> tuple[str, ...]:
    """Copy what serving needs of the model in ``folder`` (no report, no checkpoint) to a new directory.

    Raises:
        ModelError: not an image classifier, or files that do not fit each other.
        ConfigError: ``output_dir`` holds something already.
    """
    read_image_card(folder)
    if not (folder / ONNX_FILE).is_file():
        raise ModelError(f"{folder / ONNX_FILE}: 没有这个文件 → 重新训练，或补全模型目录")
    if output_dir.exists() and any(output_dir.iterdir()):
        raise ConfigError(f"--output {output_dir}: 里面已有文件 → 给一个空目录")
    output_dir.mkdir(parents=True, exist_ok=True)
    names = tuple(name for name in _FILES if (folder / name).is_file())
    for name in names:
        shutil.copyfile(folder / name, output_dir / name)
    return names
