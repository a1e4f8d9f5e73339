"""Labelled texts from csv files, also gzipped; what cannot train anything is refused with its line."""

import csv
import gzip
import hashlib
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from chatbot.errors import DataError
from chatbot.normalization.text import normalize
from tools.text.settings import Columns, TrainFiles

DEV_SHARE = 0.1
_LONGEST_CELL = 4 * 2**20
_SEPARATORS = str.maketrans("，、|", ",,,")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text, normalised; ``labels`` are numbers, exactly one unless multi-label; ``line`` of its file."""

    first: str
    second: str
    labels: tuple[int, ...]
    weight: float
    line: int


@dataclass(frozen=True, slots=True)
class TextData:
    """What a run learns from, and what a person should know about it."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    labels: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A hash of all texts, labels and weights, to tell whether a checkpoint belongs to them."""
        digest = hashlib.sha256("\n".join(self.labels).encode())
        for part in (self.train, self.dev):
            for one in part:
                digest.update(f"{one.first}\t{one.second}\t{one.labels}\t{one.weight}\n".encode())
            digest.update(b"\0")
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a csv file, by column."""

    cells: Mapping[str, str]
    line: int


def open_text(path: Path) -> TextIO:
    """A UTF-8 text file, gzipped if its name ends so; for ``csv``."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_rows(path: Path, needed: Mapping[str, str]) -> Iterator[Row]:
    """The lines of ``path``; ``needed`` gives for each flag the column it names (empty: none).

    Raises:
        DataError: missing, empty, not UTF-8, not csv, a needed column is not there.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with open_text(path) as file:
            reader = csv.DictReader(
                file, delimiter="\t" if path.name.removesuffix(".gz").endswith(".tsv") else ",", strict=True
            )
            _check_columns(path, reader.fieldnames or (), needed)
            for cells in reader:
                if None in cells or None in cells.values():
                    raise DataError(
                        path,
                        "列数和表头不一样",
                        line=reader.line_num,
                        hint="补齐这一行；内容里有逗号的要加引号",
                    )
                yield Row(cells, reader.line_num)
    except (OSError, EOFError) as error:
        raise DataError(
            path, f"读不了（{error.strerror if isinstance(error, OSError) and error.strerror else error}）",
            hint="检查路径和文件是否完整",
        ) from error  # fmt: skip
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(path, f"不是 UTF-8 的 csv（{error}）", hint="用 UTF-8 另存为 csv") from error


def read_training(files: TrainFiles, multi_label: bool, seed: int) -> TextData:
    """All that a run learns from.

    Raises:
        DataError: a file cannot be read; an empty text; a label that is not listed, or that training never saw; fewer
            than two labels.
    """
    listed = read_labels(files.label_values)
    train_rows = list(_labelled(files.train, files.columns, multi_label))
    labels = listed or tuple(sorted({label for row in train_rows for label in row.labels}))
    if len(labels) < 2:
        raise DataError(files.train, f"只有 {len(labels)} 种标签", hint="至少要两种标签才能分类")
    train = _numbered(files.train, train_rows, labels, "--label-enumerate-values")
    if files.dev is None:
        train, dev = _held_out(train, seed)
        warnings = [f"没有 --dev：按种子从训练集里留出 {len(dev)} 条做验证"]
    else:
        dev_rows = list(_labelled(files.dev, files.columns, multi_label))
        dev, warnings = _numbered(files.dev, dev_rows, labels, f"训练集 {files.train.name}"), []
    if not dev:
        raise DataError(files.dev or files.train, "没有可以做验证的行", hint="给更多的行")
    return TextData(train, dev, labels, tuple(warnings + _notes(train, dev, labels)))


def read_test(path: Path, columns: Columns, labels: Sequence[str], multi_label: bool) -> tuple[Example, ...]:
    """Labelled texts for a model that knows ``labels``.

    Raises:
        DataError: as ``read_training``.
    """
    return _numbered(path, list(_labelled(path, columns, multi_label)), labels, "模型")


def read_labels(values: str) -> tuple[str, ...]:
    """``a,b,c``, or the lines of the file of that name; empty where nothing is given.

    Raises:
        DataError: a label twice, or the file holds none.
    """
    if not values:
        return ()
    path = Path(values)
    if path.is_file():
        names = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    else:
        names = [name.strip() for name in values.split(",")]
    names = [name for name in names if name]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice or not names:
        problem = f"标签“{twice[0]}”写了两次" if twice else "里面没有标签"
        raise DataError(values, problem, hint="--label-enumerate-values 写成 a,b,c，或一行一个标签的文件")
    return tuple(names)


@dataclass(frozen=True, slots=True)
class _Labelled:
    first: str
    second: str
    labels: tuple[str, ...]
    weight: float
    line: int


def _labelled(path: Path, columns: Columns, multi_label: bool) -> Iterator[_Labelled]:
    needed = {
        "--first-sequence": columns.first,
        "--second-sequence": columns.second,
        "--label-name": columns.label,
        "--sample-weight-column": columns.weight,
    }
    count = 0
    for row in read_rows(path, needed):
        count += 1
        first = normalize(row.cells[columns.first])
        if not first:
            raise DataError(path, f"{columns.first} 是空的", line=row.line, hint="写上文字，或删掉这一行")
        second = normalize(row.cells[columns.second]) if columns.second else ""
        labels = _split(row.cells[columns.label], multi_label)
        if not labels and not multi_label:
            raise DataError(path, f"{columns.label} 是空的", line=row.line, hint="写上标签，或删掉这一行")
        yield _Labelled(first, second, labels, _weight(path, row, columns.weight), row.line)
    if not count:
        raise DataError(path, "表头下面一行也没有", hint="一行一条：文字和它的标签")


def _split(cell: str, multi_label: bool) -> tuple[str, ...]:
    if not multi_label:
        return (cell.strip(),) if cell.strip() else ()
    return tuple(
        dict.fromkeys(part.strip() for part in cell.translate(_SEPARATORS).split(",") if part.strip())
    )


def _weight(path: Path, row: Row, column: str) -> float:
    if not column:
        return 1.0
    try:
        weight = float(row.cells[column])
    except ValueError:
        weight = math.nan
    if not (weight >= 0 and math.isfinite(weight)):
        shown = row.cells[column]
        raise DataError(path, f"{column} 的值是 {shown!r}", line=row.line, hint="应是不小于 0 的数")
    return weight


def _numbered(
    path: Path, rows: Sequence[_Labelled], labels: Sequence[str], known_by: str
) -> tuple[Example, ...]:
    numbers = {label: number for number, label in enumerate(labels)}
    found = []
    for row in rows:
        unknown = next((label for label in row.labels if label not in numbers), None)
        if unknown is not None:
            near = get_close_matches(unknown, labels, 1, 0.6)
            hint = f"是不是“{near[0]}”？" if near else "改正标签，或把它加进去再训练"
            raise DataError(path, f"标签“{unknown}”是{known_by}没有的", line=row.line, hint=hint)
        ids = tuple(numbers[label] for label in row.labels)
        found.append(Example(row.first, row.second, ids, row.weight, row.line))
    return tuple(found)


def _held_out(train: Sequence[Example], seed: int) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """A share of each label's texts, by the seed; a text that stands twice is on one side only.

    A label's only text stays in training.
    """
    by_label: dict[tuple[int, ...], list[tuple[str, str]]] = defaultdict(list)
    first = {(one.first, one.second): one.labels for one in reversed(train)}
    for text in sorted(first):
        by_label[first[text]].append(text)
    rng, dev = random.Random(seed), set[tuple[str, str]]()
    for labels in sorted(by_label):
        group = by_label[labels]
        dev.update(rng.sample(group, min(len(group) - 1, max(1, round(len(group) * DEV_SHARE)))))
    inside = [(one.first, one.second) in dev for one in train]
    return (
        tuple(one for one, held in zip(train, inside, strict=True) if not held),
        tuple(one for one, held in zip(train, inside, strict=True) if held),
    )


def _notes(train: Sequence[Example], dev: Sequence[Example], labels: Sequence[str]) -> list[str]:
    """What a person should know: labels without examples, texts that stand on both sides."""
    notes = []
    for what, part in (("训练", train), ("验证", dev)):
        seen = {label for one in part for label in one.labels}
        if missing := [name for number, name in enumerate(labels) if number not in seen]:
            names = "、".join(missing[:5]) + ("…" if len(missing) > 5 else "")
            notes.append(f"{what}集里没有这些标签的例子：{names}")
    texts = {(one.first, one.second) for one in train}
    if twice := sum((one.first, one.second) in texts for one in dev):
        notes.append(f"验证集有 {twice} 条文字也在训练集里：分数会偏高")
    return notes


def _check_columns(path: Path, present: Sequence[str], needed: Mapping[str, str]) -> None:
    if not present:
        raise DataError(path, "是空的", hint="第一行写表头，例如 sentence,label")
    for flag, column in needed.items():
        if column and column not in present:
            names = "、".join(str(name) for name in present)
            raise DataError(path, f"没有列 {column}，只有 {names}", line=1, hint=f"用 {flag} 指出是哪一列")
