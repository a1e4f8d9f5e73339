"""The lock between who swaps files in and who reads them: readers see all of a version or none of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "publish.lock"


@contextmanager
def reading(versions_dir: Path) -> Iterator[None]:
    """Wait out a swap (milliseconds), then hold off the next. Without a lock file nothing was ever published."""
    try:
        descriptor = os.open(versions_dir / LOCK_FILE, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def swapping(versions_dir: Path) -> Iterator[None]:
    """Wait until nobody reads, then be alone. Raises ``OSError`` when the folder cannot be written."""
    versions_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(versions_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
