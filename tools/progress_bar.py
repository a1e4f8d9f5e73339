"""What every progress display of the tools shares: a bar when a person watches, nothing of it when not."""

import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn


class ProgressBar:
    """The bar, named ``title``, with ``columns`` between it and its text; ``bar`` is ``None`` where none is drawn."""

    def __init__(
        self,
        title: str,
        total: float | None,
        *columns: ProgressColumn,
        stream: TextIO | None = None,
        quiet: bool = False,
    ) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.bar: Progress | None = None
        if not quiet and self.stream.isatty():
            shown = TextColumn(title), BarColumn(), *columns, TextColumn("{task.description}")
            self.bar = Progress(*shown, console=Console(file=self.stream))
            self.task = self.bar.add_task("", total=total)

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()


def clock(seconds: float) -> str:
    """``seconds`` as 3:05, from an hour on as 1:03:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"
