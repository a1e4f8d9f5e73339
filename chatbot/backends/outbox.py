"""Letters on the disk until someone has taken them: one file each, locked by whoever is delivering it.

The lock is a flock, so a process that dies lets go of its letters, and any other may deliver them.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

from chatbot.frozen import dataclass

_SUFFIX = ".json"


@dataclass(slots=True)
class Letter:
    """A message to deliver: its id (also the file's name), its body, how often it was tried."""

    letter_id: str
    body: dict[str, Any]
    attempts: int = 0
    reason: str = ""
    descriptor: int | None = field(default=None, repr=False)


class Outbox:
    """The letters in ``folder``. A disk that does not take them is an ``OSError``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, letter: Letter) -> None:
        """Write ``letter`` in one piece, and hold it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._folder / f".{letter.letter_id}.{os.getpid()}"
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            fields = {"body": letter.body, "attempts": letter.attempts, "reason": letter.reason}
            _write_all(descriptor, json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"))
            os.fsync(descriptor)
            beside.replace(self._path(letter.letter_id))
        except BaseException:
            os.close(descriptor)
            beside.unlink(missing_ok=True)
            raise
        self.let_go(letter)
        letter.descriptor = descriptor

    def let_go(self, letter: Letter) -> None:
        """Leave it for others."""
        descriptor, letter.descriptor = letter.descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def delivered(self, letter: Letter) -> None:
        """Take it off the disk."""
        with contextlib.suppress(OSError):
            self._path(letter.letter_id).unlink(missing_ok=True)
        self.let_go(letter)

    def waiting(self) -> list[str]:
        """Ids of all letters, the oldest first, held or not."""
        return sorted(file.stem for file in self._folder.glob(f"*{_SUFFIX}") if not file.name.startswith("."))

    def take_all(self) -> Iterator[Letter]:
        """Letters that nobody holds, oldest first; held from then on."""
        for letter_id in self.waiting():
            letter = self._take(letter_id)
            if letter is not None:
                yield letter

    def _take(self, letter_id: str) -> Letter | None:
        try:
            descriptor = os.open(self._path(letter_id), os.O_RDWR)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:  # else it was delivered while we waited
                with os.fdopen(os.dup(descriptor), "rb") as file:
                    fields = json.loads(file.read())
                return Letter(
                    letter_id,
                    dict(fields["body"]),
                    int(fields["attempts"]),
                    str(fields["reason"]),
                    descriptor,
                )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        os.close(descriptor)
        return None

    def _path(self, letter_id: str) -> Path:
        return self._folder / f"{letter_id}{_SUFFIX}"


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
