"""What is wrong with labelled pictures row by row, and how their classes and sizes are spread."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from chatbot.predict.vision.pictures import PictureError, decode
from tools.image.dataset.convert import Source
from tools.image.dataset.records import Fault, ImageRow, RowError
from tools.manifest.checks import ClassCount, class_counts, class_warnings, evenness


def faults(source: Source, pictures: bool) -> Iterator[Fault | None]:
    """For each row what is wrong with it (``None``: nothing); with ``pictures``, each is opened and decoded.

    Raises:
        DataError: the whole cannot be read.
    """
    twins = _Twins(source)
    for row in source.rows():
        if row is None or isinstance(row, Fault):
            yield row
            continue
        try:
            twins.check(row)
            if pictures:
                _look(source, row)
            elif row.data is None:
                source.roots.resolve(row.address, source.base)
            yield None
        except RowError as error:
            yield error.at(row.place)


class _Twins:
    """Finds pictures that stand twice. Only eight bytes a row are kept until one comes again."""

    def __init__(self, source: Source) -> None:
        self._repeated = _repeated(source)
        self._first: dict[int, ImageRow] = {}

    def check(self, row: ImageRow) -> None:
        """Raises ``RowError`` for the second of two."""
        key = _key(row)
        if key not in self._repeated:
            return
        first = self._first.setdefault(key, row)
        if first is row:
            return
        if set(first.names) == set(row.names):
            raise RowError(f"与 {first.place} 是同一张图片", "删掉一行")
        told = f"“{'、'.join(first.names)}”和“{'、'.join(row.names)}”"
        raise RowError(f"与 {first.place} 是同一张图片，标签却不同：{told}", "定一个，删掉另一行")


def _repeated(source: Source) -> frozenset[int]:
    keys = array("Q", (_key(row) for row in source.rows() if isinstance(row, ImageRow)))
    ordered = sorted(keys) if len(keys) < 2 else _sorted(keys)
    return frozenset(one for one, other in pairwise(ordered) if one == other)


def _sorted(keys: "array[int]") -> "array[int]":
    import numpy as np  # eight bytes a key, where a list would take forty

    return array("Q", np.sort(np.frombuffer(keys, np.uint64)).tobytes())


def _key(row: ImageRow) -> int:
    """Of the picture itself where the row holds it, else of its address."""
    what = row.data if row.data is not None else row.address.encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(what, digest_size=8).digest(), "little")


def _look(source: Source, row: ImageRow) -> None:
    try:
        picture = decode(source.data(row))
    except PictureError as error:
        reason, _, mend = error.message.partition(" → ")
        raise RowError(reason, mend or "换一张") from error
    stated, real = (row.width, row.height), (picture.width, picture.height)
    if all(stated) and stated not in (real, real[::-1]):  # some state the size before EXIF turns it
        told = f"写着 {row.width}×{row.height}，图片是 {picture.width}×{picture.height}"
        raise RowError(told, "改 image_details，或换成对的图片")


@dataclass(frozen=True, slots=True)
class Stats:
    """``balance`` is the entropy of the classes over that of equal ones; ``imbalance`` most over fewest. Sides in pixels."""

    pictures: int
    unlabelled: int
    bad_rows: int
    bad_pictures: int
    duplicates: int
    labels_per_picture: float
    classes: tuple[ClassCount, ...]
    imbalance: float
    balance: float
    formats: tuple[ClassCount, ...]
    side_min: int
    side_p50: int
    side_max: int
    megabytes: float
    warnings: tuple[str, ...]


def stats_of(source: Source, pictures: bool) -> Stats:
    """Counts over ``source``; sizes and formats only where the pictures are looked at."""
    classes: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    sides, keys = array("L"), array("Q")
    labelled = unlabelled = bad = unread = size = 0
    for row in source.rows():
        if row is None:
            continue
        if isinstance(row, Fault):
            bad += 1
            continue
        keys.append(_key(row))
        known = row.labels is not None or bool(row.shapes)
        labelled, unlabelled = labelled + known, unlabelled + (not known)
        classes.update(row.names)
        if pictures:
            try:
                data = source.data(row)
                picture = decode(data, at_least=1)
            except (RowError, PictureError):
                unread += 1
                continue
            formats[picture.format] += 1
            sides.extend((picture.width, picture.height))
            size += len(data)
    counted = class_counts(classes, max(1, labelled))
    ordered = sorted(sides)
    imbalance = round(counted[0].count / counted[-1].count, 2) if counted else 1.0
    told = class_warnings(counted, imbalance, "张") if labelled else ["没有一张有标签 → 只能用来预测"]
    if bad or unread:
        told.append(f"{bad} 行、{unread} 张图片有问题，没有算进来 → image dataset validate 看原因")
    return Stats(
        pictures=labelled + unlabelled,
        unlabelled=unlabelled,
        bad_rows=bad,
        bad_pictures=unread,
        duplicates=len(keys) - len(set(keys)),
        labels_per_picture=round(classes.total() / max(1, labelled), 3),
        classes=counted,
        imbalance=imbalance,
        balance=round(evenness(list(classes.values())), 4),
        formats=class_counts(formats, max(1, formats.total())),
        side_min=ordered[0] if ordered else 0,
        side_p50=ordered[len(ordered) // 2] if ordered else 0,
        side_max=ordered[-1] if ordered else 0,
        megabytes=round(size / 2**20, 2),
        warnings=tuple(told),
    )


def stats_text(stats: Stats) -> str:
    """A table for a person."""
    width = max((len(one.label) for one in stats.classes), default=0)
    head = (
        f"{stats.pictures} 张（{stats.unlabelled} 张没有标签），{len(stats.classes)} 个类，平均每张 {stats.labels_per_picture:g} 个标签，"
        f"重复 {stats.duplicates} 张"
    )
    bars = [
        f"  {one.label.ljust(width)}  {one.count:>8}  {one.share:>6.1%}  {'█' * round(one.share * 40)}"
        for one in stats.classes
    ]
    kinds = "、".join(f"{one.label} {one.count}" for one in stats.formats)
    sizes = (
        f"；{kinds}；边长 {stats.side_min}–{stats.side_max}，中位 {stats.side_p50}；{stats.megabytes:g} MB"
        if kinds
        else ""
    )
    rest = f"最大/最小 {stats.imbalance:g}，均匀度 {stats.balance:g}{sizes}"
    return "\n".join([head, *bars, rest, *(f"注意：{one}" for one in stats.warnings)])
