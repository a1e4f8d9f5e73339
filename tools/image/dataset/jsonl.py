"""JSON Lines as Azure Machine Learning's AutoML takes them: classification, multi-label, detection, instance segmentation.

``{"image_url", "image_details": {"format", "width", "height"}, "label"}`` where ``label`` is a name, a list of names, a list
of ``{"label", "topX", "topY", "bottomX", "bottomY", "isCrowd"}`` or of ``{"label", "isCrowd", "polygon": [[x1, y1, …]]}`` with
shares of width and height in [0, 1] (learn.microsoft.com, "JSONL data schema: computer vision tasks").
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from chatbot.json_bytes import dumps, loads
from chatbot.json_file import Json, kind_of, shown
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, RowError, Shape
from tools.image.dataset.records import Place as At
from tools.predict.lines import Place
from tools.predict.rows import Broken
from tools.predict.table import Table

_PIXELS = re.compile(r"\s*(\d{1,9})(?:\.0+)?\s*(?:px)?\s*", re.IGNORECASE)
_CORNERS = ("topX", "topY", "bottomX", "bottomY")
_TRUTHS: Mapping[Json, bool] = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}
_MOST_LINE = 16 * 2**20


def jsonl_rows(file: Path) -> Iterator[ImageRow | Fault]:
    """Each line that is not blank.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    table = Table(file, "jsonl")
    try:
        for line, raw in table.rows(Place(), ()):
            at = At(str(file), line)
            try:
                if isinstance(raw, Broken) or not isinstance(raw, bytes):
                    raise RowError("读不了", "一行写一个 JSON 对象")
                yield row_of(raw, at)
            except RowError as error:
                yield error.at(at)
    finally:
        table.close()


def row_of(line: bytes, at: At) -> ImageRow:
    """The row that ``line`` states.

    Raises:
        RowError: not UTF-8, no JSON object, or a field that is not what it should be.
    """
    value = _object(line)
    address = value.get("image_url")
    if not isinstance(address, str) or not address.strip():
        raise RowError(
            "没有 image_url" if "image_url" not in value else f"image_url 是{_said(address)}",
            "写上图片的路径或 URL",
        )
    details = value.get("image_details")
    if details is not None and not isinstance(details, dict):
        raise RowError(
            f"image_details 是{kind_of(details)}", '应是 {"format": "jpg", "width": 400, "height": 258}'
        )
    details = details or {}
    kind = details.get("format", "")
    if not isinstance(kind, str):
        raise RowError(f"image_details.format 是{kind_of(kind)}", "应是文字，如 jpg")
    labels, shapes = _labelled(value["label"]) if "label" in value else (None, ())
    return ImageRow(
        address.strip(),
        labels,
        at,
        width=_pixels(details, "width"),
        height=_pixels(details, "height"),
        format=kind.strip(),
        shapes=shapes,
    )


def written(row: ImageRow) -> bytes:
    """``row`` as a line of this form."""
    value: dict[str, Json] = {"image_url": row.address}
    details: dict[str, Json] = {}
    if row.format:
        details["format"] = row.format
    if row.width and row.height:
        details |= {"width": row.width, "height": row.height}
    if details:
        value["image_details"] = details
    if row.shapes:
        value["label"] = [_shape_value(one) for one in row.shapes]
    elif row.labels is not None:
        value["label"] = row.labels[0] if len(row.labels) == 1 else list(row.labels)
    return dumps(value) + b"\n"


def _object(line: bytes) -> dict[str, Json]:
    if len(line) > _MOST_LINE:
        raise RowError(f"这一行有 {len(line)} 字节", f"最多 {_MOST_LINE}；图片放在文件里，只写地址")
    try:
        value = loads(line)
    except UnicodeDecodeError as error:
        raise RowError("不是 UTF-8", "用 UTF-8 另存") from error
    except (ValueError, RecursionError) as error:
        raise RowError(f"不是合法的 JSON（{error}）", "一行写一个 JSON 对象") from error
    if not isinstance(value, dict):
        raise RowError(f"是{kind_of(value)}", "一行写一个 JSON 对象")
    return value


def _pixels(details: Mapping[str, Json], name: str) -> int:
    """``400``, ``400.0``, ``"400px"`` → 400; 0 where it is not stated."""
    value = details.get(name)
    if value is None:
        return 0
    match = None if isinstance(value, bool | dict | list) else _PIXELS.fullmatch(str(value))
    if match is None or not int(match[1]):
        raise RowError(f"image_details.{name} 是 {shown(value)}", '应是像素数，如 400 或 "400px"')
    return int(match[1])


def _labelled(label: Json) -> tuple[tuple[str, ...] | None, tuple[Shape, ...]]:
    if isinstance(label, str):
        return (_name(label),), ()
    if not isinstance(label, list):
        raise RowError(f"label 是{_said(label)}", "应是标签、标签的列表，或框、多边形的列表")
    if all(isinstance(one, str) for one in label):
        return tuple(dict.fromkeys(_name(one) for one in label)), ()
    shapes = []
    for number, one in enumerate(label, 1):
        try:
            shapes.append(_shape(one))
        except RowError as error:
            raise RowError(f"label 的第 {number} 个：{error.reason}", error.mend) from error
    return None, tuple(shapes)


def _name(value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RowError("标签是空的" if isinstance(value, str) else f"标签是{_said(value)}", "写上标签")
    return value.strip()


def _shape(value: Json) -> Shape:
    if not isinstance(value, dict):
        raise RowError(f"是{_said(value)}", "列表里要么全是标签，要么全是框或多边形")
    name, crowd = _name(value.get("label")), _crowd(value.get("isCrowd", False))
    if "polygon" in value:
        return Outline(name, _rings(value["polygon"]), crowd)
    missing = [one for one in _CORNERS if one not in value]
    if missing:
        raise RowError(f"没有 {'、'.join(missing)}，也没有 polygon", "框写 topX、topY、bottomX、bottomY")
    left, top, right, bottom = (_share(value[one], one) for one in _CORNERS)
    if left >= right or top >= bottom:
        raise RowError(
            f"左上角 ({left:g}, {top:g}) 不在右下角 ({right:g}, {bottom:g}) 的左上方",
            "top 写左上角，bottom 写右下角",
        )
    return Box(name, left, top, right, bottom, crowd)


def _rings(value: Json) -> tuple[tuple[float, ...], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(ring, list) for ring in value):
        raise RowError(f"polygon 是{_said(value)}", "应是 [[x1, y1, x2, y2, x3, y3, …], …]")
    rings = []
    for ring in value:
        assert isinstance(ring, list)
        if len(ring) % 2:
            raise RowError(f"polygon 有 {len(ring)} 个数，是奇数", "x 与 y 成对写")
        if len(ring) < 6:
            raise RowError(f"polygon 只有 {len(ring) // 2} 个点", "至少三个点")
        rings.append(tuple(_share(one, "polygon") for one in ring))
    return tuple(rings)


def _share(value: Json, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RowError(f"{name} 是 {shown(value)}", "应是 0 到 1 的数")
    if not 0 <= value <= 1:
        raise RowError(f"{name} 是 {value:g}，在 [0, 1] 外", "除以图片的宽或高，写成比例")
    return float(value)


def _crowd(value: Json) -> bool:
    key = value.strip().lower() if isinstance(value, str) else value
    if isinstance(key, dict | list | None) or key not in _TRUTHS:
        raise RowError(f"isCrowd 是 {shown(value)}", "应是 0 或 1")
    return _TRUTHS[key]


def _shape_value(shape: Shape) -> Json:
    crowd = int(shape.is_crowd)
    if isinstance(shape, Outline):
        return {"label": shape.label, "isCrowd": crowd, "polygon": [list(ring) for ring in shape.rings]}
    corners = zip(_CORNERS, (shape.left, shape.top, shape.right, shape.bottom), strict=True)
    return {"label": shape.label, **dict(corners), "isCrowd": crowd}


def _said(value: Json) -> str:
    return "空的" if value == "" or value is None else kind_of(value)
