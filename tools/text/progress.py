"""Progress on standard error: a bar when a person watches, a line now and then when not."""

import time
from typing import TextIO

from tools.progress_bar import ProgressBar, clock

_EVERY = 15.0
"""Seconds between two lines."""


class Watcher(ProgressBar):
    """Shows how much of a run is done, what it says of itself, and the time left."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__("训练", 1.0, stream=stream)
        self._last = -_EVERY

    def __call__(
        self, told: str, done: float, seconds_left: float | None = None, *, now: bool = False
    ) -> None:
        """``done`` is a share of the work; ``now`` prints a line whatever the time."""
        if seconds_left is not None:
            told = f"{told} · 剩余 {clock(seconds_left)}"
        if self.bar:
            self.bar.update(self.task, completed=done, description=told)
        elif now or time.monotonic() - self._last >= _EVERY:
            self._last = time.monotonic()
            print(f"{done:4.0%} · {told}", file=self.stream, flush=True)
