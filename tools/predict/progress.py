"""Progress on standard error: a bar when a person watches, a line now and then when not, nothing with ``--json``."""

import time
from typing import TextIO

from rich.progress import TaskProgressColumn

from tools.progress_bar import ProgressBar, clock

SECONDS_BETWEEN_LINES = 30.0


class Watcher(ProgressBar):
    """Shows rows, rows a second, errors and the time left, by how much of the input was read."""

    def __init__(self, total_bytes: int, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._total, self._quiet = max(1, total_bytes), quiet
        super().__init__("预测", self._total, TaskProgressColumn(), stream=stream, quiet=quiet)
        self._began = self._told = time.monotonic()
        self._first: tuple[int, int] | None = None

    def __call__(self, rows: int, errors: int, read_bytes: int) -> None:
        """``rows`` are written, ``errors`` of them have none but an error, ``read_bytes`` of the input were read."""
        if self._quiet:
            return
        now = time.monotonic()
        if self._first is None:  # a resumed job did not do the first rows in this time
            self._first, self._began = (rows, read_bytes), now
        if self.bar:
            self.bar.update(
                self.task, completed=read_bytes, description=self._text(rows, errors, read_bytes, now)
            )
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            share = read_bytes / self._total
            print(
                f"预测 {share:.0%} · {self._text(rows, errors, read_bytes, now)}",
                file=self.stream,
                flush=True,
            )

    def _text(self, rows: int, errors: int, read_bytes: int, now: float) -> str:
        first_rows, first_bytes = self._first or (0, 0)
        seconds, moved = now - self._began, read_bytes - first_bytes
        left = (self._total - read_bytes) * seconds / moved if moved > 0 else 0.0
        speed = (rows - first_rows) / seconds if seconds > 0 else 0.0
        wrong = f" · 出错 {errors}" if errors else ""
        return f"{rows} 行{wrong} · {speed:.0f} 行/秒 · 剩余 {clock(left)}"
