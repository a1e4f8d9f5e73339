"""Real Redis servers for the tests, from the bundled binary; each test has its own data."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis, redis_server_binary
from chatbot.session.redis_store import LockTimes, RedisSessionStore
from chatbot.session.transport import Transport
from tests.session.patience import patient


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """A fresh directory whose path is short enough to hold the socket."""
    directory = Path(tempfile.mkdtemp(prefix="cb-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def server(state_dir: Path) -> Iterator[EmbeddedRedis]:
    """A running bundled server with an empty database."""
    embedded = EmbeddedRedis(state_dir)
    embedded.ensure_running()
    yield embedded
    embedded.close()


@pytest.fixture
def transport(server: EmbeddedRedis) -> Iterator[Transport]:
    """A connection to ``server`` for looking behind the store."""
    opened = patient(RedisSettings(host=f"unix://{server.socket}"))
    yield opened
    opened.close()


@pytest.fixture
def make_store(server: EmbeddedRedis) -> Iterator[Callable[[int], RedisSessionStore]]:
    """Patient stores on ``server``, each with connections of its own; closed at the end."""
    yield from _makes_stores(server, patient)


@pytest.fixture
def make_prompt_store(server: EmbeddedRedis) -> Iterator[Callable[[int], RedisSessionStore]]:
    """Stores on ``server`` that keep to a turn's own deadlines."""
    yield from _makes_stores(server, connect)


def _makes_stores(
    server: EmbeddedRedis, opened: Callable[[RedisSettings], Transport]
) -> Iterator[Callable[[int], RedisSessionStore]]:
    stores: list[RedisSessionStore] = []

    def make(lock_ttl_ms: int) -> RedisSessionStore:
        transport = opened(RedisSettings(host=f"unix://{server.socket}"))
        stores.append(RedisSessionStore(transport, lock=LockTimes(ttl_ms=lock_ttl_ms)))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def tcp_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., int]]:
    """Starts plain redis-servers on free loopback ports; gives the port."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*options: str, config: str = "") -> int:
        port = _free_port()
        directory = tmp_path_factory.mktemp(f"redis-{port}")
        (directory / "redis.conf").write_text(config, encoding="utf-8")
        command = [str(redis_server_binary()), "redis.conf", "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--dir", str(directory), "--logfile", "log", "--save", "", *options]
        running.append(subprocess.Popen(command, cwd=directory))
        _await_port(port)
        return port

    yield start
    for process in running:
        process.kill()
        process.wait()


def _free_port() -> int:
    """A port that is free, and whose cluster bus port (+10000) is within range."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port: int = listening.getsockname()[1]
        if port < 55_000:
            return port


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise AssertionError(f"no redis-server on port {port}")
