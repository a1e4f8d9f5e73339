"""Labelled pictures for a run: read, checked by opening each once, and held out by the seed where no dev part is given."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chatbot.errors import ConfigError, DataError
from chatbot.predict.vision.pictures import PictureError, decode
from tools.image.dataset.addresses import Roots, read_picture
from tools.image.dataset.rows import Fault, ImageRow, Reading, RowError, base_of, read_rows
from tools.image.settings import TrainFiles, TrainSettings

FEW = 20
"""Pictures a class, under which a warning is given."""
IMBALANCE = 20.0
_HELD_OUT = 0.1
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from: the folder that addresses start from, and the operator's table."""

    base: Path
    roots: Roots


@dataclass(frozen=True, slots=True)
class Example:
    """A picture and the indices of its classes; ``digest`` is of its bytes."""

    row: ImageRow
    source: Source
    labels: tuple[int, ...]
    digest: str

    @property
    def name(self) -> str:
        """What messages and the report call it."""
        return self.row.address

    def image(self, at_least: int) -> Image.Image:
        """The picture, RGB; decoded smaller where that is faster and keeps both sides at ``at_least``."""
        return decode(read_picture(self.row, self.source.roots, self.source.base), at_least=at_least).image


@dataclass(frozen=True, slots=True)
class ImageData:
    """``digest`` names all that decides a run: pictures, labels, order. ``skipped`` could not be used."""

    labels: tuple[str, ...]
    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    digest: str
    skipped: int
    warnings: tuple[str, ...]


def read_training(files: TrainFiles, settings: TrainSettings) -> ImageData:
    """The pictures of a run.

    Raises:
        DataError: none can be used, or a class of the dev part is not in the training part.
        ConfigError: ``--num-classes`` is not how many there are.
    """
    train, faults = _read(files.train, files.roots, settings.multi_label)
    labels = tuple(sorted({name for row, _, _ in train for name in row.labels or ()}))
    if len(labels) < 2:
        raise DataError(files.train, f"能用的图片里只有 {len(labels)} 个类", hint=_first(faults, "放成 目录/标签/图片.jpg，至少两个标签"))  # fmt: skip
    if files.num_classes is not None and files.num_classes != len(labels):
        named = "、".join(labels[:_SHOWN]) + ("…" if len(labels) > _SHOWN else "")
        raise ConfigError(
            f"--num-classes {files.num_classes}: {files.train} 里有 {len(labels)} 个类（{named}）→ 改成一致"
        )
    parts = [_examples(train, labels, files.train)]
    if files.dev is not None:
        dev, more = _read(files.dev, files.roots, settings.multi_label)
        faults += more
        parts.append(_examples(dev, labels, files.dev))
    else:
        parts = list(_held_out(parts[0], settings.seed))
    if not parts[1]:
        raise DataError(files.dev or files.train, "验证集里没有能用的图片", hint="给 --dev，或每类多放几张")
    digest = hashlib.sha256(repr([labels, *([(one.digest, one.labels) for one in part] for part in parts)]).encode())  # fmt: skip
    warnings = (*_told(faults), *_uneven(parts[0], labels), *_shared(*parts))
    return ImageData(labels, parts[0], parts[1], digest.hexdigest(), len(faults), warnings)


def read_test(path: Path, labels: Sequence[str], roots: Sequence[str], *, multi_label: bool) -> tuple[tuple[Example, ...], tuple[str, ...]]:  # fmt: skip
    """Labelled pictures to measure a model of ``labels`` on, and what is to be said of those left out.

    Raises:
        DataError: none can be used, or a class that the model does not know.
    """
    found, faults = _read(path, roots, multi_label)
    if not found:
        raise DataError(path, "没有能用的图片", hint=_first(faults, "放成 目录/标签/图片.jpg"))
    return _examples(found, labels, path), tuple(_told(faults))


def targets(examples: Sequence[Example], classes: int) -> NDArray[np.bool_]:
    """Which classes each picture has (n, C)."""
    found = np.zeros((len(examples), classes), dtype=np.bool_)
    for row, one in enumerate(examples):
        found[row, list(one.labels)] = True
    return found


_Read = tuple[ImageRow, Source, str]


def _read(path: Path, roots: Sequence[str], multi_label: bool) -> tuple[list[_Read], list[Fault]]:
    """Rows that have labels and whose picture can be decoded, with the digest of its bytes; and the others' faults."""
    source, found, faults = Source(base_of(path), Roots.of(roots)), list[_Read](), list[Fault]()
    for row in read_rows(path, Reading(multi_label=multi_label)):
        if isinstance(row, Fault):
            faults.append(row)
        elif row.labels is not None:  # without labels: there to be predicted
            try:
                data = read_picture(row, source.roots, source.base)
                decode(data)
            except RowError as error:
                faults.append(error.at(row.place))
            except PictureError as error:
                reason, _, mend = error.message.partition(" → ")
                faults.append(Fault(row.place, reason, mend or "换一张"))
            else:
                found.append((row, source, hashlib.sha256(data).hexdigest()[:16]))
    return found, faults


def _examples(rows: Iterable[_Read], labels: Sequence[str], path: Path) -> tuple[Example, ...]:
    index, found = {name: at for at, name in enumerate(labels)}, list[Example]()
    for row, source, digest in rows:
        unknown = [name for name in row.labels or () if name not in index]
        if unknown:
            problem = f"{row.place} 的类 {unknown[0]} 是模型不认识的"
            raise DataError(path, problem, hint="训练集里要有每个类；或改正标签")
        found.append(Example(row, source, tuple(index[name] for name in row.labels or ()), digest))
    return tuple(found)


def _held_out(examples: Sequence[Example], seed: int) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """A tenth of each class (by its first label), at least one of two or more; a single picture stays in training."""
    groups: dict[tuple[int, ...], list[Example]] = {}
    for one in examples:
        groups.setdefault(one.labels[:1], []).append(one)
    taken = set[int]()
    for key, group in sorted(groups.items()):
        count = max(1, round(len(group) * _HELD_OUT)) if len(group) > 1 else 0
        taken |= {id(one) for one in random.Random(f"{seed}:{key}").sample(group, count)}
    dev = tuple(one for one in examples if id(one) in taken)
    return tuple(one for one in examples if id(one) not in taken), dev


def _told(faults: Sequence[Fault]) -> Iterator[str]:
    if faults:
        yield f"{len(faults)} 张（行）不能用，已跳过：" + "；".join(map(str, faults[:_SHOWN])) + ("…" if len(faults) > _SHOWN else "")  # fmt: skip


def _uneven(train: Sequence[Example], labels: Sequence[str]) -> Iterator[str]:
    counts = Counter(index for one in train for index in one.labels)
    few = [f"{name}（{counts[at]}）" for at, name in enumerate(labels) if counts[at] < FEW]
    if few:
        yield f"少于 {FEW} 张图片的类：{'、'.join(few)} → 每类至少 {FEW} 张才学得稳"
    most, least = max(counts.values()), min(counts[at] for at in range(len(labels)))
    if least and most / least > IMBALANCE:
        yield f"各类的图片数相差 {most / least:.0f} 倍 → 少的类会学得差，补一些图片"


def _shared(train: Sequence[Example], dev: Sequence[Example]) -> Iterator[str]:
    known = {one.digest for one in train}
    count = sum(one.digest in known for one in dev)
    if count:
        yield f"验证集里有 {count} 张图片也在训练集里 → 验证集的数字会偏高，去掉它们"


def _first(faults: Sequence[Fault], otherwise: str) -> str:
    return f"跳过了 {len(faults)} 张，第一张：{faults[0]}" if faults else otherwise
