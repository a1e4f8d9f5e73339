"""The production runner: gunicorn, the application loaded once and shared by all workers after the fork.

The settings below were chosen by measurement: docs/serving.md.
"""

import errno
import fcntl
import gc
import itertools
import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from chatbot.config import EngineConfig
from chatbot.errors import ChatbotError, ConfigError
from chatbot.rolling import PatientWorker, RollingArbiter
from chatbot.security.credentials import new_token
from chatbot.service_status import METRICS_VARIABLE, SERVICE_FOLDERS, ServiceStatus, read_status, write_status
from chatbot.session.state_dir import writable_state_dir

THREADS = 4
BACKLOG = 2048
YOUNG_OBJECTS = 20_000
"""Objects made before the collector looks for cycles. A turn makes none of its own; Python's default of 700 has it look
through the objects of turns in progress several times a turn."""

_GRACEFUL_SECONDS = 10
_KEEPALIVE_SECONDS = 15
_LOG = logging.getLogger("chatbot.wsgi")


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Build = Callable[[], tuple[Wsgi, Callable[[], None]]]
"""Makes the WSGI application and what closes it; called in the master, at the start and at each reload."""


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


def serve(
    read_config: Callable[[], EngineConfig], serving: Serving, ready: Callable[[str, str | None], None]
) -> None:
    """Serve until a signal ends it. ``ready`` is told the address to open once connections are accepted, and the link
    that makes the first administrator while there is none.

    ``read_config`` is called at the start and at each reload.

    Raises:
        ConfigError, DataError: what cannot be served or listened on; before any worker is started.
        SystemExit: at the end.
    """
    gc.disable()  # until the service is ready: what is loaded stays, and looking for garbage in it takes a tenth
    listeners, config = bind(serving), read_config()
    with _metrics_dir(config.state_dir) as folder:
        source = _Source(read_config, config, serving.service_name, folder)
        Application(
            serving, listeners, source.build, lambda url: ready(url, source.setup_link(url)), source.stamp
        ).run()


class _Source:
    """What the application is built from, read anew at each reload."""

    def __init__(
        self, read_config: Callable[[], EngineConfig], first: EngineConfig, name: str, folder: Path
    ) -> None:
        self._read_config, self._config, self._name, self._folder = read_config, first, name, folder
        self._first = True
        self._setup_token = (
            new_token()
        )  # the link that was printed holds until it is used, also after a reload
        self.setup_link: Callable[[str], str | None] = lambda url: None

    def build(self) -> tuple[Wsgi, Callable[[], None]]:
        # Imported here because prometheus_client reads the metrics folder when it is imported
        from chatbot.app import build_console, build_edge, build_service, setup_link
        from chatbot.web import create_web_app

        config = self._config if self._first else self._read_config()
        service = build_service(config, reload_error=self._reload_error)
        edge = build_edge(config, service, self._setup_token)
        self.setup_link = partial(setup_link, config, edge)
        self._first, self._config = False, config
        app = create_web_app(
            service,
            config,
            self._name,
            edge=edge,
            open_console=build_console(config, service, edge),
            handed_over=service.handed_over,
        )
        return app, service.close

    def stamp(self) -> object:
        """Changes when new knowledge is published."""
        from chatbot.app import watched_paths
        from chatbot.knowledge_source import identities  # see above

        return identities(watched_paths(self._config))

    def _reload_error(self) -> str | None:
        status = read_status(self._folder)
        return status.error or None if status else None


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
def _metrics_dir(state_dir: Path) -> Iterator[Path]:
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
        stamp: Callable[[], object] = lambda: None,
    ) -> None:
        """``stamp`` gives another value when ``build`` would build something else than it did."""
        self._serving, self._build, self._ready, self._stamp = serving, build, ready, stamp
        self._built_from: object = None
        self._status = ServiceStatus(os.getpid())
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
            "worker_class": PatientWorker,
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
            "post_fork": _settle_in,
            "on_exit": lambda _: self._close(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Until a signal ends it."""
        RollingArbiter(self).run()

    def load(self) -> Wsgi:
        """The WSGI application, built in the master."""
        self._built_from = self._stamp()
        app, self._close = self._build()
        return app

    def changed(self) -> bool:
        """Whether new knowledge was published since the last build, good or bad."""
        return self._stamp() != self._built_from

    def prepare(self) -> Callable[[], None] | None:
        """Build anew beside what serves; a failure is logged, shown by ``/readyz``, and changes nothing."""
        started, self._built_from = time.monotonic(), self._stamp()
        try:
            app, close = self._build()
        except Exception as error:  # whatever it is, the service goes on as it was
            message = error.message if isinstance(error, ChatbotError) else f"{type(error).__name__}: {error}"
            _LOG.error("reload failed, everything stays as it was: %s", message)
            self._tell(message)
            return None
        _LOG.info("reloaded in %.1f s; workers are replaced one after the other", time.monotonic() - started)
        return lambda: self._switch_to(app, close)

    def _switch_to(self, app: Wsgi, close: Callable[[], None]) -> None:
        old, self.callable, self._close = self._close, app, close
        old()
        gc.unfreeze()  # else the old application would never be freed
        _settle_memory()
        self._tell("")

    def _tell(self, error: str) -> None:
        self._status = ServiceStatus(os.getpid(), self._status.reloads + 1, error)
        if folder := os.environ.get(METRICS_VARIABLE):
            write_status(Path(folder), self._status)

    def _on_ready(self) -> None:
        _settle_memory()
        if folder := os.environ.get(METRICS_VARIABLE):
            write_status(Path(folder), self._status)
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


def _settle_memory() -> None:
    """What the master holds now is never scanned again, so workers do not copy its pages.

    Nothing is collected first: loading leaves next to no garbage, and looking for it would take a tenth of a second.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _give_listener(arbiter: Any, worker: Any) -> None:
    """Each worker accepts from one socket: its predecessor's, else the one that no living worker has."""
    slots = {living.slot for living in arbiter.WORKERS.values()}
    worker.slot = next(slot for slot in itertools.count() if slot not in slots)
    if predecessor := getattr(arbiter, "predecessor", None):
        worker.sockets = list(predecessor.sockets)
        return
    taken = [id(listener) for living in arbiter.WORKERS.values() for listener in living.sockets]
    worker.sockets = [min(arbiter.LISTENERS, key=lambda listener: taken.count(id(listener)))]


def _settle_in(arbiter: Any, worker: Any) -> None:
    """What a new worker does first.

    It lets go of the other workers' sockets: while anyone has one open, the kernel goes on filling its queue. And it
    takes a slot for its counters; when there is no room for them it counts nothing.
    """
    for listener in arbiter.LISTENERS:
        if listener not in worker.sockets:
            listener.close()
    from chatbot.metrics import SLOT_VARIABLE, reserve_files  # only after the variable is set

    os.environ[SLOT_VARIABLE] = str(worker.slot)
    if folder := os.environ.get(METRICS_VARIABLE):
        try:
            reserve_files(folder, worker.slot)
        except OSError as error:
            _LOG.warning("this worker's turns are not counted: %s: %s", folder, error.strerror)
            os.environ[METRICS_VARIABLE] = os.path.join(folder, "full")


def _resident_mb() -> int:
    """Resident memory of this process, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
