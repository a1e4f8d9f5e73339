"""Files of labelled data, read row by row with what is wrong with each, and written whole."""

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from chatbot.errors import DataError
from chatbot.json_bytes import dumps, loads
from chatbot.json_file import Json, kind_of
from tools.manifest.annotation import NotLabelledError, Which, labels_of, source_of, written
from tools.predict.lines import Place
from tools.predict.rows import Broken
from tools.predict.table import Format, Table

Kind: TypeAlias = Literal["text", "image"]
COLUMNS: Mapping[Kind, str] = {"text": "sentence", "image": "image_url"}
LABEL = "label"
ENDINGS = (".manifest", ".jsonl", ".csv", ".csv.gz")
_IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_ADDRESSES = ("oss://", "s3://", "http://", "https://")
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Example:
    """``line`` is where it begins, ``kept`` its bytes in the file."""

    line: int
    source: str
    labels: tuple[str, ...]
    kept: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and how to mend it."""

    line: int
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Form:
    """How rows are to be understood. ``separator`` parts the labels of a cell, where there may be several."""

    multi_label: bool = False
    separator: str = ","
    which: Which = field(default_factory=Which)
    source_column: str = ""
    label_column: str = LABEL


def entries(file: Path, form: Form) -> Iterator[Example | Fault]:
    """Each row of ``file``: ``.manifest`` or ``.jsonl`` (an annotation tool's lines or ``{"sentence", "label"}``), CSV.

    Raises:
        DataError: the file cannot be read at all, or lacks a column.
    """
    if not file.name.lower().endswith(ENDINGS):
        raise DataError(file, "看不出是什么格式", hint=f"结尾应是 {'、'.join(ENDINGS)}")
    kind: Format = "csv" if ".csv" in file.name.lower() else "jsonl"
    table = Table(file, kind)
    try:
        at_source, at_label = _csv_columns(file, table.columns, form) if kind == "csv" else (0, 0)
        for line, raw in table.rows(Place(), table.columns):
            if isinstance(raw, Broken):
                reason, _, mend = raw.message.partition(" → ")
                yield Fault(line, reason, mend)
            elif isinstance(raw, bytes):
                yield _of_json(line, raw, form)
            else:
                labels = _parted(raw[at_label], form)
                yield _example(line, raw[at_source], labels, form, _csv_line(raw))
    finally:
        table.close()


def examples(file: Path, form: Form, skip_bad: bool = False) -> tuple[list[Example], list[Fault]]:
    """All of ``file``; what is wrong is left out only where that is wished.

    Raises:
        DataError: rows are wrong (the first of them are named), or none is left.
    """
    good: list[Example] = []
    bad: list[Fault] = []
    for one in entries(file, form):
        (good if isinstance(one, Example) else bad).append(one)  # type: ignore[arg-type]
    if bad and not skip_bad:
        told = "".join(f"\n  {file}:{one.line}: {one.reason} → {one.mend}" for one in bad[:_MOST_SHOWN])
        more = f"\n  …还有 {len(bad) - _MOST_SHOWN} 行" if len(bad) > _MOST_SHOWN else ""
        raise DataError(file, f"{len(bad)} 行有问题", hint=f"改好，或加 --skip-bad 略过：{told}{more}")
    if not good:
        raise DataError(file, "没有一行能用", hint="manifest validate 看每行的原因")
    return good, bad


def header_of(file: Path) -> bytes:
    """What stands before the first row: a CSV's header; other files have none."""
    if ".csv" not in file.name.lower():
        return b""
    table = Table(file, "csv")
    table.close()
    return _csv_line(table.columns)


def kind_of_sources(found: Sequence[Example]) -> Kind:
    """Whether these are images: addresses, or names of image files."""
    some = found[:100]
    images = sum(
        one.source.lower().startswith(_ADDRESSES) or one.source.lower().endswith(_IMAGES) for one in some
    )
    return "image" if images * 2 > len(some) else "text"


def rendered(found: Sequence[Example], ending: str, kind: Kind, form: Form) -> bytes:
    """``found`` in the form that ``ending`` names.

    Raises:
        DataError: a label has the separator in it, so that it could not be read again.
    """
    multi = form.multi_label or any(len(one.labels) != 1 for one in found)
    if ending == ".manifest":
        return b"".join(written(one.source, one.labels, multi) for one in found)
    column = COLUMNS[kind]
    if ending == ".jsonl":
        return b"".join(
            dumps({column: one.source, LABEL: list(one.labels) if multi else one.labels[0]}) + b"\n"
            for one in found
        )
    if multi:
        _separable(found, form.separator)
    rows = (_csv_line((one.source, form.separator.join(one.labels))) for one in found)
    return _csv_line((column, LABEL)) + b"".join(rows)


def write_whole(file: Path, data: bytes) -> None:
    """``data`` under its name in one step.

    Raises:
        DataError: the disk does not take it; what was there before stays.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(file, f"写不了（{error.strerror}）", hint="腾出空间或改权限后重跑") from error


def _of_json(line: int, raw: bytes, form: Form) -> Example | Fault:
    try:
        value = loads(raw)
    except UnicodeDecodeError:
        return Fault(line, "不是 UTF-8", "用 UTF-8 另存")
    except (ValueError, RecursionError) as error:
        return Fault(line, f"不是合法的 JSON（{error}）", "一行写一个 JSON 对象")
    if not isinstance(value, dict):
        return Fault(line, f"是{kind_of(value)}", "一行写一个 JSON 对象")
    try:
        source, labels = _flat(value, form) or (source_of(value, form.which), labels_of(value, form.which))
    except NotLabelledError as error:
        return Fault(line, *error.args)
    return _example(line, source, labels, form, raw if raw.endswith(b"\n") else raw + b"\n")


def _flat(value: Mapping[str, Json], form: Form) -> tuple[str, tuple[str, ...]] | None:
    """``{"sentence" | "image_url": …, "label": …}``; nothing where it is an annotation tool's line."""
    names = [form.source_column] if form.source_column else [*COLUMNS.values()]
    name = next((one for one in names if one in value), None)
    if name is None or form.label_column not in value:
        return None
    source, labels = value[name], value[form.label_column]
    if not isinstance(source, str):
        raise NotLabelledError(f"{name} 是{kind_of(source)}", "应是文字")
    if isinstance(labels, list) and all(isinstance(one, str) for one in labels):
        return source, tuple(map(str, labels))
    if isinstance(labels, str):
        return source, _parted(labels, form)
    raise NotLabelledError(f"{form.label_column} 是{kind_of(labels)}", "应是文字，或文字的列表")


def _example(line: int, source: str, labels: tuple[str, ...], form: Form, kept: bytes) -> Example | Fault:
    if not source.strip():
        return Fault(line, "source 是空的", "写上文字或图片的地址，或删掉这一行")
    clean = tuple(dict.fromkeys(one.strip() for one in labels))
    if "" in clean or (not clean and not form.multi_label):
        return Fault(line, "标签是空的", "补上标签，或删掉这一行")
    if len(clean) > 1 and not form.multi_label:
        return Fault(
            line, f"有 {len(clean)} 个标签（{'、'.join(clean)}）", "一条只留一个，或加 --multi-label"
        )
    return Example(line, source, clean, kept)


def _parted(cell: str, form: Form) -> tuple[str, ...]:
    if not form.multi_label:
        return (cell,)
    return tuple(part for part in (one.strip() for one in cell.split(form.separator)) if part)


def _csv_columns(file: Path, columns: Sequence[str], form: Form) -> tuple[int, int]:
    names = [form.source_column] if form.source_column else [*COLUMNS.values()]
    source = next((one for one in names if one in columns), None)
    if source is None or form.label_column not in columns:
        missing = "、".join(names if source is None else [form.label_column])
        raise DataError(
            file,
            f"没有列 {missing}，只有 {'、'.join(columns)}",
            line=1,
            hint="加 --source-column 列名" if source is None else "加 --label-column 列名",
        )
    return columns.index(source), columns.index(form.label_column)


def _separable(found: Sequence[Example], separator: str) -> None:
    for one in found:
        if bad := next((label for label in one.labels if separator in label), None):
            raise DataError(
                "输入",
                f"标签“{bad}”里有分隔符 {separator}",
                line=one.line,
                hint="加 --separator 换一个，如 '|'",
            )


def _csv_line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # its own ending, so that a carriage return in a cell is quoted too
    return text.getvalue().removesuffix("\r\n").encode(errors="replace") + b"\n"
