"""A store that goes away and comes back, seen from the turns that need it."""

import threading
import time
from collections.abc import Iterator

import pytest

from chatbot.errors import ConfigError, SessionBusyError, SessionStoreUnavailableError
from chatbot.session.base import Lease, Memory
from chatbot.session.resilient_store import ResilientSessionStore
from tests.fakes import InMemorySessionStore


class FlakyStore(InMemorySessionStore):
    """In memory; while ``gone`` every call takes ``timeout`` seconds and fails."""

    def __init__(self) -> None:
        super().__init__(wait_ms=50)
        self.gone = False
        self.timeout = 0.0
        self.calls = 0
        self.pings = 0
        self.closed = 0
        self.later: list[Lease] = []

    def _reach(self) -> None:
        self.calls += 1
        if self.gone:
            time.sleep(self.timeout)
            raise SessionStoreUnavailableError("no route to the store")

    def acquire(self, session_id: str) -> Lease:
        self._reach()
        return super().acquire(session_id)

    def commit(self, lease: Lease, memory: Memory) -> None:
        self._reach()
        super().commit(lease, memory)

    def release(self, lease: Lease) -> None:
        self._reach()
        super().release(lease)

    def ping(self) -> None:
        self.pings += 1
        if self.gone:
            raise SessionStoreUnavailableError("no route to the store")
        while self.later:
            super().release(self.later.pop())

    def release_later(self, lease: Lease) -> None:
        self.later.append(lease)

    def close(self) -> None:
        self.closed += 1


class FakeServer:
    """Brings ``store`` back when asked, unless it is ``broken``."""

    def __init__(self, store: FlakyStore) -> None:
        self.store, self.broken, self.starts, self.closed = store, False, 0, 0

    def ensure_running(self) -> None:
        self.starts += 1
        if self.broken:
            raise ConfigError("the server's binary is missing")
        self.store.gone = False

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def flaky() -> FlakyStore:
    return FlakyStore()


@pytest.fixture
def store(flaky: FlakyStore) -> Iterator[ResilientSessionStore]:
    resilient = ResilientSessionStore(flaky, probe_seconds=0.02)
    yield resilient
    resilient.close()


def wait_until_back(store: ResilientSessionStore) -> None:
    deadline = time.monotonic() + 5
    while True:
        try:
            return store.ping()
        except SessionStoreUnavailableError:
            assert time.monotonic() < deadline, "did not heal"
            time.sleep(0.01)


def test_while_the_store_answers_nothing_is_in_the_way(store: ResilientSessionStore) -> None:
    store.commit(store.acquire("s"), Memory(turns=1))
    lease = store.acquire("s")
    assert lease.memory == Memory(turns=1)
    store.release(lease)
    assert store.acquire("s").memory == Memory(turns=1)


def test_after_a_failure_the_next_turns_fail_at_once_with_the_same_reason(
    store: ResilientSessionStore, flaky: FlakyStore
) -> None:
    flaky.gone, flaky.timeout = True, 0.3
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(SessionStoreUnavailableError, match="no route to the store"):
            store.acquire("s")
    assert time.monotonic() - started < 0.3
    assert flaky.calls == 1


def test_it_heals_by_itself(store: ResilientSessionStore, flaky: FlakyStore) -> None:
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    flaky.gone = False
    wait_until_back(store)
    store.commit(store.acquire("s"), Memory(turns=1))


def test_a_failed_commit_opens_the_circuit_too(store: ResilientSessionStore, flaky: FlakyStore) -> None:
    lease = store.acquire("s")
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.commit(lease, Memory())
    calls = flaky.calls
    with pytest.raises(SessionStoreUnavailableError):
        store.commit(lease, Memory())
    store.release(lease)
    assert flaky.calls == calls


@pytest.mark.parametrize("ending", ["commit", "release"])
def test_a_lock_held_when_the_store_went_is_free_once_it_is_back(
    store: ResilientSessionStore, flaky: FlakyStore, ending: str
) -> None:
    lease = store.acquire("s")
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("other")
    if ending == "release":
        store.release(lease)
    else:
        with pytest.raises(SessionStoreUnavailableError):
            store.commit(lease, Memory())
    flaky.gone = False
    wait_until_back(store)
    store.acquire("s")


def test_a_failed_ping_opens_the_circuit_too(store: ResilientSessionStore, flaky: FlakyStore) -> None:
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.ping()
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    assert flaky.calls == 0


def test_a_busy_session_is_not_a_store_that_is_gone(store: ResilientSessionStore, flaky: FlakyStore) -> None:
    store.acquire("s")
    with pytest.raises(SessionBusyError):
        store.acquire("s")
    store.acquire("other")
    assert flaky.pings == 0


def test_the_store_is_asked_again_only_now_and_then(flaky: FlakyStore) -> None:
    store = ResilientSessionStore(flaky, probe_seconds=0.5)
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        with pytest.raises(SessionStoreUnavailableError):
            store.acquire("s")
    assert flaky.pings <= 1
    store.close()


def test_a_server_that_is_ours_is_started_again(flaky: FlakyStore) -> None:
    server = FakeServer(flaky)
    store = ResilientSessionStore(flaky, server=server, probe_seconds=0.02)
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    wait_until_back(store)
    assert server.starts == 1
    store.close()


def test_a_server_that_cannot_be_started_gives_its_reason_and_is_tried_again(flaky: FlakyStore) -> None:
    server = FakeServer(flaky)
    server.broken = True
    store = ResilientSessionStore(flaky, server=server, probe_seconds=0.02)
    flaky.gone = True
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    deadline = time.monotonic() + 5
    while server.starts < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(SessionStoreUnavailableError, match="binary is missing"):
        store.acquire("s")
    server.broken = False
    wait_until_back(store)
    store.close()


def test_close_stops_the_probing_and_closes_what_it_owns_and_may_be_called_twice(flaky: FlakyStore) -> None:
    server = FakeServer(flaky)
    server.broken = flaky.gone = True
    before = threading.active_count()
    store = ResilientSessionStore(flaky, server=server, probe_seconds=60)
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    store.close()
    store.close()
    assert threading.active_count() == before
    assert (server.closed, flaky.closed) == (2, 2)
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    assert threading.active_count() == before
