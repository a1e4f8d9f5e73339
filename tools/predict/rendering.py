"""Outcomes as lines of the output: CSV with nested values as JSON text, or JSON Lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import orjson
from numpy.typing import NDArray

from chatbot.errors import ConfigError, ModelError
from chatbot.json_bytes import dumps, dumps_each
from chatbot.json_file import Json
from chatbot.predict.base import ItemError, Outcome
from chatbot.predict.columns import Column, Numbers, Picks

Written: TypeAlias = Literal["csv", "jsonl"]
ERROR = "error"
_ENDINGS: Mapping[str, Written] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_NESTED = (dict, list)
_CUT = b"\0"
"""Between two cells that nest; JSON escapes it, so it is in none."""
_SPECIAL = re.compile('[",\r\n]')


def written_as(path: Path) -> Written | None:
    """What the ending of an output's name asks for, ``.gz`` aside."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), None)


class Renderer(Protocol):
    """How rows are written. ``kind`` names it in the journal; ``appended`` are what stands behind a prediction."""

    @property
    def kind(self) -> str: ...

    @property
    def appended(self) -> tuple[str, ...]: ...

    @property
    def only(self) -> tuple[str, ...]:
        """The parts of a prediction that are written; all where none is named."""

    def header(self, columns: Sequence[str]) -> bytes:
        """What stands before the first row."""

    def rows(
        self,
        outcomes: Sequence[Outcome],
        lines: Sequence[int],
        appended: Sequence[Sequence[Json]],
        columns: Sequence[str],
    ) -> bytes:
        """A line for each row, in order; ``lines`` are the input's, ``columns`` what a prediction holds."""


@runtime_checkable
class TableRenderer(Protocol):
    """A renderer that may write rows by the column too."""

    @property
    def is_table(self) -> bool:
        """Whether it does."""

    def table(
        self, found: Mapping[str, Column], appended: Sequence[Sequence[Json]], columns: Sequence[str]
    ) -> bytes:
        """Lines for rows that all have predictions: ``found`` are these, ``appended`` the columns that stand behind."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """How rows are written. ``appended`` are the names of the input's columns that stand behind the prediction.

    ``only``: these parts of a prediction are written, all where none is named. ``names``: part → what it is called in a file.
    """

    kind: Written
    appended: tuple[str, ...]
    only: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_table(self) -> bool:
        return self.kind == "csv"

    def header(self, columns: Sequence[str]) -> bytes:
        """The first line of a CSV; JSON Lines have none."""
        if self.kind == "jsonl":
            return b""
        return _line([*(self.names.get(one, one) for one in self.shown(columns)), *self.appended, ERROR])

    def shown(self, columns: Sequence[str]) -> Sequence[str]:
        """Of a prediction's parts, those that are written."""
        return [one for one in columns if one in self.only] if self.only else columns

    def rows(
        self,
        outcomes: Sequence[Outcome],
        lines: Sequence[int],
        appended: Sequence[Sequence[Json]],
        columns: Sequence[str],
    ) -> bytes:
        """A line each. ``lines`` are the input's, ``columns`` are the prediction's in a CSV.

        Raises:
            ModelError: a prediction has a value that no column is for.
        """
        if self.kind == "csv" and _all_predicted(outcomes, appended, len(self.appended)):
            return self._table(outcomes, appended, columns)  # type: ignore[arg-type]  # no ItemError
        rows = []
        for outcome, line, cells in zip(outcomes, lines, appended, strict=True):
            if len(cells) != len(self.appended):  # the row could not be read
                cells = [None] * len(self.appended)
            if isinstance(outcome, ItemError):
                rows.append(self._error(outcome, line, cells, self.shown(columns)))
            elif self.kind == "csv":
                rows.append(self._table([outcome], [cells], columns))
            else:
                rows.append(self._object(outcome, cells))
        return b"".join(rows)

    def table(
        self, found: Mapping[str, Column], appended: Sequence[Sequence[Json]], columns: Sequence[str]
    ) -> bytes:
        """Rows of a CSV that all have their predictions: written by the column, in a third of the time.

        Raises:
            ModelError: a prediction has a value that no column is for.
        """
        self._check(found, columns)
        return _table_of([*(found[name] for name in self.shown(columns)), *appended])

    def _check(self, given: Iterable[str], known: Sequence[str]) -> None:
        if unknown := set(given).difference(known):
            names = "、".join(sorted(unknown))
            raise ModelError(f"模型给出了它没有声明的 {names} → 输出改用 .jsonl，或在模型的 outputs 里写上")

    def _table(
        self,
        outcomes: Sequence[Mapping[str, Json]],
        appended: Sequence[Sequence[Json]],
        columns: Sequence[str],
    ) -> bytes:
        self._check(frozenset[str]().union(*outcomes), columns)
        found = {name: [one.get(name) for one in outcomes] for name in columns}
        return self.table(found, list(zip(*appended, strict=True)), columns)

    def _object(self, outcome: Mapping[str, Json], cells: Sequence[Json]) -> bytes:
        if self.only or self.names:
            shown = self.only or tuple(outcome)
            outcome = {self.names.get(one, one): outcome[one] for one in shown if one in outcome}
        return (
            dumps({**outcome, **dict(zip(self.appended, cells, strict=True))} if cells else outcome) + b"\n"
        )

    def _error(self, error: ItemError, line: int, cells: Sequence[Json], columns: Sequence[str]) -> bytes:
        told: Json = {"code": error.code, "message": error.message, "line": line}
        if self.kind == "csv":
            return _line([*(None for _ in columns), *cells, told])
        return dumps({**dict(zip(self.appended, cells, strict=True)), ERROR: told}) + b"\n"


def check_names(appended: Sequence[str], taken: Sequence[str]) -> None:
    """No two columns of the output may have one name.

    Raises:
        ConfigError: an appended one is called like one of the prediction's.
    """
    if twice := next((name for name in appended if name in (*taken, ERROR)), None):
        raise ConfigError(
            f"--append-columns: {twice} 与预测的列同名 → 给它另一个名字，如 input_{twice}={twice}"
        )


def _all_predicted(outcomes: Sequence[Outcome], appended: Sequence[Sequence[Json]], width: int) -> bool:
    """Whether every row was read and predicted on: the usual case."""
    whole = ItemError not in set(map(type, outcomes)) and set(map(len, appended)) == {width}
    return whole and len(outcomes) == len(appended)


def _table_of(columns: Sequence[Column]) -> bytes:
    """Rows of cells as ``_cell`` writes each, an empty one (the error's) behind them.

    Parts of cells and what stands between them are laid side by side for all rows and joined once.
    """
    between, parts = [b""], list[list[bytes]]()
    for column in columns:
        before, own, behind = _parts(column)
        between[-1] += before[0]
        between += [*before[1:], behind + b","]
        parts += own
    between[-1] += b"\n"
    follows = [*between[1:-1], between[-1] + between[0]]
    laid = [one for follow in follows for one in (b"", follow)] * len(parts[0])
    for place, cells in enumerate(parts):
        laid[2 * place :: 2 * len(parts)] = cells
    laid[-1] = between[-1]
    return between[0] + b"".join(laid)


_Parts: TypeAlias = tuple[Sequence[bytes], list[list[bytes]], bytes]
"""For each part of a column's cells what stands before it, the part in all rows, and what stands behind the last."""


def _parts(column: Column) -> _Parts:
    if isinstance(column, Numbers) and column.names:
        numbers, width = _numbers(column.values), len(column.names)
        return _opens(column.names), [numbers[place::width] for place in range(width)], b'}"'
    if isinstance(column, Picks):
        names, opens = _quoted(column.names), _opens(column.keys)
        picked = [names[one] for one in column.picked.tolist()]
        return [opens[0].replace(b"{", b"[{", 1), opens[1]], [picked, _numbers(column.values)], b'}]"'
    cells: Sequence[Json] = [{}] * len(column.values) if isinstance(column, Numbers) else column
    if set(map(type, cells)) <= {dict, list}:
        quoted = _CUT.join(dumps_each(cells)).replace(b'"', b'""')
        return [b'"'], [quoted.split(_CUT)], b'"'
    return [b""], [_column(cells)], b""


def _numbers(values: NDArray[np.float64]) -> list[bytes]:
    """Each number of a table, row by row, as JSON: NaN and infinities as ``null``."""
    if not values.size:
        return []
    written = orjson.dumps(np.ascontiguousarray(values).ravel(), option=orjson.OPT_SERIALIZE_NUMPY)
    return written[1:-1].split(b",")


@lru_cache(maxsize=16)
def _opens(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """What stands before each number of a cell that is an object of ``names``."""
    keys = [one + b":" for one in _quoted(names)]
    return b'"{' + keys[0], *(b"," + key for key in keys[1:])


@lru_cache(maxsize=16)
def _quoted(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """Each of ``names`` as it stands in JSON inside a cell."""
    return tuple(dumps(name).replace(b'"', b'""') for name in names)


def _column(values: Sequence[Json]) -> list[bytes]:
    """Cells of one column, as ``_cell`` writes each."""
    if set(map(type, values)) == {str}:
        joined = "\0".join(values)  # type: ignore[arg-type]  # all are texts
        if not _SPECIAL.search(joined):
            found = joined.encode(errors="replace").split(b"\0")
            return found if len(found) == len(values) else list(map(_cell, values))
    return list(map(_cell, values))


def _line(values: Sequence[Json]) -> bytes:
    return b",".join(map(_cell, values)) + b"\n"


def _cell(value: Json) -> bytes:
    """RFC 4180: quoted where it must be, a quotation mark is written twice. What is no text is JSON."""
    if isinstance(value, _NESTED):
        return b'"' + dumps(value).replace(b'"', b'""') + b'"'
    if value is None:
        return b""
    if not isinstance(value, str):
        return dumps(value)
    text = value.encode(errors="replace")
    return b'"' + text.replace(b'"', b'""') + b'"' if _SPECIAL.search(value) else text
