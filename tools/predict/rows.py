"""Rows as they are handed to a worker, and how a CSV is cut into them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from chatbot.errors import DataError
from chatbot.json_file import Json
from tools.predict.lines import Lines


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read; ``cells`` as far as they are known."""

    message: str
    cells: tuple[Json, ...] = ()


Raw: TypeAlias = tuple[str, ...] | bytes | Broken
"""A row as it is handed to a worker: the cells that are wanted, the bytes of a JSON line, or why there is nothing."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a table that are all whole, by the column: ``columns`` are those that are wanted, at least one."""

    columns: tuple[list[str], ...]


Rows: TypeAlias = list[Raw] | Cells


def listed(rows: Rows) -> list[Raw]:
    """Row by row."""
    return list(zip(*rows.columns, strict=True)) if isinstance(rows, Cells) else rows


def part_of(rows: Rows, start: int, end: int) -> Rows:
    """Those from ``start`` to ``end``."""
    if isinstance(rows, Cells):
        return Cells(tuple([column[start:end] for column in rows.columns]))
    return rows[start:end]


class CsvRows:
    """The rows of a CSV from where ``lines`` stand on; of ``width`` cells those at ``wanted``. Blank lines are no rows."""

    def __init__(self, path: Path, lines: Lines, width: int, wanted: Sequence[int]) -> None:
        self._path, self._lines, self._width, self._wanted = path, lines, width, wanted
        self._before = self._first = lines.line + 1
        self._reader = csv.reader(chain.from_iterable(lines.blocks()), strict=True)

    def take(self, count: int) -> tuple[Rows, Sequence[int]]:
        """The next ``count`` rows, fewer at the end, and the line that each begins at.

        Whole rows of a line each, the usual case, are told by their counts, and kept by the column.

        Raises:
            DataError: a quotation that never ends, or the file cannot be read on.
        """
        taken, error = self._taken(count)
        if not error and self._wanted and self._are_whole(taken):
            lines = range(self._first, self._first + len(taken))
            self._first = lines.stop
            return Cells(tuple([list(map(itemgetter(at), taken)) for at in self._wanted])), lines
        rows, begins = list[Raw](), list[int]()
        while taken or error:
            self._add(taken, rows, begins)
            if error:
                self._lines.take_bad_line(self._end)
                rows.append(self._quotes(error))
                begins.append(self._first)
                self._first = self._end
            if len(rows) == count:
                break
            taken, error = self._taken(count - len(rows))
        return rows, begins

    @property
    def _end(self) -> int:
        """The line behind the row that was read last."""
        return self._before + self._reader.line_num

    def _taken(self, count: int) -> tuple[list[list[str]], csv.Error | None]:
        """At most ``count`` rows, up to one that is no CSV."""
        taken = list[list[str]]()
        try:
            taken.extend(islice(self._reader, count))
        except csv.Error as error:
            return taken, error
        return taken, None

    def _are_whole(self, taken: list[list[str]]) -> bool:
        bad = self._lines.bad
        in_lines = self._end - self._first == len(taken) and not (bad and bad[0] < self._end)
        return in_lines and set(map(len, taken)) == {self._width}

    def _add(self, taken: list[list[str]], rows: list[Raw], begins: list[int]) -> None:
        """``taken`` as rows, and where they begin: a row ends as many lines on as its cells have line ends, and one."""
        bad = self._lines.bad
        for cells in taken:
            end = self._first + 1 + sum(cell.count("\n") for cell in cells)
            if cells:
                whole = len(cells) == self._width and not (bad and bad[0] < end)
                rows.append(tuple([cells[at] for at in self._wanted]) if whole else self._broken(cells, end))
                begins.append(self._first)
            self._first = end

    def _broken(self, cells: list[str], end: int) -> Broken:
        """Why a row that ends before the line ``end`` is none."""
        line = self._lines.take_bad_line(end)
        if len(cells) != self._width:
            return Broken(
                f"有 {len(cells)} 列，表头有 {self._width} 列 → 含逗号或换行的文字用英文双引号括起来"
            )
        some = tuple(_mended(cells[at]) for at in self._wanted)
        return Broken(f"第 {line} 行不是 UTF-8 → 用 UTF-8 另存", some)

    def _quotes(self, error: csv.Error) -> Broken:
        """A row with a quotation mark out of place; one that opens and never closes ends the reading."""
        if "field larger" in str(error) or "unexpected end" in str(error):
            raise DataError(
                self._path, "从这一行起有一个双引号没有配对", line=self._first, hint="补上或去掉这个引号"
            ) from error
        return Broken(f"引号不对（{error}）→ 引号里的引号写两遍，外面再括一对")


def _mended(cell: str) -> str:
    """Bytes that are no text become U+FFFD."""
    return cell.encode(errors="surrogateescape").decode(errors="replace")
