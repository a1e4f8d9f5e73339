"""Rows on a file before the reply goes out, so that a process that is killed takes none with it.

One ``write`` in append mode a row, no ``fsync``: what was written is the kernel's, and outlives the process; a power cut
may take the last second. A process has two files and writes to one of them; when the rows of the other are in the
database it is emptied, and they change places. A lock on both says that their process lives. The files of one that
does not are read by whichever worker looks next (``leftovers``); rows that were in the database all the same have
their keys and change nothing.
"""

import contextlib
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = "journal"
_SUFFIX, _BEING_MADE = ".jsonl", ".new"
_TRY_AGAIN_SECONDS = 10.0
_LOG = logging.getLogger("chatbot.store")


class Journal:
    """The two files of this process. Calls must not overlap: the writer's lock sees to that. Nothing here raises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[tuple[int, Path]] = []
        self._active, self._torn = 0, False
        self._open_at = 0.0
        self.missed = 0
        """Rows that could not be written since the files were opened: they are in memory alone."""

    def write(self, line: bytes) -> None:
        """Append ``line`` (without its end)."""
        if not self._files and not self._opened():
            self.missed += 1
            return
        record = b"\n" + line + b"\n" if self._torn else line + b"\n"
        try:
            written = os.write(self._files[self._active][0], record)
        except OSError as error:
            self._missed(error.strerror)
            return
        self._torn = written != len(record)
        if self._torn:
            self._missed("written in part")

    def roll(self) -> None:
        """From now on write to the other file, which is empty."""
        self._active, self._torn = 1 - self._active, False

    def forget(self) -> None:
        """What was written before ``roll`` is in the database."""
        if self._files:
            with contextlib.suppress(OSError):
                os.ftruncate(self._files[1 - self._active][0], 0)

    def close(self, *, keep: bool) -> None:
        """Let go of the files; with ``keep`` they stay for whoever starts next."""
        files, self._files = self._files, []
        for descriptor, path in files:
            if not keep:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            os.close(descriptor)

    def _opened(self) -> bool:
        now = time.monotonic()
        if now < self._open_at:
            return False
        self._open_at = now + _TRY_AGAIN_SECONDS
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(2):
                path = self._folder / f"{name}-{number}{_SUFFIX}"
                self._files.append((_locked_file(path), path))
        except OSError as error:
            self.close(keep=False)
            _LOG.warning("journal: %s: %s; rows are in memory alone", self._folder, error.strerror)
            return False
        return True

    def _missed(self, reason: str | None) -> None:
        if not self.missed:
            _LOG.warning("journal: %s: %s; rows are in memory alone", self._folder, reason)
        self.missed += 1


def _locked_file(path: Path) -> int:
    """A new file and its lock; it has its name only when it is locked, or else it would be taken for a leftover."""
    made = path.with_suffix(_BEING_MADE)
    descriptor = os.open(made, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made.rename(path)
    except OSError:
        os.close(descriptor)
        made.unlink(missing_ok=True)
        raise
    return descriptor


def leftovers(folder: Path) -> Iterator[list[bytes]]:
    """The lines of each file whose process is gone; a file is deleted when the next one is asked for.

    A line that was cut off is left in: it is no JSON. Files that cannot be read stay where they are.
    """
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue  # someone else has just dealt with it, or it is not ours to read
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lines = path.read_bytes().split(b"\n")
        except OSError:
            os.close(descriptor)
            continue
        try:
            yield [line for line in lines if line]
            path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)
