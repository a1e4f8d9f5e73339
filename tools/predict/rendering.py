"""Outcomes as lines of the output: CSV with nested values as JSON text, or JSON Lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from chatbot.errors import ConfigError, ModelError
from chatbot.json_bytes import dumps, dumps_each
from chatbot.json_file import Json
from chatbot.predict.base import ItemError, Outcome

Written: TypeAlias = Literal["csv", "jsonl"]
ERROR = "error"
_ENDINGS: Mapping[str, Written] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_NESTED = (dict, list)
_QUOTE = b"\0"
"""Stands for a quotation mark around a cell until those inside are doubled; JSON escapes it, so it is in no cell."""
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


@dataclass(frozen=True, slots=True)
class Rendering:
    """How rows are written. ``appended`` are the names of the input's columns that stand behind the prediction.

    ``only``: these parts of a prediction are written, all where none is named. ``names``: part → what it is called in a file.
    """

    kind: Written
    appended: tuple[str, ...]
    only: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

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
        known, columns = frozenset(columns), self.shown(columns)
        if self.kind == "csv" and _all_predicted(outcomes, appended, len(self.appended)):
            return self._table(outcomes, appended, columns, known)  # type: ignore[arg-type]  # no ItemError
        rows = []
        for outcome, line, cells in zip(outcomes, lines, appended, strict=True):
            if len(cells) != len(self.appended):  # the row could not be read
                cells = [None] * len(self.appended)
            if isinstance(outcome, ItemError):
                rows.append(self._error(outcome, line, cells, columns))
            elif self.kind == "csv":
                rows.append(self._table([outcome], [cells], columns, known))
            else:
                rows.append(self._object(outcome, cells))
        return b"".join(rows)

    def _table(
        self,
        outcomes: Sequence[Mapping[str, Json]],
        appended: Sequence[Sequence[Json]],
        columns: Sequence[str],
        known: frozenset[str],
    ) -> bytes:
        """Rows of a CSV that all have their predictions: written by the column, in a third of the time."""
        if not known.issuperset(given := frozenset().union(*outcomes)):
            names = "、".join(sorted(given - known))
            raise ModelError(f"模型给出了它没有声明的 {names} → 输出改用 .jsonl，或在模型的 outputs 里写上")
        found = [[one.get(name) for one in outcomes] for name in columns]
        return _table_of([*found, *zip(*appended, strict=True)])

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


def _table_of(columns: Sequence[Sequence[Json]]) -> bytes:
    """Rows of cells as ``_cell`` writes each, an empty one (the error's) behind them.

    Quotation marks of cells that nest are doubled in the whole text at once, those around them set afterwards: for a
    row of 0.8 KB, half the time of going through each cell.
    """
    nests = [set(map(type, one)) <= {dict, list} for one in columns]
    cells = [dumps_each(one) if nest else _column(one) for one, nest in zip(columns, nests, strict=True)]
    plain = b"".join(b"".join(one) for one, nest in zip(cells, nests, strict=True) if not nest)
    if b'"' in plain or _QUOTE in plain:
        cells = [
            list(map(_cell, one)) if nest else cell
            for one, cell, nest in zip(columns, cells, nests, strict=True)
        ]
        return b",\n".join(map(b",".join, zip(*cells, strict=True))) + b",\n"
    quotes = [_QUOTE if nest else b"" for nest in nests]
    width, count = 2 * len(cells), len(cells[0])
    parts = [b""] * (width * count)
    for place, cell in enumerate(cells):
        end = b",\n" if place == len(cells) - 1 else b","
        parts[2 * place :: width] = cell
        parts[2 * place + 1 :: width] = [quotes[place] + end + quotes[(place + 1) % len(cells)]] * count
    parts[-1] = quotes[-1] + b",\n"
    return b"".join([quotes[0], *parts]).replace(b'"', b'""').replace(_QUOTE, b'"')


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
