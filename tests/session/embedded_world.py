"""What tests of the bundled server look at."""

import time
from collections.abc import Callable

import psutil

from chatbot.errors import SessionStoreUnavailableError
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.resilient_store import ClosableSessionStore


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)


def running_pid(server: EmbeddedRedis) -> int:
    pid = server.pid()
    assert pid is not None
    return pid


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def answers(store: ClosableSessionStore) -> bool:
    try:
        store.ping()
    except SessionStoreUnavailableError:
        return False
    return True
