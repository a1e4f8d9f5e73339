"""A trained model over files: measured, applied, handed on."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chatbot.classifying.linear import WEIGHTS_FILE
from chatbot.classifying.mixture import NGRAMS, TRANSFORMER, mixed
from chatbot.classifying.scoring import probabilities
from chatbot.errors import ConfigError
from chatbot.predict.model_dir import FILE
from chatbot.predict.nlp.classifier_card import LABELS_FILE, read_classifier
from chatbot.predict.nlp.pieces import TOKENIZER_FILE
from chatbot.predict.nlp.text_classification import TextClassifier
from chatbot.predict.nlp.transformer import ONNX_FILE
from tools.text.data import read_test
from tools.text.fast import score_of, targets
from tools.text.measures import Measures, measure
from tools.text.run import pairs_of, parts_of, scores_of
from tools.text.settings import Columns

_FILES = (FILE, LABELS_FILE, WEIGHTS_FILE, ONNX_FILE, TOKENIZER_FILE)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """``parts``: of a mixture, the accuracy of each part by itself (micro-F1 for several labels at once)."""

    measures: Measures
    parts: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The figures, for ``--json``."""
        told = self.measures.as_dict()
        return (
            {**told, "parts": {one: round(value, 6) for one, value in self.parts.items()}}
            if self.parts
            else told
        )


def loaded(folder: Path, threads: int = 1) -> TextClassifier:
    """The model in ``folder``, ready.

    Raises:
        ModelError: not a text classification model, or a damaged one.
    """
    model = TextClassifier(folder, read_classifier(folder, {"threads": threads}))
    model.load()
    return model


def columns_of(model: TextClassifier, first: str, second: str, label: str) -> Columns:
    """The columns that were asked for; where none was, those the model was trained from."""
    card = model.card
    return Columns(first or card.first_sequence, second or card.second_sequence, label or card.label_name)


def evaluate_file(model: TextClassifier, test: Path, columns: Columns) -> Evaluated:
    """How good the model is on a labelled file.

    Raises:
        DataError: the file cannot be read, or has a label that the model does not know.
    """
    card = model.card
    examples = read_test(test, columns, card.labels, card.multi_label)
    pairs, truth = pairs_of(card, examples), targets(examples, len(card.labels))
    parts, each = parts_of(model, pairs), dict[str, float]()
    if parts is None or card.mixture is None:
        scores = scores_of(model, pairs)
    else:
        scores = mixed(parts, card.mixture.weight)
        for name, one in ((TRANSFORMER, parts.transformer), (NGRAMS, parts.ngrams)):
            each[name] = score_of(one.astype(np.float32), truth, card.multi_label)
    chances = probabilities(scores, card.calibration, multi_label=card.multi_label)
    measures = measure(truth, chances, card.labels, multi_label=card.multi_label, threshold=card.threshold)
    return Evaluated(measures, each)


def export_model(folder: Path, output_dir: Path) -> tuple[str, ...]:
    """Copy what serving needs of the model in ``folder`` (no report, no checkpoint) to a new directory.

    Raises:
        ModelError: it does not load.
        ConfigError: ``output_dir`` holds something already.
    """
    loaded(folder)
    if output_dir.exists() and any(output_dir.iterdir()):
        raise ConfigError(f"--output {output_dir}: 里面已有文件 → 给一个空目录")
    output_dir.mkdir(parents=True, exist_ok=True)
    names = [name for name in _FILES if (folder / name).is_file()]
    for name in sorted(names, key=lambda one: one == FILE):  # the card last: half a model is none
        shutil.copyfile(folder / name, output_dir / name)
    return tuple(names)
