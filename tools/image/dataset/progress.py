"""Progress over pictures on standard error: a bar when a person watches, nothing when not."""

from typing import TextIO

from tools.progress_bar import ProgressBar

_EVERY = 16


class Bar(ProgressBar):
    """Counts pictures; how many there will be is not known before."""

    def __init__(self, quiet: bool = False, stream: TextIO | None = None) -> None:
        super().__init__("图片", None, stream=stream, quiet=quiet)

    def __call__(self, done: int) -> None:
        """``done`` pictures so far."""
        if self.bar and done % _EVERY == 0:
            self.bar.update(self.task, completed=done, description=f"{done} 张")
