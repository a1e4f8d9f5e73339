"""TFRecord shards of ``tf.train.Example``, under the names that TensorFlow's own image sets use.

``image/encoded``, ``image/format``, ``image/filename``, ``image/width``, ``image/height``; ``image/class/text`` and
``image/class/label`` (the class's number); for objects ``image/object/bbox/{xmin,ymin,xmax,ymax}``, ``image/object/class/text``,
``image/object/is_crowd`` (tensorflow/models, research/slim/datasets and research/object_detection/dataset_tools). Outlines
have no name there; ours are ``image/object/polygon`` (numbers), ``…/polygon/lengths`` (of each ring) and ``…/polygon/rings``
(how many an object has, 0 for a box).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from chatbot.errors import ConfigError, DataError
from chatbot.json_file import read_json_object
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, Place, RowError, Shape
from tools.image.dataset.tf_example import Example, NotAnExampleError, decoded, encoded
from tools.image.dataset.tf_framing import records

LABEL_MAP = "label_map.json"
_SHARD = re.compile(r"\.tfrecords?$|\.tfrecords?-\d{5}-of-\d{5}$", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def is_shard(name: str) -> bool:
    """Whether a file of this name holds TFRecords."""
    return bool(_SHARD.search(name))


def shards_in(folder: Path) -> list[Path]:
    """The shards of ``folder``, by name."""
    try:
        return sorted(one for one in folder.iterdir() if is_shard(one.name) and one.is_file())
    except OSError as error:
        raise DataError(folder, f"读不了目录（{error.strerror}）", hint="检查路径与权限") from error


def tfrecord_rows(path: Path) -> Iterator[ImageRow | Fault]:
    """Each record of a shard, or of all shards of a folder.

    Raises:
        DataError: the file cannot be read, or there is none; the label map beside it is broken.
    """
    folder = path if path.is_dir() else path.parent
    shards = shards_in(path) if path.is_dir() else [path]
    if not shards:
        raise DataError(path, "没有 .tfrecord 文件", hint="放进分片，如 train-00000-of-00004.tfrecord")
    names = label_map(folder)
    for shard in shards:
        number = 0
        for number, record in enumerate(records(shard), 1):
            at = Place(str(shard), number)
            try:
                if isinstance(record, RowError):
                    raise record
                yield row_of(record, at, names)
            except RowError as error:
                yield error.at(at)
        if not number:
            yield Fault(Place(str(shard)), "一条记录也没有", "删掉这个分片，或重新转换")


def label_map(folder: Path) -> dict[int, str]:
    """Number → class, from ``label_map.json`` of ``folder``; empty where there is none.

    Raises:
        DataError: it is not such a map.
    """
    file = folder / LABEL_MAP
    if not file.is_file():
        return {}
    try:
        found = {int(number): str(name) for number, name in read_json_object(file, "标签表").items()}
    except (ConfigError, ValueError) as error:
        raise DataError(file, f"不是标签表（{error}）", hint='写成 {"0": "标签", …}') from error
    return found


def row_of(record: bytes, at: Place, names: "dict[int, str]") -> ImageRow:
    """The row that ``record`` states.

    Raises:
        RowError: no ``tf.train.Example``, no picture in it, or values that do not fit each other.
    """
    try:
        example = decoded(record)
        data = _texts(example, "image/encoded")
        if len(data) != 1 or not data[0]:
            raise RowError("没有 image/encoded", "记录里要有一张编码好的图片")
        return ImageRow(
            _CONTROLS.sub("_", _text(example, "image/filename")) or f"{Path(at.file).name}#{at.line}",
            _labels(example, names),
            at,
            width=_number(example, "image/width"),
            height=_number(example, "image/height"),
            format=_text(example, "image/format"),
            shapes=_shapes(example),
            data=data[0],
        )
    except NotAnExampleError as error:
        raise RowError(f"不是 tf.train.Example（{error}）", "用 image dataset convert 重新转换") from error
    except UnicodeDecodeError as error:
        raise RowError("有文字不是 UTF-8", "用 UTF-8 写标签和文件名") from error


def record_of(row: ImageRow, data: bytes, numbers: "dict[str, int]") -> bytes:
    """``row`` with its picture ``data`` as a record; ``numbers`` are the classes'."""
    features: dict[str, Sequence[bytes] | Sequence[float] | Sequence[int]] = {
        "image/encoded": [data],
        "image/filename": [row.address.encode(errors="replace")],
    }
    if row.format:
        features["image/format"] = [row.format.encode(errors="replace")]
    if row.width and row.height:
        features |= {"image/width": [row.width], "image/height": [row.height]}
    if row.labels is not None:
        features["image/class/text"] = [one.encode(errors="replace") for one in row.labels]
        features["image/class/label"] = [numbers[one] for one in row.labels]
    if row.shapes:
        features |= _shape_features(row.shapes, numbers)
    return encoded(features)


def _labels(example: Example, names: "dict[int, str]") -> tuple[str, ...] | None:
    if "image/class/text" in example:
        return tuple(one.decode() for one in _texts(example, "image/class/text"))
    numbers = example.get("image/class/label")
    if numbers is None:
        return None
    if not all(isinstance(one, int) for one in numbers):
        raise RowError("image/class/label 不是整数", "写类的编号")
    found = [int(one) for one in numbers]
    if names and (unknown := next((one for one in found if one not in names), None)) is not None:
        raise RowError(f"{LABEL_MAP} 里没有第 {unknown} 类", "补上，或换成这份数据的标签表")
    return tuple(names.get(one, str(one)) for one in found)


def _shapes(example: Example) -> tuple[Shape, ...]:
    labels = [one.decode() for one in _texts(example, "image/object/class/text")]
    corners = [example.get(f"image/object/bbox/{one}", ()) for one in _CORNERS]
    crowds = example.get("image/object/is_crowd", ()) or (0,) * len(labels)
    rings = example.get("image/object/polygon/rings", ()) or (0,) * len(labels)
    if any(len(one) != len(labels) for one in (*corners, crowds, rings)):
        raise RowError("框的个数与标签的个数不一样", "每个框写一个标签和四个数")
    outlines = _outlines(example)
    shapes: list[Shape] = []
    try:
        for number, label in enumerate(labels):
            crowd, count = bool(crowds[number]), int(rings[number])
            if count:
                shapes.append(Outline(label, tuple(next(outlines) for _ in range(count)), crowd))
            else:
                left, top, right, bottom = (float(one[number]) for one in corners)
                shapes.append(_box(label, left, top, right, bottom, crowd))
    except (RuntimeError, StopIteration, ValueError) as error:
        if isinstance(error, RowError):
            raise
        raise RowError("多边形的个数不对", "用 image dataset convert 重新转换") from error
    return tuple(shapes)


def _box(label: str, left: float, top: float, right: float, bottom: float, crowd: bool) -> Box:
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise RowError(
            f"框 ({left:g}, {top:g}, {right:g}, {bottom:g}) 不在 [0, 1] 里或左右颠倒", "写成宽高的比例"
        )
    return Box(label, left, top, right, bottom, crowd)


def _outlines(example: Example) -> Iterator[tuple[float, ...]]:
    flat, at = example.get("image/object/polygon", ()), 0
    for length in example.get("image/object/polygon/lengths", ()):
        ring = tuple(float(one) for one in flat[at : at + int(length)])
        if (
            len(ring) != int(length)
            or len(ring) % 2
            or len(ring) < 6
            or not all(0 <= one <= 1 for one in ring)
        ):
            raise RowError("多边形不对", "数成对写，至少三个点，都在 [0, 1] 里")
        at += int(length)
        yield ring


def _shape_features(
    shapes: Sequence[Shape], numbers: "dict[str, int]"
) -> "dict[str, Sequence[bytes] | Sequence[float] | Sequence[int]]":
    boxes = [bounds(one) for one in shapes]
    features: dict[str, Sequence[bytes] | Sequence[float] | Sequence[int]] = {
        f"image/object/bbox/{name}": [float(box[at]) for box in boxes] for at, name in enumerate(_CORNERS)
    }
    features["image/object/class/text"] = [one.label.encode(errors="replace") for one in shapes]
    features["image/object/class/label"] = [numbers[one.label] for one in shapes]
    features["image/object/is_crowd"] = [int(one.is_crowd) for one in shapes]
    outlines = [one.rings if isinstance(one, Outline) else () for one in shapes]
    if any(outlines):
        rings = [ring for one in outlines for ring in one]
        features["image/object/polygon"] = [float(number) for ring in rings for number in ring]
        features["image/object/polygon/lengths"] = [len(ring) for ring in rings]
        features["image/object/polygon/rings"] = [len(one) for one in outlines]
    return features


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of ``shape``."""
    if isinstance(shape, Box):
        return shape.left, shape.top, shape.right, shape.bottom
    across = [number for ring in shape.rings for number in ring[0::2]]
    down = [number for ring in shape.rings for number in ring[1::2]]
    return min(across), min(down), max(across), max(down)


def _texts(example: Example, name: str) -> tuple[bytes, ...]:
    values = example.get(name, ())
    if not all(isinstance(one, bytes) for one in values):
        raise RowError(f"{name} 不是字节", "按 TensorFlow 的名字和类型写")
    return tuple(one for one in values if isinstance(one, bytes))


def _text(example: Example, name: str) -> str:
    values = _texts(example, name)
    return values[0].decode() if values else ""


def _number(example: Example, name: str) -> int:
    values = example.get(name, ())
    return values[0] if values and isinstance(values[0], int) and values[0] > 0 else 0
