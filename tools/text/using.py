"""A trained model over files: measured, applied, handed on."""

import csv
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from chatbot.classifying.linear import WEIGHTS_FILE
from chatbot.classifying.scoring import probabilities
from chatbot.errors import ConfigError, DataError
from chatbot.json_file import Json
from chatbot.predict.base import Item, ItemError, Outcome
from chatbot.predict.model_dir import FILE
from chatbot.predict.nlp.classifier_card import LABELS_FILE, read_classifier
from chatbot.predict.nlp.pieces import TOKENIZER_FILE
from chatbot.predict.nlp.text_classification import TextClassifier
from chatbot.predict.nlp.transformer import ONNX_FILE
from tools.text.data import Row, read_rows, read_test
from tools.text.fast import targets
from tools.text.measures import Measures, measure
from tools.text.run import scores_of
from tools.text.settings import Columns

OUTPUTS = ("predictions", "probabilities", "logits")
_BATCH = 64
_FILES = (FILE, LABELS_FILE, WEIGHTS_FILE, ONNX_FILE, TOKENIZER_FILE)


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


def evaluate_file(model: TextClassifier, test: Path, columns: Columns) -> Measures:
    """How good the model is on a labelled file.

    Raises:
        DataError: the file cannot be read, or has a label that the model does not know.
    """
    card = model.card
    examples = read_test(test, columns, card.labels, card.multi_label)
    chances = probabilities(scores_of(model, examples), card.calibration, multi_label=card.multi_label)
    return measure(
        targets(examples, len(card.labels)),
        chances,
        card.labels,
        multi_label=card.multi_label,
        threshold=card.threshold,
    )


def predict_file(
    model: TextClassifier, source: Path, target: Path, columns: Columns, appended: Sequence[str]
) -> int:
    """Write a prediction for each line of ``source``, in order; returns how many.

    ``appended`` columns of the input stand after those of the prediction. The file gets its name when it is whole.

    Raises:
        DataError: the input cannot be read, or a text is empty (with its line).
    """
    needed = {"--first-sequence": columns.first, "--second-sequence": columns.second}
    needed |= {f"--append-columns ({name})": name for name in appended}
    beside, count = target.with_name(f".{target.name}.{os.getpid()}"), 0
    rows = read_rows(source, needed)
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*OUTPUTS, *appended])
            while batch := list(islice(rows, _BATCH)):
                for row, cells in zip(batch, _predicted(model, source, batch, columns), strict=True):
                    writer.writerow([*cells, *(row.cells[name] for name in appended)])
                count += len(batch)
        beside.replace(target)
    except OSError as error:
        raise DataError(target, f"写不了（{error.strerror}）", hint="检查目录和空间") from error
    finally:
        beside.unlink(missing_ok=True)
    return count


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


def _predicted(
    model: TextClassifier, source: Path, batch: Sequence[Row], columns: Columns
) -> Iterator[tuple[str, str, str]]:
    for row, outcome in zip(batch, model.predict([_item(row, columns) for row in batch]), strict=True):
        if isinstance(outcome, ItemError):
            raise DataError(source, outcome.message, line=row.line, hint="改正这一行，或删掉它")
        yield _cells(outcome)


def _cells(outcome: Outcome) -> tuple[str, str, str]:
    assert not isinstance(outcome, ItemError)
    predictions = outcome["predictions"]
    named = ",".join(map(str, predictions)) if isinstance(predictions, list) else str(predictions)
    return named, _json(outcome["probabilities"]), _json(outcome["logits"])


def _item(row: Row, columns: Columns) -> Item:
    item: dict[str, Json] = {"first_sequence": row.cells[columns.first]}
    if columns.second:
        item["second_sequence"] = row.cells[columns.second]
    return item


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
