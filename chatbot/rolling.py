"""gunicorn's master and worker, changed in two ways so that neither a reload nor a stop costs a request.

A reload (SIGHUP, or knowledge that was published) builds the new application in the master, in a thread, while workers
serve; then one worker after the other is replaced by a fork of it. Loading in each worker would take the interpreter
from the turns it serves, and the memory would no longer be shared. What cannot be built is logged, and everything
stays as it was.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from chatbot.listening import take_no_more

BOOT_SECONDS = 5.0
"""A new worker that does not serve after this long is not waited for any more, unless the application says otherwise."""

_LOG = logging.getLogger("chatbot.wsgi")


class Reloadable(Protocol):
    """The application of a ``RollingArbiter``."""

    @property
    def boot_seconds(self) -> float:
        """How long a new worker may take before it serves; its predecessor serves meanwhile."""

    def changed(self) -> bool:
        """Whether what it was built from is not what is there now; asked once a second."""

    def prepare(self) -> Callable[[], None] | None:
        """Build anew. What to call in the master's main thread to switch over, or ``None`` when it failed (logged)."""


class RollingArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """The master: replaces workers one at a time, each new one serving before its predecessor stops."""

    def __init__(self, app: Any) -> None:
        self.predecessor: Any = None
        self._reloadable: Reloadable = app
        self._loader: threading.Thread | None = None
        self._again = False
        self._switch: Callable[[], None] | None = None
        self._newest_old = 0
        super().__init__(app)

    def handle_hup(self) -> None:
        """Reload: configuration, knowledge, application; not the address, nor the number of workers."""
        self._again = True

    def stop(self, graceful: bool = True) -> None:
        """As gunicorn's; nobody is let in any more first, so that workers empty queues that nothing is added to."""
        for listener in self.LISTENERS:
            take_no_more(listener.sock)
        super().stop(graceful)

    def manage_workers(self) -> None:
        """Called by the master's loop at least once a second and after each signal."""
        self._look()
        if self._switch is not None and not self._old_workers():
            switch, self._switch = self._switch, None
            switch()
            self._newest_old = self.worker_age
        if self._loader is not None and self._loader.is_alive():
            return  # a fork now would inherit half-built things and the lock on the files; a dead worker's callers wait
        self._replace_next()
        super().manage_workers()

    def _look(self) -> None:
        if self._loader is not None and self._loader.is_alive():
            return
        if self._switch is None and (self._again or self._reloadable.changed()):
            self._again = False
            self._loader = threading.Thread(target=self._load, name="reload", daemon=True)
            self._loader.start()

    def _load(self) -> None:
        self._switch = self._reloadable.prepare()
        self.wakeup()

    def _old_workers(self) -> list[Any]:
        """Workers of before the last switch, the oldest first."""
        old = [worker for worker in self.WORKERS.values() if worker.age <= self._newest_old]
        return sorted(old, key=lambda worker: worker.age)

    def _replace_next(self) -> None:
        """Put a new worker beside the oldest of the old ones; ``manage_workers`` then ends that one, being one too many."""
        old = self._old_workers()
        if not old or len(self.WORKERS) > self.num_workers:
            return
        self.predecessor = old[0]
        pid = self.spawn_worker()
        self.predecessor = None
        self._await_boot(self.WORKERS.get(pid))

    def _await_boot(self, worker: Any) -> None:
        """A worker touches its file when it begins to serve."""
        if worker is None:
            return
        deadline = time.monotonic() + self._reloadable.boot_seconds
        with contextlib.suppress(OSError, ValueError):
            born = worker.tmp.last_update()
            while worker.tmp.last_update() == born and time.monotonic() < deadline:
                time.sleep(0.005)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker that, told to stop, still takes the connections the kernel has already accepted for it.

    gunicorn's own leaves them in the queue, and they are reset when it ends. Then it lets go of the socket at once, so
    that whoever connects later is refused (and may try elsewhere) instead of waiting for nothing.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn's; while stopping it empties the queue first."""
        last = not enabled and not self.alive and self._accepting
        if last:
            for listener in self.sockets:
                self._empty(listener)
        super().set_accept_enabled(enabled)
        if last:
            for listener in self.sockets:
                listener.close()

    def _empty(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns and self.nr_conns < self.worker_connections:
            before = self.nr_conns
            with contextlib.suppress(OSError):
                self.accept(listener)
