"""Rows of labelled pictures, read one by one from each form; a row that cannot be used comes as its fault."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from chatbot.errors import DataError
from tools.image.dataset.folders import folder_rows
from tools.image.dataset.jsonl import jsonl_rows
from tools.image.dataset.lists import list_rows
from tools.image.dataset.manifests import manifest_rows
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, Place, RowError, Shape
from tools.image.dataset.tfrecords import is_shard, shards_in, tfrecord_rows
from tools.manifest.annotation import Which

__all__ = [
    "FORMS", "Box", "Fault", "Form", "ImageRow", "Outline", "Place", "Reading", "RowError", "Shape", "base_of",
    "form_of", "read_rows",
]  # fmt: skip

Form: TypeAlias = Literal["folder", "jsonl", "manifest", "list", "tfrecord"]
FORMS: tuple[Form, ...] = get_args(Form)
_ENDINGS: dict[str, Form] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".manifest": "manifest", ".txt": "list", ".list": "list",
}  # fmt: skip

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are understood. ``form`` is empty where the path says it; without ``multi_label`` a picture with other
    than one label is a fault; ``which`` chooses among an annotation tool's questions."""

    form: Form | Literal[""] = ""
    multi_label: bool = False
    which: Which = field(default_factory=Which)


def form_of(path: Path) -> Form:
    """What ``path`` holds.

    Raises:
        DataError: neither its ending nor what is in it says.
    """
    if path.is_dir():
        return "tfrecord" if shards_in(path) else "folder"
    if is_shard(path.name):
        return "tfrecord"
    name = path.name.lower().removesuffix(".gz")
    found = next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), None)
    if found is None:
        hint = "目录，或结尾是 .jsonl、.manifest、.txt、.tfrecord 的文件；加 --form 说明是哪种"
        raise DataError(path, "看不出是什么格式" if path.exists() else "找不到", hint=hint)
    return found


def base_of(path: Path) -> Path:
    """The folder that relative addresses in ``path`` start from."""
    return path if path.is_dir() else path.parent


def read_rows(path: Path, reading: Reading | None = None) -> Iterator[ImageRow | Fault]:
    """Each row of ``path``, in its order; nothing is kept, so that a file of any size may be read. Pictures are not opened.

    Raises:
        DataError: the whole cannot be read: not there, empty, of no known form.
    """
    reading = reading or Reading()
    form = reading.form or form_of(path)
    if form == "folder":
        rows = folder_rows(path)
    elif form == "jsonl":
        rows = jsonl_rows(path)
    elif form == "manifest":
        rows = manifest_rows(path, reading.which)
    elif form == "list":
        rows = list_rows(path)
    else:
        rows = tfrecord_rows(path)
    for one in rows:
        yield one if isinstance(one, Fault) else _checked(one, reading.multi_label)


def _checked(row: ImageRow, multi_label: bool) -> ImageRow | Fault:
    if row.data is None and _CONTROLS.search(row.address):
        return Fault(row.place, "图片的地址里有换行或别的控制字符", "改名")
    return _counted(row, multi_label)


def _counted(row: ImageRow, multi_label: bool) -> ImageRow | Fault:
    if multi_label or row.labels is None or row.shapes or len(row.labels) == 1:
        return row
    if not row.labels:
        return Fault(row.place, "一个标签也没有", "补上标签；多标签的数据加 --multi-label")
    told = "、".join(row.labels[:5])
    return Fault(row.place, f"有 {len(row.labels)} 个标签（{told}）", "只留一个，或加 --multi-label")
