"""The file that is predicted on: CSV, JSON Lines or a list of paths, read as a stream whose place can be kept."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from operator import length_hint
from pathlib import Path
from typing import IO, Literal, TypeAlias

from chatbot.errors import DataError
from chatbot.json_file import Json

Format: TypeAlias = Literal["csv", "jsonl", "list"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "list")
PATH_COLUMN = "path"
MOST_CELL = 16 * 2**20
_BLOCK = 2**16
"""So many bytes are read at once, about: whole lines, by the length of those before them."""
_ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "list", ".list": "list",
}  # fmt: skip
_UNREADABLE = (OSError, EOFError, zlib.error)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read; ``cells`` as far as they are known."""

    message: str
    cells: tuple[Json, ...] = ()


Raw: TypeAlias = tuple[str, ...] | bytes | Broken
"""A row as it is handed to a worker: the cells that are wanted, the bytes of a JSON line, or why there is nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: bytes from the start of the (uncompressed) file, lines before it."""

    offset: int = 0
    line: int = 0


def format_of(path: Path) -> Format | None:
    """The format that the ending of a file's name states, ``.gz`` aside."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), None)


class Table:
    """One input. ``columns`` are those of a CSV's header or of a list; a JSON Lines file has none of its own.

    Raises:
        DataError: missing, not readable, empty, its header is not UTF-8; names the file, the line and the way out.
    """

    def __init__(self, path: Path, kind: Format) -> None:
        self.path, self.kind = path, kind
        self.columns: tuple[str, ...] = ()
        self._lines = _Lines(path)
        csv.field_size_limit(MOST_CELL)
        try:
            if kind != "jsonl":
                self.columns = self._header() if kind == "csv" else (PATH_COLUMN,)
            if self._lines.is_empty():
                raise DataError(path, "没有一行数据", hint="至少写一行；CSV 的第一行是表头，不算")
        except DataError:
            self.close()
            raise
        self._body = self._lines.place

    def rows(self, start: Place, columns: tuple[str, ...]) -> Iterator[tuple[int, Raw]]:
        """From ``start`` (or the first): the line that a row begins at, and the row with the cells of ``columns``.

        Raises:
            DataError: a quotation that never ends, or the file cannot be read on.
        """
        self._lines.seek(start if start.offset else self._body)
        if self.kind == "csv":
            return self._csv_rows([self.columns.index(name) for name in columns])
        return self._line_rows(len(columns))

    @property
    def place(self) -> Place:
        """Behind the row that was given last."""
        return self._lines.place

    @property
    def read_bytes(self) -> int:
        """How much of the file on disk was read."""
        return self._lines.read_bytes

    def close(self) -> None:
        self._lines.close()

    def _header(self) -> tuple[str, ...]:
        reader = csv.reader(chain.from_iterable(self._lines.blocks()), strict=True)
        try:
            header = next(reader, None)
        except csv.Error as error:
            raise DataError(self.path, f"表头读不了（{error}）", line=1, hint="检查第一行的引号") from error
        if not header:
            raise DataError(self.path, "没有表头", line=1, hint="第一行写列名，如 first_sequence,label")
        if self._lines.take_bad_line(self._lines.line + 1):
            raise DataError(self.path, "不是 UTF-8", line=1, hint="用 UTF-8 另存（表格软件里选“CSV UTF-8”）")
        names = tuple(name.strip() for name in header)
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise DataError(self.path, f"有两列都叫“{twice}”", line=1, hint="改一个列名")
        return names

    def _csv_rows(self, wanted: list[int]) -> Iterator[tuple[int, Raw]]:
        lines, width, bad = self._lines, len(self.columns), self._lines.bad
        before = lines.line + 1
        reader = csv.reader(chain.from_iterable(lines.blocks()), strict=True)
        first = before
        while True:
            try:
                for cells in reader:  # a pass for each row: nothing is done here that can be done elsewhere
                    line = before + reader.line_num
                    if len(cells) == width and not (bad and bad[0] < line):
                        yield first, tuple([cells[at] for at in wanted])
                    elif cells:
                        yield first, self._broken(cells, line, wanted)
                    first = line
                return
            except csv.Error as error:
                line = before + reader.line_num
                lines.take_bad_line(line)
                yield first, self._quotes(error, first)
                first = line

    def _broken(self, cells: list[str], end: int, wanted: list[int]) -> Broken:
        """Why a row that ends before the line ``end`` is none."""
        line, width = self._lines.take_bad_line(end), len(self.columns)
        if len(cells) != width:
            return Broken(f"有 {len(cells)} 列，表头有 {width} 列 → 含逗号或换行的文字用英文双引号括起来")
        some = tuple(_mended(cells[at]) for at in wanted)
        return Broken(f"第 {line} 行不是 UTF-8 → 用 UTF-8 另存", some)

    def _quotes(self, error: csv.Error, first: int) -> Broken:
        """A row with a quotation mark out of place; one that opens and never closes ends the reading."""
        if "field larger" in str(error) or "unexpected end" in str(error):
            raise DataError(
                self.path, "从这一行起有一个双引号没有配对", line=first, hint="补上或去掉这个引号"
            ) from error
        return Broken(f"引号不对（{error}）→ 引号里的引号写两遍，外面再括一对")

    def _line_rows(self, cells: int) -> Iterator[tuple[int, Raw]]:
        as_bytes = self.kind == "jsonl"
        for number, line in enumerate(self._lines.raw(), self._lines.line + 1):
            if not line.strip():
                continue
            if as_bytes:
                yield number, line
                continue
            try:
                yield number, (line.decode().rstrip("\r\n"),) * cells
            except UnicodeDecodeError:
                shown = line.decode(errors="replace").rstrip("\r\n")
                yield number, Broken(f"第 {number} 行不是 UTF-8 → 用 UTF-8 另存", (shown,) * cells)


class _Lines:
    """The lines of a file, plain or gzip, a block at a time; ``place`` stands behind the last one given.

    ``bad`` are the numbers of those that are not UTF-8, of the lines that were read and not yet taken.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad: list[int] = []
        self._offset = self._line = 0  # before the block that is being given
        self._block: list[bytes] = []
        self._left: Iterator[str] | Iterator[bytes] = iter(())
        try:
            self._disk = path.open("rb")
            packed = path.name.lower().endswith(".gz")
            self._file: IO[bytes] = (
                io.BufferedReader(gzip.GzipFile(fileobj=self._disk), 2**18) if packed else self._disk
            )
        except OSError as error:
            hint = "检查路径" if isinstance(error, FileNotFoundError) else "检查它是不是文件、有没有读权限"
            raise DataError(path, f"读不了输入（{error.strerror}）", hint=hint) from error

    @property
    def line(self) -> int:
        """So many lines were given."""
        return self._line + len(self._block) - length_hint(self._left)

    @property
    def place(self) -> Place:
        given = len(self._block) - length_hint(self._left)
        return Place(self._offset + sum(map(len, self._block[:given])), self._line + given)

    @property
    def read_bytes(self) -> int:
        return self._disk.tell() if self._file is not self._disk else self.place.offset

    def is_empty(self) -> bool:
        """Whether nothing (more) is there."""
        place = self.place
        self.seek(place)
        try:
            return not self._file.read(1) or bool(self._file.seek(place.offset) < 0)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error

    def seek(self, place: Place) -> None:
        self.bad.clear()
        try:
            self._file.seek(place.offset)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error
        self._offset, self._line, self._block, self._left = place.offset, place.line, [], iter(())

    def raw(self) -> Iterator[bytes]:
        """Line by line."""
        for block in self._blocks():
            left = self._left = iter(block)
            yield from left

    def blocks(self) -> Iterator[Iterator[str]]:
        """Lines as text; of those that are not UTF-8 the numbers are in ``bad``."""
        for block in self._blocks():
            try:
                texts = list(map(bytes.decode, block))
            except UnicodeDecodeError:
                texts = [self._text(line, number) for number, line in enumerate(block, self._line + 1)]
            left = self._left = iter(texts)
            yield left

    def _blocks(self) -> Iterator[list[bytes]]:
        """Blocks of lines, of at least one: what is given of the last counts from ``_offset`` and ``_line``."""
        count = 1
        while True:
            place, block = self.place, list[bytes]()
            error: Exception | None = None
            try:
                block.extend(islice(self._file, count))
            except _UNREADABLE as found:
                error = found  # the lines before the damage are given, then it is told
            if block:
                self._offset, self._line, self._block = place.offset, place.line, block
                size = sum(map(len, block))
                if not place.line and block[0].startswith(_BOM):
                    block = [block[0].removeprefix(_BOM), *block[1:]]
                yield block
                count = max(1, min(2 * count, len(block) * _BLOCK // size))
            if error:
                raise self._unreadable(error) from error
            if not block:
                return

    def _text(self, line: bytes, number: int) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.bad.append(number)
            return line.decode(errors="surrogateescape")

    def take_bad_line(self, end: int) -> int:
        """The first line that is not UTF-8 of those before ``end``, or 0; none of them is told again."""
        found = next(iter(self.bad), end)
        while self.bad and self.bad[0] < end:
            del self.bad[0]
        return found if found < end else 0

    def close(self) -> None:
        self._file.close()
        self._disk.close()

    def _unreadable(self, error: Exception) -> DataError:
        said = getattr(error, "strerror", None) or str(error)
        return DataError(
            self._path, f"读不下去（{said}）", line=self.line + 1, hint="重新下载或重新压缩这个文件"
        )


def _mended(cell: str) -> str:
    """Bytes that are no text become U+FFFD."""
    return cell.encode(errors="surrogateescape").decode(errors="replace")
