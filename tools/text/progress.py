"""Progress on standard error: a bar when a person watches, a line now and then when not."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

_EVERY = 15.0
"""Seconds between two lines."""


class Watcher:
    """Shows how much of a run is done, what it says of itself, and the time left."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._last = -_EVERY
        self._bar: Progress | None = None
        if self._stream.isatty():
            columns = TextColumn("训练"), BarColumn(), TextColumn("{task.description}")
            self._bar = Progress(*columns, console=Console(file=self._stream))
            self._task = self._bar.add_task("", total=1.0)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(
        self, told: str, done: float, seconds_left: float | None = None, *, now: bool = False
    ) -> None:
        """``done`` is a share of the work; ``now`` prints a line whatever the time."""
        if seconds_left is not None:
            minutes, rest = divmod(round(seconds_left), 60)
            told = f"{told} · 剩余 {minutes}:{rest:02d}"
        if self._bar:
            self._bar.update(self._task, completed=done, description=told)
        elif now or time.monotonic() - self._last >= _EVERY:
            self._last = time.monotonic()
            print(f"{done:4.0%} · {told}", file=self._stream, flush=True)
