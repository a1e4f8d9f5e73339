"""The production runner: gunicorn, the application loaded once and shared by all workers after the fork.

The settings below were chosen by measurement: docs/serving.md.
"""

import errno
import fcntl
import gc
import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from chatbot.config import EngineConfig
from chatbot.errors import ConfigError
from chatbot.session.state_dir import writable_state_dir

THREADS = 4
BACKLOG = 2048
YOUNG_OBJECTS = 20_000
"""Objects made before the collector looks for cycles. A turn makes none of its own; Python's default of 700 has it look
through the objects of turns in progress several times a turn."""

_GRACEFUL_SECONDS = 10
_KEEPALIVE_SECONDS = 15
_METRICS_PREFIX = "metrics-"
_METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_LOG = logging.getLogger("chatbot.wsgi")


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Build = Callable[[], tuple[Wsgi, Callable[[], None]]]
"""Makes the WSGI application and what closes it; called once, in the master."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how one service runs. ``memory_mb`` is a limit to warn of; ``None`` means there is none.

    A worker that is silent for ``request_timeout`` seconds is replaced.
    """

    service_name: str
    host: str
    port: int
    workers: int
    memory_mb: int | None = None
    request_timeout: int = 30


def default_workers() -> int:
    """One worker for each processor this process may use, four at most."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def serve(config: EngineConfig, serving: Serving, ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it. ``ready`` is told the address to open once connections are accepted.

    Raises:
        ConfigError, DataError: what cannot be served or listened on; before any worker is started.
        SystemExit: at the end.
    """
    gc.disable()  # until the service is ready: what is loaded stays, and looking for garbage in it takes a tenth
    listeners = bind(serving)

    def build() -> tuple[Wsgi, Callable[[], None]]:
        # Imported here because prometheus_client reads the metrics folder when it is imported
        from chatbot.app import build_service
        from chatbot.web import create_web_app

        service = build_service(config)
        return create_web_app(service, config, serving.service_name), service.close

    with _metrics_dir(config.state_dir):
        Application(serving, listeners, build, ready).run()


def bind(serving: Serving) -> list[socket.socket]:
    """One listening socket a worker, all at the address of ``serving``, before anything slow is done.

    The kernel deals connections out to them evenly. Workers that share one socket do not: the first to wake takes
    most of a burst, and one processor idles. The master keeps all of them, so what waits for a killed worker is
    answered by the one that replaces it.

    Raises:
        ConfigError: the port is taken, may not be used, or the host is not this machine's.
    """
    host, port = serving.host, serving.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as alone:  # fails when anyone else listens
            port = alone.getsockname()[1]
        shared = hasattr(socket, "SO_REUSEPORT")
        return [
            socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
            for _ in range(serving.workers if shared else 1)
        ]
    except socket.gaierror as error:
        raise ConfigError(
            f"--host {host}: 不认识这个主机名 → 写 127.0.0.1（本机）或 0.0.0.0（所有网卡）"
        ) from error
    except OSError as error:
        raise ConfigError(_bind_message(host, port, error)) from error


def address_to_open(host: str, port: int) -> str:
    """What a person on this machine types into a browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _bind_message(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用（{host}:{port}）→ 用 --port 换一个端口，或停掉占用它的程序"
    if error.errno == errno.EACCES:
        return f"没有权限监听端口 {port} → 用 --port 换一个 1024 以上的端口"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} 不是这台机器的地址 → --host 写 127.0.0.1（本机）或 0.0.0.0（所有网卡）"
    return f"不能监听 {host}:{port}：{error.strerror} → 用 --host 和 --port 换一个地址"


@contextmanager
def _metrics_dir(state_dir: Path) -> Iterator[None]:
    """An empty folder for the workers' counters, named in the environment before ``prometheus_client`` reads it.

    A lock held by master and workers marks it as used; folders that a killed service left behind are removed.
    """
    state_dir = writable_state_dir(state_dir)
    for left in state_dir.glob(f"{_METRICS_PREFIX}*"):
        with _locked(left) as unused:
            if unused and _is_older(left, 60):  # another service may be about to take its lock
                shutil.rmtree(left, ignore_errors=True)
    folder, master = Path(tempfile.mkdtemp(prefix=_METRICS_PREFIX, dir=state_dir)), os.getpid()
    os.environ[_METRICS_VARIABLE] = str(folder)
    try:
        with _locked(folder):
            yield
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


class _JsonLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own messages go where all others go; it writes no access log (each turn has its line)."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO if _LOG.isEnabledFor(logging.DEBUG) else logging.WARNING)


class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One service under gunicorn. The master owns what ``build`` opens; workers share it after the fork."""

    def __init__(
        self,
        serving: Serving,
        listeners: list[socket.socket],
        build: Build,
        ready: Callable[[str], None] = lambda url: None,
    ) -> None:
        self._serving, self._build, self._ready = serving, build, ready
        self._port = listeners[0].getsockname()[1]
        self._descriptors = [listener.detach() for listener in listeners]
        self._close: Callable[[], None] = lambda: None
        super().__init__()

    def load_config(self) -> None:
        """Every setting that matters is named here; nothing is read from gunicorn's own files or variables."""
        settings = {
            "bind": [f"fd://{descriptor}" for descriptor in self._descriptors],
            "backlog": BACKLOG,
            "workers": self._serving.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "timeout": self._serving.request_timeout,
            "graceful_timeout": _GRACEFUL_SECONDS,
            "keepalive": _KEEPALIVE_SECONDS,
            "max_requests": 0,
            "logger_class": _JsonLogger,
            "accesslog": None,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
            "proc_name": self._serving.service_name,
            "when_ready": lambda _: self._on_ready(),
            "pre_fork": _give_listener,
            "child_exit": lambda _, worker: _forget(worker.pid),
            "on_exit": lambda _: self._close(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        """The WSGI application, built in the master."""
        app, self._close = self._build()
        return app

    def _on_ready(self) -> None:
        gc.collect()
        gc.enable()
        gc.freeze()  # what the master holds is never scanned again, so workers do not copy its pages
        gc.set_threshold(YOUNG_OBJECTS)
        self._warn_of_memory()
        self._ready(address_to_open(self._serving.host, self._port))

    def _warn_of_memory(self) -> None:
        limit, used = self._serving.memory_mb, _resident_mb()
        if limit is not None and used * (self._serving.workers + 1) > limit:
            _LOG.warning(
                "memory: %d processes of up to %d MB may need more than the %d MB of the service description"
                " → fewer instances or a larger metadata.memory",
                self._serving.workers + 1,
                used,
                limit,
            )


def _give_listener(arbiter: Any, worker: Any) -> None:
    """Each worker accepts from one socket: the one that no living worker has, or any when there are more workers."""
    taken = [id(listener) for living in arbiter.WORKERS.values() for listener in living.sockets]
    worker.sockets = [min(arbiter.LISTENERS, key=lambda listener: taken.count(id(listener)))]


def _forget(pid: int) -> None:
    """A worker has gone: its gauges go, its counters stay."""
    folder = os.environ.get(_METRICS_VARIABLE)
    if folder:
        from prometheus_client.multiprocess import mark_process_dead  # only after the variable is set

        mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def _resident_mb() -> int:
    """Resident memory of this process, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
