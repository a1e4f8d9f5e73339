"""Where the bundled Redis keeps its files: directories that are ours alone, sockets whose path is short enough."""

import hashlib
import logging
import os
import stat
import tempfile
from pathlib import Path

from chatbot.errors import ConfigError

MAX_SOCKET_PATH = 100
"""A unix socket's path may hold 107 bytes on Linux and 103 on macOS."""

_SOCKET = "redis.sock"
_SOCKET_RECORD = "socket-path"
_log = logging.getLogger("chatbot.session")


def writable_state_dir(wanted: Path) -> Path:
    """``wanted``, created when missing; a directory of ours under the temporary folder when it cannot be written.

    The stand-in is the same for every process that asks for the same ``wanted``, so they still share one server.
    """
    wanted = wanted.absolute()
    try:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted.resolve()
    except OSError as error:
        stand_in = private_temp_dir(wanted)
        _log.warning("状态目录 %s 不能写（%s），会话改存在 %s", wanted, error.strerror, stand_in)
        return stand_in


def socket_path(state_dir: Path) -> Path:
    """Where the server of ``state_dir`` listens: inside it, or in a short temporary directory recorded inside it."""
    inside = state_dir / _SOCKET
    if _fits(inside):
        return inside
    record = state_dir / _SOCKET_RECORD
    if record.exists():
        recorded = Path(record.read_text(encoding="utf-8").strip())
        if _fits(recorded) and _is_private(recorded.parent):
            return recorded
    outside = private_temp_dir(state_dir) / _SOCKET
    scratch = record.with_suffix(f".{os.getpid()}")
    scratch.write_text(f"{outside}\n", encoding="utf-8")
    scratch.replace(record)
    return outside


def private_temp_dir(key: Path) -> Path:
    """A directory only we can enter, the same for the same ``key``; ``ConfigError`` when someone else took its name."""
    name = f"chatbot-{os.getuid()}-{hashlib.sha256(os.fsencode(key)).hexdigest()[:12]}"
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp")):
        directory = Path(parent) / name
        if not _fits(directory / _SOCKET):
            continue
        directory.mkdir(mode=0o700, exist_ok=True)
        if _is_private(directory):
            return directory
        raise ConfigError(f"{directory} 已经存在，而且不只属于当前用户 → 删掉它，或换一个状态目录")
    raise ConfigError(f"临时目录 {tempfile.gettempdir()} 的路径太长，放不下套接字 → 设置 TMPDIR")


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= MAX_SOCKET_PATH


def _is_private(directory: Path) -> bool:
    try:
        status = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
