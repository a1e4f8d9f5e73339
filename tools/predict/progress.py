"""Progress on standard error: a bar when a person watches, a line now and then when not, nothing with ``--json``."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

SECONDS_BETWEEN_LINES = 30.0


class Watcher:
    """Shows rows, rows a second, errors and the time left, by how much of the input was read."""

    def __init__(self, total_bytes: int, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._total, self._quiet = max(1, total_bytes), quiet
        self._began = self._told = time.monotonic()
        self._first: tuple[int, int] | None = None
        self._bar: Progress | None = None
        if not quiet and self._stream.isatty():
            columns = TextColumn("预测"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}")
            self._bar = Progress(*columns, console=Console(file=self._stream))
            self._task = self._bar.add_task("", total=self._total)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, rows: int, errors: int, read_bytes: int) -> None:
        """``rows`` are written, ``errors`` of them have none but an error, ``read_bytes`` of the input were read."""
        if self._quiet:
            return
        now = time.monotonic()
        if self._first is None:  # a resumed job did not do the first rows in this time
            self._first, self._began = (rows, read_bytes), now
        if self._bar:
            self._bar.update(
                self._task, completed=read_bytes, description=self._text(rows, errors, read_bytes, now)
            )
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            share = read_bytes / self._total
            print(
                f"预测 {share:.0%} · {self._text(rows, errors, read_bytes, now)}",
                file=self._stream,
                flush=True,
            )

    def _text(self, rows: int, errors: int, read_bytes: int, now: float) -> str:
        first_rows, first_bytes = self._first or (0, 0)
        seconds, moved = now - self._began, read_bytes - first_bytes
        left = (self._total - read_bytes) * seconds / moved if moved > 0 else 0.0
        speed = (rows - first_rows) / seconds if seconds > 0 else 0.0
        wrong = f" · 出错 {errors}" if errors else ""
        return f"{rows} 行{wrong} · {speed:.0f} 行/秒 · 剩余 {_clock(left)}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"
