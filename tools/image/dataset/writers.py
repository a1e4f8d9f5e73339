"""Rows into each form. What is written has its name when it is whole; until then it stands beside it."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Protocol, Self

from chatbot.errors import DataError
from chatbot.json_bytes import dumps
from tools.image.dataset.addresses import scheme_of
from tools.image.dataset.encoding import Encoded
from tools.image.dataset.jsonl import written as jsonl_line
from tools.image.dataset.records import ImageRow
from tools.image.dataset.tf_framing import framed
from tools.image.dataset.tfrecords import LABEL_MAP, record_of
from tools.manifest.annotation import written as manifest_line

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_LONGEST_NAME = 120
PicturesOf = Callable[[ImageRow], Encoded]


class Writer(Protocol):
    """Takes rows in their order. Left by an error, it leaves nothing behind.

    Raises (all methods):
        DataError: the disk does not take it, or something is there already.
        RowError: the row's picture cannot be had (``write`` alone); others may be written afterwards.
    """

    def write(self, row: ImageRow) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Staged:
    """A file or folder that grows beside its name and gets it at the end."""

    def __init__(self, output: Path, folder: bool) -> None:
        self.output = output
        self.beside = output.with_name(f".{output.name}.{os.getpid()}")
        if folder and output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise DataError(output, "已经有东西了", hint="换一个空目录，或先删掉它")
        if not folder and output.is_dir():
            raise DataError(output, "是目录", hint="写一个文件名")
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            if folder:
                self.beside.mkdir()
        except OSError as error:
            raise self.refused(error) from error

    def done(self) -> None:
        try:
            self.beside.replace(self.output)
        except OSError as error:
            raise self.refused(error) from error

    def dropped(self) -> None:
        if self.beside.is_dir():
            shutil.rmtree(self.beside, ignore_errors=True)
        else:
            self.beside.unlink(missing_ok=True)

    def refused(self, error: OSError) -> DataError:
        return DataError(self.output, f"写不了（{error.strerror}）", hint="腾出空间或改权限后重跑")


@dataclass(frozen=True, slots=True)
class Addressing:
    """How a picture is called in the new file: ``prefix`` + its old address, or by the way from the new file's folder."""

    source: Path
    output: Path
    prefix: str = ""

    def __call__(self, address: str) -> str:
        """Raises ``DataError`` where the picture lies beside or above the new file."""
        if self.prefix:
            return self.prefix + (address if not scheme_of(address) else address.rsplit("/", 1)[-1])
        if scheme_of(address) or PurePosixPath(address).is_absolute():
            return address
        if self.source == self.output:
            return address
        way = os.path.relpath(self.source / address, self.output)
        if way.startswith(".."):
            hint = f'写在 {self.source} 或它的上层，或加 --prefix（如 "oss://bucket/"，读时用 --root 对应）'
            raise DataError(self.output, f"图片 {address} 不在它下面", hint=hint)
        return way


class LinesWriter:
    """JSON Lines, ``.manifest`` or a list: a line a picture, which stays where it is."""

    def __init__(self, output: Path, form: str, addressing: Callable[[str], str]) -> None:
        self._staged, self._addressing = Staged(output, folder=False), addressing
        self._line = {"jsonl": jsonl_line, "manifest": _manifest_line, "list": _list_line}[form]
        try:
            self._file: IO[bytes] = self._staged.beside.open("wb")
        except OSError as error:
            raise self._staged.refused(error) from error

    def write(self, row: ImageRow) -> None:
        moved = replace(row, address=self._addressing(row.address))
        try:
            self._file.write(self._line(moved))
        except OSError as error:
            raise self._staged.refused(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._staged.dropped() if error else self._staged.done()


class FolderWriter:
    """``label/picture``; pictures without a label at the top. The pictures are copied."""

    def __init__(self, output: Path, pictures: PicturesOf) -> None:
        self._staged, self._pictures = Staged(output, folder=True), pictures

    def write(self, row: ImageRow) -> None:
        picture = self._pictures(row)
        self.place(row, picture)

    def place(self, row: ImageRow, picture: Encoded) -> str:
        """Write ``picture``; its way from the folder."""
        folder = self._staged.beside / row.labels[0] if row.labels else self._staged.beside
        try:
            folder.mkdir(exist_ok=True)
            file = _free(folder, _name_of(row.address), picture.format)
            file.write_bytes(picture.data)
        except OSError as error:
            raise self._staged.refused(error) from error
        return file.relative_to(self._staged.beside).as_posix()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._staged.dropped() if error else self._staged.done()


class UnpackingWriter:
    """Lines of pictures that only records hold: the pictures go into a folder beside the file."""

    def __init__(self, output: Path, form: str, pictures: PicturesOf) -> None:
        self._folder = FolderWriter(output.with_name(f"{output.name.partition('.')[0]}-pictures"), pictures)
        self._at = f"{output.name.partition('.')[0]}-pictures"
        self._lines = LinesWriter(output, form, lambda address: address)
        self._pictures = pictures

    def write(self, row: ImageRow) -> None:
        picture = self._pictures(row)
        way = self._folder.place(replace(row, labels=None), picture)
        said = {"format": picture.format, "width": picture.width, "height": picture.height}
        self._lines.write(replace(row, address=f"{self._at}/{way}", **said))  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.__exit__(kind, error, trace)
        self._lines.__exit__(kind, error, trace)


class ShardWriter:
    """TFRecord shards of ``per_shard`` pictures, and the numbers of the classes beside them."""

    def __init__(
        self, output: Path, name: str, classes: "tuple[str, ...]", per_shard: int, pictures: PicturesOf
    ) -> None:
        self._staged, self._pictures = Staged(output, folder=True), pictures
        self._name, self._per_shard = name, per_shard
        self._numbers = {label: number for number, label in enumerate(classes)}
        self._shards, self._in_shard = 0, per_shard
        self._file: IO[bytes] | None = None

    def write(self, row: ImageRow) -> None:
        picture = self._pictures(row)
        said = {"format": picture.format, "width": picture.width, "height": picture.height}
        record = framed(record_of(replace(row, **said), picture.data, self._numbers))  # type: ignore[arg-type]
        try:
            if self._file is None or self._in_shard == self._per_shard:
                self._next_shard()
            assert self._file is not None
            self._file.write(record)
        except OSError as error:
            raise self._staged.refused(error) from error
        self._in_shard += 1

    def _next_shard(self) -> None:
        if self._file:
            self._file.close()
        self._file = (self._staged.beside / f"{self._shards:05d}").open("wb")
        self._shards, self._in_shard = self._shards + 1, 0

    def _finish(self) -> None:
        for number in range(self._shards):
            named = f"{self._name}-{number:05d}-of-{self._shards:05d}.tfrecord"
            (self._staged.beside / f"{number:05d}").replace(self._staged.beside / named)
        labels = {str(number): label for label, number in self._numbers.items()}
        (self._staged.beside / LABEL_MAP).write_bytes(dumps(labels) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
        if error:
            self._staged.dropped()
            return
        try:
            self._finish()
        except OSError as problem:
            raise self._staged.refused(problem) from problem
        self._staged.done()


def _manifest_line(row: ImageRow) -> bytes:
    labels = row.labels or ()
    return manifest_line(row.address, labels, multi_label=len(labels) != 1)


def _list_line(row: ImageRow) -> bytes:
    return row.address.encode(errors="replace") + b"\n"


def _name_of(address: str) -> str:
    """A file's name for the picture at ``address``, without its ending: whatever the address is, it stays in the folder."""
    last = address.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    stem = _NOT_IN_NAMES.sub("_", last.rsplit(".", 1)[0]).strip(". ")
    return stem.encode()[:_LONGEST_NAME].decode(errors="ignore") or "picture"


def _free(folder: Path, stem: str, ending: str) -> Path:
    """The first of ``stem``, ``stem-2``, … that is free."""
    file, number = folder / f"{stem}.{ending}", 1
    while file.exists():
        number += 1
        file = folder / f"{stem}-{number}.{ending}"
    return file
