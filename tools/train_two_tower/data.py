"""Reading labelled sentences, and refusing those that cannot train anything."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import DataError
from chatbot.normalization.text import normalize
from tools.train_two_tower.settings import TrainFiles


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence of a label; ``line`` is its line in the file."""

    text: str
    label: str
    line: int


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Checked sentences, and what a person should know about them."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    labels: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A hash of the sentences and labels, to tell whether a checkpoint belongs to them."""
        digest = hashlib.sha256()
        for example in (*self.train, *self.dev):
            digest.update(f"{example.text}\t{example.label}\n".encode())
        return digest.hexdigest()[:16]


def read_data(files: TrainFiles) -> TrainingData:
    """The training and development sentences.

    Raises:
        DataError: A file is missing, empty or badly formed; one label only; no dev sentence has a trained label;
            or a sentence stands under two labels (both places are named).
    """
    train = tuple(_examples(files.train, files))
    dev = tuple(_examples(files.dev, files))
    labels = tuple(sorted({example.label for example in train}))
    if len(labels) < 2:
        raise DataError(
            files.train, f"holds one label only ({labels[0]!r})", hint="add sentences of other labels"
        )
    warnings = _check_clashes(files.train, train)
    known = tuple(example for example in dev if example.label in set(labels))
    if not known:
        raise DataError(
            files.dev, "no sentence has a label of the training file", hint="use the same label names"
        )
    if len(known) < len(dev):
        unseen = sorted({example.label for example in dev} - set(labels))
        warnings.append(
            f"{files.dev}: {len(dev) - len(known)} sentences have labels that training never saw and are not scored: "
            + "、".join(unseen[:5])
            + ("…" if len(unseen) > 5 else "")
        )
    single = [label for label, n in Counter(example.label for example in train).items() if n == 1]
    if single:
        warnings.append(
            f"{files.train}: {len(single)} labels have one sentence only; it is paired with a noisy copy"
        )
    return TrainingData(train, known, labels, tuple(warnings))


def truncate(examples: Sequence[Example], length: int) -> tuple[tuple[Example, ...], int]:
    """``examples`` cut to ``length`` characters, and how many were longer."""
    cut = tuple(Example(each.text[:length], each.label, each.line) for each in examples)
    return cut, sum(len(each.text) > length for each in examples)


def _examples(path: Path, files: TrainFiles) -> Iterator[Example]:
    count = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",", strict=True)
            _check_columns(path, reader.fieldnames or (), files)
            for row in reader:
                count += 1
                yield _example(path, row[files.text_column], row[files.label_column], reader.line_num)
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})", hint="check --train and --dev") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(path, f"is not a UTF-8 csv file ({error})", hint="save it as UTF-8 csv") from error
    if not count:
        raise DataError(path, "holds no sentence", hint="one sentence and its label a line, under the header")


def _check_columns(path: Path, present: Sequence[str], files: TrainFiles) -> None:
    if not present:
        raise DataError(
            path, "is empty", hint=f"the first line is a header: {files.text_column},{files.label_column}"
        )
    for flag, column in (("--text-column", files.text_column), ("--label-column", files.label_column)):
        if column not in present:
            raise DataError(
                path, f"has no column {column!r}, only {list(present)}", line=1, hint=f"set {flag}"
            )


def _example(path: Path, text: str | None, label: str | None, line: int) -> Example:
    if not text or not text.strip() or not label or not label.strip():
        raise DataError(
            path, "the sentence or its label is missing", line=line, hint="fill it in or drop the line"
        )
    return Example(normalize(text), label.strip(), line)


def _check_clashes(path: Path, train: Sequence[Example]) -> list[str]:
    first: dict[str, Example] = {}
    repeated = 0
    for example in train:
        before = first.setdefault(example.text, example)
        if before.label != example.label:
            problem = f"{example.text!r} stands under {example.label!r} and, at line {before.line}, {before.label!r}"
            raise DataError(path, problem, line=example.line, hint="keep it under one label")
        repeated += before is not example
    return [f"{path}: {repeated} sentences are repeated under the same label"] if repeated else []
