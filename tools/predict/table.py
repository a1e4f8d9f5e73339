"""The file that is predicted on: CSV, JSON Lines or a list of paths, read as a stream whose place can be kept."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

from chatbot.errors import DataError
from chatbot.json_file import Json

Format: TypeAlias = Literal["csv", "jsonl", "list"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "list")
PATH_COLUMN = "path"
MOST_CELL = 16 * 2**20
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
        reader = csv.reader(self._lines.texts(), strict=True)
        try:
            header = next(reader, None)
        except csv.Error as error:
            raise DataError(self.path, f"表头读不了（{error}）", line=1, hint="检查第一行的引号") from error
        if not header:
            raise DataError(self.path, "没有表头", line=1, hint="第一行写列名，如 first_sequence,label")
        if self._lines.take_bad_line():
            raise DataError(self.path, "不是 UTF-8", line=1, hint="用 UTF-8 另存（表格软件里选“CSV UTF-8”）")
        names = tuple(name.strip() for name in header)
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise DataError(self.path, f"有两列都叫“{twice}”", line=1, hint="改一个列名")
        return names

    def _csv_rows(self, wanted: list[int]) -> Iterator[tuple[int, Raw]]:
        lines, width = self._lines, len(self.columns)
        reader = csv.reader(lines.texts(), strict=True)
        while True:
            first = lines.line + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield first, self._quotes(error, first)
                continue
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) != width:
                yield (
                    first,
                    Broken(f"有 {len(cells)} 列，表头有 {width} 列 → 含逗号或换行的文字用英文双引号括起来"),
                )
            elif lines.bad_line:
                line, some = lines.take_bad_line(), tuple(_mended(cells[at]) for at in wanted)
                yield first, Broken(f"第 {line} 行不是 UTF-8 → 用 UTF-8 另存", some)
            else:
                yield first, tuple([cells[at] for at in wanted])
            lines.bad_line = 0

    def _quotes(self, error: csv.Error, first: int) -> Broken:
        """A row with a quotation mark out of place; one that opens and never closes ends the reading."""
        self._lines.bad_line = 0
        if "field larger" in str(error) or "unexpected end" in str(error):
            raise DataError(
                self.path, "从这一行起有一个双引号没有配对", line=first, hint="补上或去掉这个引号"
            ) from error
        return Broken(f"引号不对（{error}）→ 引号里的引号写两遍，外面再括一对")

    def _line_rows(self, cells: int) -> Iterator[tuple[int, Raw]]:
        as_bytes = self.kind == "jsonl"
        for line in self._lines.raw():
            if not line.strip():
                continue
            number = self._lines.line
            if as_bytes:
                yield number, line
                continue
            try:
                yield number, (line.decode().rstrip("\r\n"),) * cells
            except UnicodeDecodeError:
                shown = line.decode(errors="replace").rstrip("\r\n")
                yield number, Broken(f"第 {number} 行不是 UTF-8 → 用 UTF-8 另存", (shown,) * cells)


class _Lines:
    """The lines of a file, plain or gzip; ``place`` stands behind the last one given."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad_line = 0
        self._offset = self.line = 0
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
    def place(self) -> Place:
        return Place(self._offset, self.line)

    @property
    def read_bytes(self) -> int:
        return self._disk.tell() if self._file is not self._disk else self._offset

    def is_empty(self) -> bool:
        """Whether nothing (more) is there."""
        try:
            return not self._file.read(1) or bool(self._file.seek(self._offset) < 0)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error

    def seek(self, place: Place) -> None:
        try:
            self._file.seek(place.offset)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error
        self._offset, self.line, self.bad_line = place.offset, place.line, 0

    def raw(self) -> Iterator[bytes]:
        try:
            for line in self._file:
                self._offset += len(line)
                self.line += 1
                yield line.removeprefix(_BOM) if self.line == 1 else line
        except _UNREADABLE as error:
            raise self._unreadable(error) from error

    def texts(self) -> Iterator[str]:
        """Lines as text; ``bad_line`` is the first that is not UTF-8, since it was last set to 0."""
        for line in self.raw():
            try:
                yield line.decode()
            except UnicodeDecodeError:
                self.bad_line = self.bad_line or self.line
                yield line.decode(errors="surrogateescape")

    def take_bad_line(self) -> int:
        """The number of a line that is not UTF-8, once."""
        line, self.bad_line = self.bad_line, 0
        return line

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
