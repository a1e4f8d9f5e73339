"""What a worker does with a piece of the input: read the rows, predict on them in batches, write the lines."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from chatbot.errors import ChatbotError
from chatbot.json_bytes import loads
from chatbot.json_file import Json, kind_of
from chatbot.predict.base import Input, Item, ItemError, Kind, Outcome, Predictor
from chatbot.predict.batching import predict_each
from chatbot.predict.columns import ColumnPredictor
from chatbot.predict.processors import processor
from chatbot.predict.wire import read_item
from tools.predict.rendering import Renderer, TableRenderer
from tools.predict.rows import Cells, Raw, Rows, listed, part_of

_Written: TypeAlias = tuple[bytes, Sequence[tuple[int, str]]]
"""Lines of the output, and which lines of the input have none for what reason."""
_Read: TypeAlias = tuple[Item | ItemError, Sequence[Json]]
_NUMBERS: Mapping[Kind, type] = {"integer": int, "number": float}
_TEXTS = frozenset({"text", "image"})  # a picture is base64, or stands elsewhere and is fetched
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Choice:
    """``inputs``: (field of an item, column); ``appended``: (name in the output, column)."""

    inputs: tuple[tuple[str, str], ...]
    appended: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row that are wanted, in the order of its cells."""
        return tuple(column for _, column in (*self.inputs, *self.appended))


class Fetch(Protocol):
    """Puts in the place of what items name (a picture's address) what is there. It goes to the workers as it is."""

    def __call__(self, items: Sequence[Item]) -> list[Item | ItemError]:
        """One for each item, in their order."""

    def plan(self) -> Mapping[str, str]:
        """What of it shows in the output, named as the operator names it."""


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker must know; it may be on another machine, where the model has the same path."""

    processor: str
    model_dir: Path
    settings: Mapping[str, Json]
    choice: Choice
    rendering: Renderer
    batch_size: int
    fetch: Fetch | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that come one after another; ``lines`` are where they begin in the input."""

    rows: Rows
    lines: Sequence[int]

    def part(self, start: int, size: int) -> "Piece":
        """``size`` of its rows from ``start`` on."""
        end = start + size
        return Piece(part_of(self.rows, start, end), self.lines[start:end])


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece. ``written`` goes to the output as it is; ``first_error`` is (line, message); ``processor``
    are the seconds that a processor worked on it."""

    written: bytes
    rows: int
    errors: int
    seconds: float
    first_error: tuple[int, str] | None = None
    processor: float = 0.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has its model loaded; ``columns`` are what a prediction holds."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a worker cannot go on."""

    message: str


def made_predictor(work: Work) -> Predictor:
    """The predictor, nothing loaded yet.

    Raises:
        ConfigError, ModelError: no such processor, or the model is not what it should be.
    """
    return processor(work.processor).make(work.model_dir, work.settings)


@dataclass(slots=True)
class Worker:
    """One predictor and what it is to do; ``load`` comes first."""

    work: Work
    _predictor: Predictor | None = None
    _inputs: tuple[Input, ...] = ()
    _columns: tuple[str, ...] = ()
    _by_columns: tuple[ColumnPredictor, TableRenderer] | None = None

    def load(self) -> Ready | Trouble:
        """Load the model and have it predict on its own example."""
        try:
            predictor = self._predictor = made_predictor(self.work)
            predictor.load()
            schema = predictor.describe().schema
            (example,) = predictor.predict([schema.example])
        except Exception as error:  # whatever a model raises, the one who started it is told
            return Trouble(f"{self.work.model_dir}: 模型载入不了：{_said(error)}")
        named = {one.name: one for one in schema.inputs}
        self._inputs = tuple(named[name] for name, _ in self.work.choice.inputs)
        stated = schema.outputs.get("properties")
        found = {} if isinstance(example, ItemError) else example
        self._columns = tuple(dict.fromkeys([*(stated if isinstance(stated, dict) else ()), *found]))
        rendering = self.work.rendering
        plain = self._reads_one_text() and not self.work.fetch
        if plain and isinstance(rendering, TableRenderer) and isinstance(predictor, ColumnPredictor):
            self._by_columns = (predictor, rendering) if rendering.is_table else None
        return Ready(self._columns)

    def run(self, piece: Piece) -> Done | Trouble:
        """The lines of ``piece``, in order; batch by batch, so that what is at hand stays in the processor's cache."""
        begun, worked = time.monotonic(), time.process_time()
        written: list[bytes] = []
        errors, first = 0, None
        size = self.work.batch_size
        try:
            for start in range(0, len(piece.lines), size):
                batch = piece.part(start, size)
                text, wrong = self._by_column(batch) or self._by_row(batch)
                written.append(text)
                errors += len(wrong)
                first = first or next(iter(wrong), None)
        except ChatbotError as error:
            return Trouble(error.message)
        seconds, processor = time.monotonic() - begun, time.process_time() - worked
        return Done(b"".join(written), len(piece.lines), errors, seconds, first, processor)

    def unload(self) -> None:
        """Give the model's memory back; nothing is run afterwards."""
        if self._predictor is not None:
            self._predictor.unload()

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        """The model by itself, on one batch."""
        assert self._predictor is not None, "load comes first"
        return self._predictor.predict(items)

    def _by_column(self, batch: Piece) -> _Written | None:
        """A batch that is whole, by a model that tells its predictions by the column; ``None`` for any other."""
        if self._by_columns is None or not isinstance(batch.rows, Cells):
            return None
        predictor, rendering = self._by_columns
        texts, *appended = batch.rows.columns
        items = self._plain_items(texts)
        if items is None:
            return None
        try:
            found = predictor.predict_columns(items)
        except Exception:  # whatever a model raises: item by item it is told which one fails, and why
            return None
        return None if found is None else (rendering.table(found, appended, self._columns), ())

    def _by_row(self, batch: Piece) -> _Written:
        read = self.read_all(listed(batch.rows))
        outcomes = self._predicted([item for item, _ in read])
        cells = [appended for _, appended in read]
        wrong = [
            (line, one.message)
            for line, one in zip(batch.lines, outcomes, strict=True)
            if type(one) is ItemError
        ]
        return self.work.rendering.rows(outcomes, batch.lines, cells, self._columns), wrong

    def _predicted(self, items: Sequence[Item | ItemError]) -> list[Outcome]:
        good = [item for item in items if not isinstance(item, ItemError)]
        if not good:
            return list(items)
        found = predict_each(self.predict, good, _failed)
        if len(good) == len(items):
            return found
        predicted = iter(found)
        return [item if isinstance(item, ItemError) else next(predicted) for item in items]

    # ------------------------------------------------------------------ reading

    def read_all(self, rows: Sequence[Raw]) -> list[_Read]:
        """As ``read``, with what the items name in their place."""
        read = self._plain_texts(rows) or [self.read(raw) for raw in rows]
        if self.work.fetch is None:
            return read
        fetched = iter(self.work.fetch([item for item, _ in read if not isinstance(item, ItemError)]))
        return [(item if isinstance(item, ItemError) else next(fetched), cells) for item, cells in read]

    def read(self, raw: Raw) -> _Read:
        """The item of a row, or why there is none; and the cells that are appended."""
        if isinstance(raw, tuple):
            return self._read_cells(raw)
        if isinstance(raw, bytes):
            return self._read_json(raw)
        return ItemError("invalid_row", raw.message), raw.cells[len(self._inputs) :]

    def _reads_one_text(self) -> bool:
        return len(self._inputs) == 1 and self._inputs[0].kind in _TEXTS

    def _plain_texts(self, rows: Sequence[Raw]) -> list[_Read] | None:
        """What ``_read_cells`` makes of rows that all have one text fit as it stands, told of all of them together."""
        if not self._reads_one_text() or set(map(type, rows)) != {tuple}:
            return None
        cells = cast("Sequence[tuple[str, ...]]", rows)
        items = self._plain_items([row[0] for row in cells])
        return None if items is None else [(item, row[1:]) for item, row in zip(items, cells, strict=True)]

    def _plain_items(self, texts: Sequence[str]) -> list[Item] | None:
        """The items that have one of ``texts`` each as their only input, where all are fit as they stand."""
        one = self._inputs[0]
        longest = max(map(len, texts))
        if longest > one.most or not all(texts) or any(map(str.isspace, texts)) or "\0" in "".join(texts):
            return None
        return [{one.name: text} for text in texts]

    def _read_cells(self, cells: tuple[str, ...]) -> _Read:
        """Most texts of a file are fit as they stand; seeing that here is several times as fast as ``read_item``."""
        fields: dict[str, Json] = {}
        fit = True
        for one, cell in zip(self._inputs, cells, strict=False):
            as_text = one.kind in _TEXTS
            if as_text and 0 < len(cell) <= one.most and "\0" not in cell and not cell.isspace():
                fields[one.name] = cell
            elif cell or one.required:
                fields[one.name] = cell if as_text else _typed(cell, one.kind)
                fit = False
        appended = cells[len(self._inputs) :]
        return (fields if fit else read_item(fields, self._inputs)), appended

    def _read_json(self, line: bytes) -> _Read:
        try:
            value = loads(line)
        except (ValueError, RecursionError) as error:
            reason = "不是 UTF-8" if isinstance(error, UnicodeDecodeError) else f"不是合法的 JSON（{error}）"
            return ItemError("invalid_row", f"{reason} → 一行写一个 JSON 对象"), ()
        if not isinstance(value, dict):
            return ItemError("invalid_row", f"是{kind_of(value)} → 一行写一个 JSON 对象"), ()
        choice = self.work.choice
        fields = {name: value[column] for name, column in choice.inputs if column in value}
        return read_item(fields, self._inputs), [value.get(column) for _, column in choice.appended]


def _typed(cell: str, kind: Kind) -> Json:
    """A cell as the number or truth value it is to be; as it stands when it is none, which ``read_item`` tells."""
    if kind == "boolean":
        return _BOOLEANS.get(cell.strip().lower(), cell)
    try:
        found: Json = _NUMBERS[kind](cell)
    except ValueError:
        return cell
    return found


def _failed(error: Exception) -> ItemError:
    """The operator who runs a model over a file may see what it said."""
    return ItemError("prediction_failed", f"这一条算不出来（{_said(error)}）→ 改这一条，或报告给模型的作者")


def _said(error: Exception) -> str:
    if isinstance(error, ChatbotError):
        return error.message
    return f"{type(error).__name__}: {error}"
