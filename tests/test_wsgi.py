"""The runner's own decisions, without starting it; tests/integration/test_serve.py runs it."""

import fcntl
import gc
import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatbot.config import EngineConfig
from chatbot.errors import ConfigError
from chatbot.listening import address_to_open, bind, take_no_more
from chatbot.wsgi import Application, Serving, default_workers, serve


def bound(at: Serving) -> list[socket.socket]:
    return bind(at.host, at.port, at.workers)


def serving(**changes: Any) -> Serving:
    return Serving(**{"service_name": "shop", "host": "127.0.0.1", "port": 0, "workers": 2, **changes})


def nothing() -> None:
    return


@pytest.fixture
def thawed() -> Iterator[None]:
    """Undo what the runner does to the garbage collector of its process."""
    yield
    gc.unfreeze()


def test_each_worker_has_a_listener_of_its_own_at_one_port() -> None:
    listeners = bound(serving(workers=3))
    try:
        assert len(listeners) == 3
        assert len({listener.getsockname() for listener in listeners}) == 1
    finally:
        for listener in listeners:
            listener.close()


@pytest.mark.skipif(sys.platform != "linux", reason="packet filters of sockets are Linux's")
def test_what_takes_no_more_keeps_what_it_took_and_is_then_refused() -> None:
    (listener,) = bound(serving(workers=1))
    address = listener.getsockname()
    with listener, socket.create_connection(address) as taken:
        take_no_more(listener)
        with pytest.raises(TimeoutError):
            socket.create_connection(address, timeout=0.1)
        accepted, whom = listener.accept()
        assert whom == taken.getsockname()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        taken.sendall(b"x")
        with accepted:
            assert accepted.recv(1) == b"x"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


@pytest.mark.parametrize(
    ("host", "port", "part"),
    [
        ("256.0.0.1", 0, "--host 256.0.0.1"),
        ("203.0.113.7", 0, "203.0.113.7 不是这台机器的地址"),
    ],
)
def test_an_address_that_is_not_ours_is_refused_with_the_way_out(host: str, port: int, part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        bound(serving(host=host, port=port))


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "shared"])
def test_a_port_that_is_taken_is_refused_even_by_one_that_would_share_it(shared: bool) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=shared) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"端口 {port} 已被占用"):
            bound(serving(port=port))


@pytest.mark.parametrize(
    ("number", "part"), [(13, "1024 以上"), (24, "Too many open files")], ids=["not-allowed", "other"]
)
def test_what_the_system_forbids_is_told(monkeypatch: pytest.MonkeyPatch, number: int, part: str) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(ConfigError, match=part):
        bound(serving(port=80))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8079/"),
        ("0.0.0.0", "http://127.0.0.1:8079/"),
        ("::", "http://[::1]:8079/"),
        ("fd00::1", "http://[fd00::1]:8079/"),
        ("shop.internal", "http://shop.internal:8079/"),
    ],
)
def test_the_address_shown_can_be_opened(host: str, url: str) -> None:
    assert address_to_open(host, 8079) == url


def test_there_are_as_many_workers_as_processors_and_four_at_most() -> None:
    assert 1 <= default_workers() <= 4


def test_the_settings_leave_no_side_door_and_no_access_log() -> None:
    application = Application(
        serving(request_timeout=7), bound(serving()), lambda: (lambda e, s: [], nothing)
    )
    settings = application.cfg
    assert (settings.workers, settings.timeout, settings.max_requests) == (2, 7, 0)
    assert settings.preload_app and settings.control_socket_disable
    assert settings.accesslog is None
    for descriptor in settings.address:
        os.close(descriptor)


def test_a_new_worker_takes_the_listener_that_no_living_one_has() -> None:
    application = Application(serving(), bound(serving()), lambda: (lambda e, s: [], nothing))
    first, second = object(), object()
    living = SimpleNamespace(sockets=[first], slot=0)
    arbiter = SimpleNamespace(LISTENERS=[first, second], WORKERS={7: living})
    new = SimpleNamespace(sockets=None)
    application.cfg.pre_fork(arbiter, new)
    assert new.sockets == [second]
    arbiter.WORKERS[8] = new
    third = SimpleNamespace(sockets=None)
    application.cfg.pre_fork(arbiter, third)
    assert third.sockets == [first]
    for descriptor in application.cfg.address:
        os.close(descriptor)


@pytest.mark.parametrize(("limit", "warned"), [(1, True), (1_000_000, False), (None, False)])
def test_ready_tells_the_address_and_warns_of_a_memory_limit_that_is_too_low(
    limit: int | None, warned: bool, caplog: pytest.LogCaptureFixture, thawed: None
) -> None:
    told: list[str] = []
    closed: list[bool] = []
    build = lambda: (lambda e, s: [b"x"], lambda: closed.append(True))  # noqa: E731
    application = Application(serving(memory_mb=limit), bound(serving()), build, told.append)
    with caplog.at_level(logging.WARNING, "chatbot.wsgi"):
        assert list(application.wsgi()({}, lambda *_: None)) == [b"x"]
        application.cfg.when_ready(None)
    assert told[0].startswith("http://127.0.0.1:")
    assert ("of the service description" in caplog.text) is warned
    application.cfg.on_exit(None)
    assert closed == [True]
    for descriptor in application.cfg.address:
        os.close(descriptor)


def test_serve_gives_its_workers_a_folder_for_their_counters_and_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    left, used, young = (tmp_path / f"metrics-{name}" for name in ("left", "used", "young"))
    for folder in (left, used, young):
        folder.mkdir()
    for folder in (left, used):
        os.utime(folder, (0, 0))
    lock = os.open(used, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    seen: list[Path] = []

    def run(application: Application) -> None:
        seen.append(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
        assert seen[0].parent == tmp_path and seen[0].is_dir()
        for descriptor in application.cfg.address:
            os.close(descriptor)

    monkeypatch.setattr(Application, "run", run)
    config = EngineConfig(
        source=tmp_path, faq_data_dir=tmp_path, knowledge_graph_data_dir=tmp_path, state_dir=tmp_path
    )
    serve(lambda: config, serving(), lambda url, link: None)
    os.close(lock)
    assert not seen[0].exists()
    assert (left.exists(), used.exists(), young.exists()) == (False, True, True)


def test_a_worker_takes_a_free_slot_with_room_for_its_counters_and_closes_the_sockets_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setenv("CHATBOT_METRICS_SLOT", "")
    application = Application(serving(), bound(serving()), lambda: (lambda e, s: [], nothing))
    listeners = bound(serving())
    arbiter = SimpleNamespace(
        LISTENERS=listeners, WORKERS={7: SimpleNamespace(sockets=listeners[:1], slot=0)}
    )
    worker = SimpleNamespace(sockets=None, slot=None)
    application.cfg.pre_fork(arbiter, worker)
    application.cfg.post_fork(arbiter, worker)
    assert worker.slot == 1 and os.environ["CHATBOT_METRICS_SLOT"] == "1"
    assert {file.name: file.stat().st_blocks * 512 for file in tmp_path.iterdir()} == {
        "counter_1.db": 65536,
        "histogram_1.db": 65536,
    }
    assert [listener.fileno() == -1 for listener in listeners] == [True, False]
    listeners[1].close()
    for descriptor in application.cfg.address:
        os.close(descriptor)


def test_a_worker_without_room_for_counters_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setenv("CHATBOT_METRICS_SLOT", "")
    monkeypatch.setattr(os, "posix_fallocate", full)
    application = Application(serving(), bound(serving()), lambda: (lambda e, s: [], nothing))
    with caplog.at_level(logging.WARNING, "chatbot.wsgi"):
        application.cfg.post_fork(SimpleNamespace(LISTENERS=[]), SimpleNamespace(sockets=[], slot=0))
    assert "No space left" in caplog.text
    assert not Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).exists()
    for descriptor in application.cfg.address:
        os.close(descriptor)
