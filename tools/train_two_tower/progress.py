"""Progress on standard error: a bar when a person watches, a line now and then when not."""

import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tools.train_two_tower.loop import Status


class Watcher:
    """Shows each step's loss, the last recall@1 and the time left."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = sys.stderr if stream is None else stream
        self._stream, self._recall = stream, "—"
        self._bar = self._task = None
        if stream.isatty():
            columns = TextColumn("训练"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
            self._bar = Progress(*columns, console=Console(file=stream))
            self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, status: Status) -> None:
        if status.recall_at_1 is not None:
            self._recall = f"{status.recall_at_1:.4f}"
        told = f"loss {status.loss:.4f} · recall@1 {self._recall} · 剩余 {_clock(status.seconds_left)}"
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=status.step, total=status.total_steps, description=told)
        elif status.recall_at_1 is not None:
            print(
                f"步 {status.step}/{status.total_steps} · 轮 {status.epoch + 1} · {told}", file=self._stream
            )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
