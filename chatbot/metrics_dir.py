"""The folder in which the workers of one service share their counters and its status."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.service_status import METRICS_VARIABLE, SERVICE_FOLDERS
from chatbot.session.state_dir import writable_state_dir


@contextmanager
def metrics_dir(state_dir: Path) -> Iterator[Path]:
    """An empty folder for status and counters, named in the environment before ``prometheus_client`` reads it.

    A lock held by master and workers marks it as used; folders that a killed service left behind are removed.
    """
    state_dir = writable_state_dir(state_dir)
    for left in state_dir.glob(f"{SERVICE_FOLDERS}*"):
        with _locked(left) as unused:
            if unused and _is_older(left, 60):  # another service may be about to take its lock
                shutil.rmtree(left, ignore_errors=True)
    folder, master = Path(tempfile.mkdtemp(prefix=SERVICE_FOLDERS, dir=state_dir)), os.getpid()
    os.environ[METRICS_VARIABLE] = str(folder)
    try:
        with _locked(folder):
            yield folder
    finally:
        if os.getpid() == master:  # a worker that ends comes by here too
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether the lock of ``folder`` could be taken; held until the end, by forks until theirs."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = True
    except OSError:
        held = False
    try:
        yield held
    finally:
        os.close(descriptor)


def _is_older(folder: Path, seconds: float) -> bool:
    try:
        return folder.stat().st_mtime < time.time() - seconds
    except OSError:
        return False
