"""Outcomes as lines of the output: CSV with nested values as JSON text, or JSON Lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from chatbot.errors import ConfigError, ModelError
from chatbot.json_bytes import dumps
from chatbot.json_file import Json
from chatbot.predict.base import ItemError, Outcome

Written: TypeAlias = Literal["csv", "jsonl"]
ERROR = "error"
_ENDINGS: Mapping[str, Written] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_SPECIAL = re.compile('[",\r\n]')


def written_as(path: Path) -> Written | None:
    """What the ending of an output's name asks for, ``.gz`` aside."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), None)


@dataclass(frozen=True, slots=True)
class Rendering:
    """How rows are written. ``appended`` are the names of the input's columns that stand behind the prediction."""

    kind: Written
    appended: tuple[str, ...]

    def header(self, columns: Sequence[str]) -> bytes:
        """The first line of a CSV; JSON Lines have none."""
        if self.kind == "jsonl":
            return b""
        return _line([*columns, *self.appended, ERROR])

    def row(self, outcome: Outcome, line: int, appended: Sequence[Json], columns: Sequence[str]) -> bytes:
        """One line. ``line`` is the input's, ``columns`` are the prediction's in a CSV.

        Raises:
            ModelError: the prediction has a value that no column is for.
        """
        if self.kind == "jsonl":
            return self._object(outcome, line, appended) + b"\n"
        if isinstance(outcome, ItemError):
            return _line([*(None for _ in columns), *_filled(appended, self.appended), _told(outcome, line)])
        if not outcome.keys() <= set(columns):
            names = "、".join(sorted(outcome.keys() - set(columns)))
            raise ModelError(f"模型给出了它没有声明的 {names} → 输出改用 .jsonl，或在模型的 outputs 里写上")
        return _line([*(outcome.get(name) for name in columns), *appended, None])

    def _object(self, outcome: Outcome, line: int, appended: Sequence[Json]) -> bytes:
        extra = dict(zip(self.appended, _filled(appended, self.appended), strict=True))
        if isinstance(outcome, ItemError):
            return dumps({**extra, ERROR: _told(outcome, line)})
        return dumps({**outcome, **extra})


def check_names(appended: Sequence[str], taken: Sequence[str]) -> None:
    """No two columns of the output may have one name.

    Raises:
        ConfigError: an appended one is called like one of the prediction's.
    """
    if twice := next((name for name in appended if name in (*taken, ERROR)), None):
        raise ConfigError(
            f"--append-columns: {twice} 与预测的列同名 → 给它另一个名字，如 input_{twice}={twice}"
        )


def _told(error: ItemError, line: int) -> dict[str, Json]:
    return {"code": error.code, "message": error.message, "line": line}


def _filled(appended: Sequence[Json], names: Sequence[str]) -> Sequence[Json]:
    """Nothing for each column of a row that could not be read."""
    return appended if len(appended) == len(names) else [None] * len(names)


def _line(values: Sequence[Json]) -> bytes:
    return b",".join(map(_cell, values)) + b"\n"


def _cell(value: Json) -> bytes:
    """RFC 4180: quoted where it must be, a quotation mark is written twice. What is no text is JSON."""
    if value is None:
        return b""
    if isinstance(value, str):
        text = value.encode(errors="replace")
        return b'"' + text.replace(b'"', b'""') + b'"' if _SPECIAL.search(value) else text
    text = dumps(value)
    return b'"' + text.replace(b'"', b'""') + b'"' if isinstance(value, dict | list) else text
