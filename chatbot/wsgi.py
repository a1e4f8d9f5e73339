"""The production runner: gunicorn, the application loaded once and shared by all workers after the fork.

The settings below were chosen by measurement: docs/serving.md.
"""

import gc
import itertools
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from chatbot.config import EngineConfig
from chatbot.errors import ChatbotError
from chatbot.frozen import dataclass
from chatbot.large_pages import beside, onto_large_pages
from chatbot.listening import BACKLOG, address_to_open, bind
from chatbot.metrics_dir import metrics_dir
from chatbot.process_memory import few_arenas, resident_mb, settle_memory
from chatbot.rolling import BOOT_SECONDS, PatientWorker, RollingArbiter
from chatbot.security.credentials import new_token
from chatbot.service_status import METRICS_VARIABLE, ServiceStatus, read_status, write_status

THREADS = 4
_GRACEFUL_SECONDS = 10
_KEEPALIVE_SECONDS = 15
_LOG = logging.getLogger("chatbot.wsgi")


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Build = Callable[[], tuple[Wsgi, Callable[[], None]]]
"""Makes the WSGI application and what closes it; called in the master, at the start and at each reload."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how one service runs. ``memory_mb`` is a limit to warn of; ``None`` means there is none.

    A worker that is silent for ``request_timeout`` seconds is replaced; the predecessor of a new one serves on for up to
    ``boot_seconds`` until that serves.
    """

    service_name: str
    host: str
    port: int
    workers: int
    memory_mb: int | None = None
    request_timeout: int = 30
    threads: int = THREADS
    boot_seconds: float = BOOT_SECONDS


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
    few_arenas()
    listeners, config = bind(serving.host, serving.port, serving.workers), read_config()
    with metrics_dir(config.state_dir) as folder:
        source = _Source(read_config, config, serving.service_name, folder)
        Application(
            serving,
            listeners,
            source.build,
            lambda url: ready(url, source.setup_link(url)),
            source.stamp,
            lambda _: beside(onto_large_pages),
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
        from chatbot.web.application import create_web_app

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
        from chatbot.file_identity import identities  # see above

        return identities(watched_paths(self._config))

    def _reload_error(self) -> str | None:
        status = read_status(self._folder)
        return status.error or None if status else None


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
        begin: Callable[[Any], None] = lambda app: None,
    ) -> None:
        """``stamp`` gives another value when ``build`` would build something else than it did; ``begin`` is called with
        the built application in each worker before it serves, for what does not survive a fork."""
        self._serving, self._build, self._ready, self._stamp = serving, build, ready, stamp
        self._begin = begin
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
            "threads": self._serving.threads,
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
            "post_worker_init": lambda worker: self._begin(worker.wsgi),
            "on_exit": lambda _: self._close(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    @property
    def boot_seconds(self) -> float:
        """How long a new worker may take before it serves."""
        return self._serving.boot_seconds

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
        settle_memory()
        self._tell("")

    def _tell(self, error: str) -> None:
        self._status = ServiceStatus(os.getpid(), self._status.reloads + 1, error)
        if folder := os.environ.get(METRICS_VARIABLE):
            write_status(Path(folder), self._status)

    def _on_ready(self) -> None:
        settle_memory()
        if folder := os.environ.get(METRICS_VARIABLE):
            write_status(Path(folder), self._status)
        self._warn_of_memory()
        self._ready(address_to_open(self._serving.host, self._port))

    def _warn_of_memory(self) -> None:
        limit, used = self._serving.memory_mb, resident_mb()
        if limit is not None and used * (self._serving.workers + 1) > limit:
            _LOG.warning(
                "memory: %d processes of up to %d MB may need more than the %d MB of the service description"
                " → fewer instances or a larger metadata.memory",
                self._serving.workers + 1,
                used,
                limit,
            )


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
