"""What a backup holds: the configuration's folder, and of the state what must last (not sessions, not counters)."""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import chatbot
from chatbot.backup.archive import BackupError, Manifest, tree, write_archive
from chatbot.config import SETTINGS, EngineConfig

STORE_FILE = "store.db"
OUTBOX = "handoffs"
LOCK_SECONDS = 60.0
_LEFT_BEHIND = ("lock", "__pycache__")
_DATA_KINDS = ("dir", "file")


def make_backup(config: EngineConfig, output: Path, *, overwrite: bool = False) -> Manifest:
    """Write the archive ``output``. The service may go on meanwhile: the database is copied as of one moment, and a
    rebuild of the index that runs is waited for.

    Raises:
        BackupError: ``output`` exists and ``overwrite`` is false, or something could not be read or written.
    """
    if output.exists() and not overwrite:
        raise BackupError(f"{output} 已经存在 → 换一个名字，或加 --force")
    about = Manifest(
        config=config.source.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        app_version=chatbot.__version__,
        entries=(),
        left_out=tuple(_left_out(config)),
    )
    with tempfile.TemporaryDirectory(prefix="chatbot-backup-") as name, _no_rebuild(config.faq_data_dir):
        files = [*_data(config, output), *_state(config, Path(name))]
        return write_archive(output, files, about)


def _data(config: EngineConfig, output: Path) -> Iterator[tuple[str, Path]]:
    for path, file in tree(config.source.parent):
        if file.suffix != ".cache" and not set(path.parts) & set(_LEFT_BEHIND) and not _same(file, output):
            yield f"data/{path}", file


def _same(file: Path, output: Path) -> bool:
    return file.name.lstrip(".").startswith(output.name) and file.parent.resolve() == output.parent.resolve()


def _state(config: EngineConfig, scratch: Path) -> Iterator[tuple[str, Path]]:
    store = config.state_dir / STORE_FILE
    if not config.store_url and store.is_file():
        yield f"state/{STORE_FILE}", _copied(store, scratch / STORE_FILE)
    if config.bad_case_log.is_file():
        yield "state/bad_cases.jsonl", config.bad_case_log
    if (config.state_dir / OUTBOX).is_dir():
        for path, file in tree(config.state_dir / OUTBOX):
            if not path.name.startswith("."):
                yield f"state/{OUTBOX}/{path}", file


def _copied(store: Path, copy: Path) -> Path:
    """The database as of one moment, by SQLite's own backup: writers are not stopped, nothing is half in it."""
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise BackupError(f"{store}: 数据库读不出来（{error}）→ 检查文件，或等写入结束后再备份") from error
    return copy


def _left_out(config: EngineConfig) -> Iterator[str]:
    """What the configuration names and this archive does not hold."""
    home = config.source.parent.resolve()
    for setting in SETTINGS:
        value = getattr(config, setting.name)
        outside = isinstance(value, Path) and not value.resolve().is_relative_to(home)
        if setting.kind in _DATA_KINDS and outside:
            yield f"{setting.name}: {value} 在配置目录之外 → 另行备份"
    if config.store_url:
        yield "store_url: 数据库不在归档里 → 用它自己的工具备份，如 pg_dump"
    for place, folders, _ in os.walk(home):
        yield from (
            f"{Path(place) / name} 是链接 → 另行备份" for name in folders if (Path(place) / name).is_symlink()
        )


@contextlib.contextmanager
def _no_rebuild(faq_data_dir: Path) -> Iterator[None]:
    """Share the lock that a rebuild holds alone.

    Raises:
        BackupError: a rebuild did not end within ``LOCK_SECONDS``.
    """
    try:
        lock = (faq_data_dir / ".versions" / "lock").open("rb")
    except OSError:  # never rebuilt here, or not ours to read: then nothing is being rebuilt by us either
        yield
        return
    deadline = time.monotonic() + LOCK_SECONDS
    with lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise BackupError(f"{faq_data_dir}: 索引正在重建 → 等它结束再备份") from error
                time.sleep(0.1)
        yield
