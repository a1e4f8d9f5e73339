"""Restoring: unpacked and checked beside the target first, then put in place by renames; a failure puts all back."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chatbot.backup.archive import BackupError, Manifest, unpack
from chatbot.service_status import living_services

_DATABASE_FILES = ("store.db-wal", "store.db-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where that which stood there before is kept now."""

    manifest: Manifest
    state_dir: Path
    kept: tuple[Path, ...]


def restore_backup(
    archive: Path, data_dir: Path, state_of: Callable[[Path], Path], *, overwrite: bool = False
) -> Restored:
    """Put the archive's data at ``data_dir`` and its state where ``state_of`` says, which is given the configuration
    file among what was unpacked. Whatever goes wrong, both are as before.

    Raises:
        BackupError: the archive is no good, something stands there and ``overwrite`` is false, or a service runs.
    """
    staging = data_dir.with_name(f".{data_dir.name}.restoring-{os.getpid()}")
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        manifest = unpack(archive, staging)
        if not (staging / "data" / manifest.config).is_file():
            raise BackupError(f"{archive}: 里面没有配置文件 {manifest.config} → 换一份备份")
        state_dir = state_of(staging / "data" / manifest.config)
        _refuse_running(state_dir)
        planned = _planned(staging, data_dir, state_dir)
        standing = [target for _, target in planned if target.exists()]
        if standing and not overwrite:
            raise BackupError(f"{standing[0]} 已经存在 → 换一个 --data-dir，或加 --force（原来的会改名留存）")
        return Restored(manifest, state_dir, _put_in_place(planned, state_dir))
    except OSError as error:
        raise BackupError(f"{data_dir}: 没有恢复成（{error}），原来的没有动 → 检查权限和磁盘空间") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refuse_running(state_dir: Path) -> None:
    running = [status.pid for _, status in living_services(state_dir)]
    if running:
        raise BackupError(f"进程 {running[0]} 正在用 {state_dir} → 先停掉服务再恢复")


def _planned(staging: Path, data_dir: Path, state_dir: Path) -> list[tuple[Path, Path]]:
    planned = [(staging / "data", data_dir)]
    state = staging / "state"
    if state.is_dir():
        planned += [(entry, state_dir / entry.name) for entry in sorted(state.iterdir())]
    return planned


def _put_in_place(planned: list[tuple[Path, Path]], state_dir: Path) -> tuple[Path, ...]:
    stamp, kept = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns()}", list[Path]()
    undo: list[Callable[[], object]] = []
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        leftovers = [state_dir / name for name in _DATABASE_FILES]  # of the database that is being replaced
        for target in (*(target for _, target in planned), *leftovers):
            if target.exists():
                aside = target.with_name(f"{target.name}.before-restore-{stamp}")
                target.rename(aside)
                undo.append(lambda aside=aside, target=target: aside.rename(target))  # type: ignore[misc]
                kept.append(aside)
        for source, target in planned:
            _move(source, target)
            undo.append(lambda target=target: _remove(target))  # type: ignore[misc]
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    return tuple(kept)


def _move(source: Path, target: Path) -> None:
    """A rename; over file systems a copy beside the target, then a rename."""
    try:
        source.rename(target)
    except OSError:
        beside = target.with_name(f".{target.name}.restoring-{os.getpid()}")
        try:
            shutil.copytree(source, beside) if source.is_dir() else shutil.copy2(source, beside)
            beside.rename(target)
        except BaseException:
            _remove(beside)
            raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
