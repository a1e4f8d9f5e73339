"""The bundled server killed, paused, its files cut off or removed: nothing acknowledged is lost, and it heals."""

import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.errors import SessionBusyError, SessionStoreUnavailableError
from chatbot.session.base import Memory
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.open_store import open_session_store
from chatbot.session.resilient_store import ClosableSessionStore
from tests.contracts.session_store import FULL
from tests.session.embedded_world import answers, running_pid, wait_for


@pytest.fixture
def store(state_dir: Path) -> Iterator[ClosableSessionStore]:
    opened = open_session_store(RedisSettings(state_dir=state_dir))
    yield opened
    opened.close()


def test_a_killed_server_loses_nothing_it_acknowledged_and_comes_back_by_itself(
    store: ClosableSessionStore, state_dir: Path
) -> None:
    looker = EmbeddedRedis(state_dir)
    looker.ensure_running()
    for turn in range(100):
        store.commit(store.acquire(f"s{turn}"), Memory(turns=turn))
    held = store.acquire("held")
    os.kill(running_pid(looker), signal.SIGKILL)
    with pytest.raises(SessionStoreUnavailableError):
        while True:
            store.release(store.acquire("probe"))
    wait_for(lambda: answers(store), "the store comes back")
    assert [store.acquire(f"s{turn}").memory.turns for turn in range(100)] == list(range(100))
    store.commit(held, FULL)
    assert store.acquire("held").memory == FULL
    looker.close()


def test_a_lock_that_a_killed_server_brings_back_is_nobodys(
    store: ClosableSessionStore, state_dir: Path
) -> None:
    """What gave it back may be lost with the server, as if it were here: its owner lives, and knows nothing of it."""
    looker = EmbeddedRedis(state_dir)
    looker.ensure_running()
    store.commit(store.acquire("s"), FULL)
    given_back = store.acquire("s")
    os.kill(running_pid(looker), signal.SIGKILL)
    with pytest.raises(SessionStoreUnavailableError):
        while True:
            store.release(store.acquire("probe"))
    wait_for(lambda: answers(store), "the store comes back")
    started = time.monotonic()
    lease = store.acquire("s")
    assert time.monotonic() - started < 0.3
    assert lease.memory == FULL
    with pytest.raises(SessionBusyError):
        store.commit(given_back, Memory(turns=1))
    store.commit(lease, Memory(turns=2))
    assert store.acquire("s").memory.turns == 2
    looker.close()


def test_a_paused_server_costs_one_turn_its_timeout_and_heals(
    store: ClosableSessionStore, state_dir: Path
) -> None:
    looker = EmbeddedRedis(state_dir)
    looker.ensure_running()
    store.commit(store.acquire("s"), FULL)
    pid = running_pid(looker)
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(SessionStoreUnavailableError):
            store.acquire("s")
        first = time.monotonic() - started
        assert first < 1.5
        started = time.monotonic()
        for _ in range(10):
            with pytest.raises(SessionStoreUnavailableError):
                store.acquire("s")
        assert time.monotonic() - started < 0.2
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: answers(store), "the store comes back")
    wait_for(lambda: _loads(store, "s", FULL), "the session is there")
    assert running_pid(looker) == pid
    looker.close()


def _loads(store: ClosableSessionStore, session_id: str, memory: Memory) -> bool:
    lease = store.acquire(session_id)
    store.release(lease)
    return lease.memory == memory


def test_a_store_is_closed_soon_while_its_server_is_paused(state_dir: Path) -> None:
    store = open_session_store(RedisSettings(state_dir=state_dir))
    looker = EmbeddedRedis(state_dir)
    looker.ensure_running()
    pid = running_pid(looker)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(SessionStoreUnavailableError):
            store.acquire("s")
        time.sleep(0.1)
        started = time.monotonic()
        store.close()
        assert time.monotonic() - started < 2
    finally:
        os.kill(pid, signal.SIGCONT)
        looker.close()


def test_a_socket_that_a_cleaner_removed_makes_a_new_server_with_the_same_sessions(state_dir: Path) -> None:
    server = EmbeddedRedis(state_dir)
    server.ensure_running()
    transport = connect(RedisSettings(host=f"unix://{server.socket}"))
    transport.call("SET", "kept", "value")
    transport.close()
    pid = running_pid(server)
    server.socket.unlink()
    server.ensure_running()
    assert running_pid(server) != pid
    assert transport.call("GET", "kept") == b"value"
    transport.close()
    server.close()


def test_a_damaged_data_file_is_set_aside_with_a_warning(
    state_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage = b"*3\r\n$3\r\nSET\r\nnot what Redis writes\r\n" * 3
    (state_dir / "appendonly.aof").write_bytes(damage)
    with caplog.at_level(logging.WARNING, logger="chatbot.session"):
        store = open_session_store(RedisSettings(state_dir=state_dir))
    assert store.acquire("s").memory == Memory()
    store.close()
    assert "留存" in caplog.text
    assert [file.read_bytes() for file in state_dir.glob("appendonly.aof.damaged-*")] == [damage]


def test_a_cut_off_data_file_keeps_all_that_is_whole(state_dir: Path) -> None:
    store = open_session_store(RedisSettings(state_dir=state_dir))
    store.commit(store.acquire("first"), FULL)
    store.close()
    file = state_dir / "appendonly.aof"
    file.write_bytes(file.read_bytes() + b"*3\r\n$3\r\nSET\r\n$20\r\nchatb")
    store = open_session_store(RedisSettings(state_dir=state_dir))
    assert store.acquire("first").memory == FULL
    store.close()
