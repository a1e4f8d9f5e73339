"""The file that is predicted on: CSV, JSON Lines or a list of paths, read as a stream whose place can be kept."""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Literal, TypeAlias

from chatbot.errors import DataError
from tools.predict.lines import Lines, Place
from tools.predict.rows import Broken, CsvRows, Raw, Rows, listed

Format: TypeAlias = Literal["csv", "jsonl", "list"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "list")
PATH_COLUMN = "path"
_Take: TypeAlias = Callable[[int], tuple[Rows, Sequence[int]]]
MOST_CELL = 16 * 2**20
_ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "list", ".list": "list",
}  # fmt: skip


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
        self._lines = Lines(path)
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
        for rows, lines in self.blocks(start, columns, lambda: 1):
            yield from zip(lines, listed(rows), strict=True)

    def blocks(
        self, start: Place, columns: tuple[str, ...], size: Callable[[], int]
    ) -> Iterator[tuple[Rows, Sequence[int]]]:
        """The same in blocks, each of as many rows as ``size`` says when it is asked for; the last may have fewer.

        Raises:
            DataError: as ``rows``.
        """
        self._lines.seek(start if start.offset else self._body)
        if self.kind == "csv":
            wanted = [self.columns.index(name) for name in columns]
            take: _Take = CsvRows(self.path, self._lines, len(self.columns), wanted).take
        else:
            take = _taking(self._line_rows(len(columns)))
        while True:
            rows, lines = take(size())
            if not lines:
                return
            yield rows, lines

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


def _taking(rows: Iterator[tuple[int, Raw]]) -> _Take:
    """So many of ``rows`` at once as are asked for."""

    def take(count: int) -> tuple[Rows, Sequence[int]]:
        taken = list(islice(rows, count))
        return [row for _, row in taken], [line for line, _ in taken]

    return take
