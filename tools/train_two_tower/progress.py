"""Progress on standard error: a bar when a person watches, a line now and then when not."""

from typing import TextIO

from rich.progress import MofNCompleteColumn

from tools.progress_bar import ProgressBar, clock
from tools.train_two_tower.loop import Status


class Watcher(ProgressBar):
    """Shows each step's loss, the last recall@1 and the time left."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__("训练", None, MofNCompleteColumn(), stream=stream)
        self._recall = "—"

    def __call__(self, status: Status) -> None:
        if status.recall_at_1 is not None:
            self._recall = f"{status.recall_at_1:.4f}"
        told = f"loss {status.loss:.4f} · recall@1 {self._recall} · 剩余 {clock(status.seconds_left)}"
        if self.bar:
            self.bar.update(self.task, completed=status.step, total=status.total_steps, description=told)
        elif status.recall_at_1 is not None:
            print(f"步 {status.step}/{status.total_steps} · 轮 {status.epoch + 1} · {told}", file=self.stream)
