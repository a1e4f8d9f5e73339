"""What a form cannot carry: said before anything is written, and again afterwards."""

from typing import TypeAlias

from tools.image.dataset.folders import LABEL
from tools.image.dataset.records import ImageRow

Loss: TypeAlias = str
LEFT_OUT = "（整张不写）"
"""At the end of a loss: the picture itself cannot stand in the form."""


def loss_of(row: ImageRow, form: str) -> Loss:
    """What ``row`` would lose in ``form``, named; empty where nothing is lost."""
    if form == "list":
        return "标签" if row.names else ""
    if form == "jsonl":
        return "整图的标签" if row.shapes and row.labels else ""
    if form == "tfrecord":
        return ""
    shapes = "框和多边形" if row.shapes else ""
    return (_folder_loss(row) if form == "folder" else _manifest_loss(row)) or shapes


def _folder_loss(row: ImageRow) -> Loss:
    if row.labels is None:
        return ""
    if len(row.labels) != 1:
        return f"{'几个标签' if row.labels else '“没有任何标签”'}{LEFT_OUT}"
    return "" if LABEL.fullmatch(row.labels[0]) else f"目录名写不了的标签{LEFT_OUT}"


def _manifest_loss(row: ImageRow) -> Loss:
    return f"没有标签的图片{LEFT_OUT}" if row.labels is None else ""
