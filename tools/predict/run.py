"""One job: a model over a file, into another file."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from chatbot.errors import DataError
from tools.predict.crews import Crew, Here, Processes, in_order
from tools.predict.fingerprint import plan_of
from tools.predict.journal import Journal, Mark
from tools.predict.lines import Place
from tools.predict.rendering import check_names
from tools.predict.table import Format, Table
from tools.predict.work import Done, Piece, Work

Engine: TypeAlias = Literal["local", "ray"]
Say: TypeAlias = Callable[[int, int, int], None]
_MOST_ROWS = 8192
_SECONDS_A_PIECE = 0.1
"""At the end some workers wait for the last piece: the shorter, the less."""


@dataclass(frozen=True, slots=True)
class Result:
    """``seconds`` from the loaded models to the finished file, of which ``rows - resumed`` were predicted now;
    ``processor_seconds`` are those that processors worked on them, this one's with the workers'."""

    output: str
    rows: int
    errors: int
    resumed: int
    seconds: float
    start_seconds: float
    rows_per_second: float
    first_error: str
    processor_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Told:
    """When the models were loaded, the first error, the processors' seconds since."""

    ready: float
    first_error: str = ""
    processor: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """``workers`` processes or actors; with none, the work is done in this process."""

    work: Work
    source: Path
    kind: Format
    output: Path
    workers: int = 1
    engine: Engine = "local"
    restart: bool = False


def run(job: Job, say: Say = lambda *_: None) -> Result:
    """Do ``job``, or what is left of it. The output has its name when it is whole.

    Raises:
        DataError: the input, the output or what is left of an earlier run cannot be used; what was written is kept.
        ModelError, ConfigError: the model cannot be loaded, or no worker can be had.
    """
    begun = time.monotonic()
    before = _stamp(job.source)
    crew = _crew(job)
    journal = Journal(job.output, plan_of(job.work, job.source, job.kind), job.restart)
    told = _Told(begun)
    try:
        if not journal.mark.complete:
            told = _work(job, crew, journal, say)
        if _stamp(job.source) != before:
            raise DataError(job.source, "预测的时候输入文件变了", hint="等它写完，再加 --restart 重跑")
        journal.finish()
        return _result(job, journal, begun, told)
    finally:
        journal.close()


def _work(job: Job, crew: Crew, journal: Journal, say: Say) -> _Told:
    try:
        columns = crew.start()
        check_names(job.work.rendering.appended, columns)
        ready = time.monotonic()
        if not journal.mark.size:
            journal.append(job.work.rendering.header(columns), Mark())
        own = time.process_time()
        first_error, processor = _predict(job, crew, journal, say)
        if job.workers:  # else its own seconds are the worker's
            processor += time.process_time() - own
        return _Told(ready, first_error, processor)
    except BaseException:
        journal.discard_nothing()
        raise
    finally:
        crew.close()


def _predict(job: Job, crew: Crew, journal: Journal, say: Say) -> tuple[str, float]:
    """Append what the pieces give, in order; the first error, with its place, and the workers' processor seconds."""
    table = Table(job.source, job.kind)
    pieces = _Pieces(table, job.work, Place(journal.mark.offset, journal.mark.line))
    first_error, processor = "", 0.0
    try:
        for done in in_order(crew, pieces):
            place, mark = pieces.finished(done), journal.mark
            rows, errors = mark.rows + done.rows, mark.errors + done.errors
            journal.append(done.written, Mark(rows, errors, place.offset, place.line))
            processor += done.processor
            if done.first_error and not first_error:
                first_error = "{}:{}: {}".format(job.source, *done.first_error)
            say(rows, errors, table.read_bytes)
    finally:
        table.close()
    return first_error, processor


class _Pieces:
    """The input cut into pieces of whole batches, so large that each takes a tenth of a second.

    Batches begin at the same rows however the pieces are cut, and wherever an earlier run ended.
    """

    def __init__(self, table: Table, work: Work, start: Place) -> None:
        self._table, self._batch = table, work.batch_size
        self._blocks = table.blocks(start, work.choice.columns, lambda: self._batches * self._batch)
        self._batches = 1
        self._ends: deque[Place] = deque()

    def __iter__(self) -> Iterator[Piece]:
        for rows, lines in self._blocks:
            self._ends.append(self._table.place)
            yield Piece(rows, lines)

    def finished(self, done: Done) -> Place:
        """Where the input goes on after the piece that was done next; its time decides on the size of later ones."""
        rows = min(_MOST_ROWS, done.rows / max(1e-6, done.seconds) * _SECONDS_A_PIECE)
        self._batches = max(1, round(rows) // self._batch)
        return self._ends.popleft()


def _crew(job: Job) -> Crew:
    if job.engine == "ray":
        from tools.predict.ray_crew import RayCrew  # an optional extra

        return RayCrew(job.work, max(1, job.workers))
    return Processes(job.work, job.workers) if job.workers else Here(job.work)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError as error:
        raise DataError(file, f"读不了输入（{error.strerror}）", hint="检查路径") from error
    return status.st_size, status.st_mtime_ns


def _result(job: Job, journal: Journal, begun: float, told: _Told) -> Result:
    seconds, mark = time.monotonic() - told.ready, journal.mark
    return Result(
        output=str(job.output),
        rows=mark.rows,
        errors=mark.errors,
        resumed=journal.resumed,
        seconds=round(seconds, 3),
        start_seconds=round(told.ready - begun, 3),
        rows_per_second=round((mark.rows - journal.resumed) / max(seconds, 1e-9), 1),
        first_error=told.first_error,
        processor_seconds=round(told.processor, 3),
    )
