"""What a rebuild does on the disk beside the index: one at a time, put in place by renames, the last two versions kept."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from chatbot.errors import DataError
from chatbot.faq_modules.choice_file import CHOICE_FILE
from chatbot.faq_modules.dataset import QUESTIONS
from chatbot.faq_modules.features import read_header, refresh_cache
from tools.features.lines import Bounds, FeatureLines
from tools.index.choice import FittedChoice, publish_choice

VERSIONS = ".versions"
_BYTES_A_LINE = 40


def publish(fresh: Path, target: Path, *, with_cache: bool = True) -> None:
    """Put a hard link (or a copy) of ``fresh`` beside ``target`` and rename it over; then write the cache, where wanted.

    Raises:
        DataError: the disk does not take it; ``target`` is untouched.
    """
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.unlink(missing_ok=True)
        try:
            os.link(fresh, beside)
        except OSError:
            shutil.copy2(fresh, beside)  # its time names the large index
        os.replace(beside, target)
    except OSError as error:
        raise DataError(
            target, f"发布不了：{error.strerror}", hint="旧索引未动；腾出空间或改权限后重跑"
        ) from error
    if not with_cache:
        return
    with contextlib.suppress(OSError):  # a cache only saves time
        refresh_cache(target)


def put_choice(choice: FittedChoice, folder: Path) -> None:
    """``publish_choice``, a full disk said as a fault of the data."""
    try:
        publish_choice(choice, folder)
    except OSError as error:
        hint = "旧索引未动；腾出空间或改权限后重跑"
        raise DataError(folder / CHOICE_FILE, f"发布不了：{error.strerror}", hint=hint) from error


def made_by(target: Path, fingerprint: str) -> bool:
    """Whether there are features, and of this encoder."""
    try:
        return read_header(target).fingerprint == fingerprint
    except DataError:
        return False


def likely_texts(folder: Path) -> int:
    """About how many paraphrases the FAQ in ``folder`` has, none of them read."""
    with contextlib.suppress(OSError), os.scandir(folder / QUESTIONS) as files:
        return sum(file.stat().st_size for file in files) // _BYTES_A_LINE
    return 0


def old_lines(target: Path, fingerprint: str, bounds: Bounds | None = None) -> FeatureLines | None:
    """The published lines, when they are of this encoder and whole; else none. ``bounds`` are theirs, where known."""
    try:
        lines = FeatureLines(target, bounds)
        return lines if lines.header.fingerprint == fingerprint and lines.keys else None
    except DataError:
        return None


@contextlib.contextmanager
def alone(versions: Path) -> Iterator[None]:
    """Hold the folder's lock.

    Raises:
        DataError: another rebuild holds it, or the folder cannot be written.
    """
    try:
        versions.mkdir(exist_ok=True)
        lock = (versions / "lock").open("w")
    except OSError as error:
        raise DataError(versions, f"写不了：{error.strerror}", hint="旧索引未动；检查权限和空间") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(versions, "另一个重建正在进行", hint="等它结束再跑") from error
        yield


def forget_others(versions: Path, kept: Path) -> None:
    """Keep the version just published and the newest before it."""
    others = [path for path in versions.iterdir() if path.is_dir() and path != kept]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[1:]:
        shutil.rmtree(path, ignore_errors=True)
