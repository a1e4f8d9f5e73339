"""Outcomes as lines of the output: CSV with nested values as JSON text, or JSON Lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from chatbot.errors import ConfigError, ModelError
from chatbot.json_bytes import dumps
from chatbot.json_file import Json
from chatbot.predict.base import ItemError, Outcome

Written: TypeAlias = Literal["csv", "jsonl"]
ERROR = "error"
_ENDINGS: Mapping[str, Written] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_NESTED = (dict, list)
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
        write = self._csv if self.kind == "csv" else self._object
        known, columns = frozenset(columns), self.shown(columns)
        rows = []
        for outcome, line, cells in zip(outcomes, lines, appended, strict=True):
            if len(cells) != len(self.appended):  # the row could not be read
                cells = [None] * len(self.appended)
            if isinstance(outcome, ItemError):
                rows.append(self._error(outcome, line, cells, columns))
            else:
                rows.append(write(outcome, cells, columns, known))
        return b"".join(rows)

    def _csv(
        self,
        outcome: Mapping[str, Json],
        cells: Sequence[Json],
        columns: Sequence[str],
        known: frozenset[str],
    ) -> bytes:
        if not outcome.keys() <= known:
            names = "、".join(sorted(outcome.keys() - known))
            raise ModelError(f"模型给出了它没有声明的 {names} → 输出改用 .jsonl，或在模型的 outputs 里写上")
        value_of = outcome.get
        values = []
        for (
            name
        ) in columns:  # most values are nested; a call less for each is a tenth of the time a row takes
            value = value_of(name)
            nested = type(value) is dict or type(value) is list
            values.append(b'"%b"' % dumps(value).replace(b'"', b'""') if nested else _cell(value))
        values += map(_cell, cells)
        return b",".join(values) + b",\n"

    def _object(
        self,
        outcome: Mapping[str, Json],
        cells: Sequence[Json],
        columns: Sequence[str],
        known: frozenset[str],
    ) -> bytes:
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
