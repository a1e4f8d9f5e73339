"""Sentinel and Cluster, on real servers of the bundled binary over loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chatbot.errors import SessionStoreUnavailableError
from chatbot.session.base import Memory, SessionStore
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.redis_store import LockTimes, RedisSessionStore
from chatbot.session.resilient_store import ResilientSessionStore
from tests.contracts.session_store import FULL, LONG_MS, SessionStoreContract
from tests.session.patience import patient

StartRedis = Callable[..., int]
SLOTS = 16_384


def command(port: int, *words: str | int) -> Any:
    """The raw answer of the server on ``port``."""
    transport = connect(RedisSettings(host="127.0.0.1", port=port))
    try:
        return transport.call(*words, seconds=5)
    finally:
        transport.close()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def cluster_ports(tcp_redis: StartRedis) -> tuple[int, ...]:
    """Three masters that share the slots."""
    ports = tuple(tcp_redis("--cluster-enabled", "yes", "--cluster-node-timeout", "2000") for _ in range(3))
    for number, port in enumerate(ports):
        first, last = SLOTS * number // 3, SLOTS * (number + 1) // 3
        command(port, "CLUSTER", "ADDSLOTS", *range(first, last))
        command(port, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for port in ports[1:]:
        command(ports[0], "CLUSTER", "MEET", "127.0.0.1", port)

    def agreed() -> bool:
        infos = [command(port, "CLUSTER", "INFO") for port in ports]
        return all(b"cluster_state:ok" in info and b"cluster_known_nodes:3" in info for info in infos)

    wait_for(agreed, "the cluster forms")
    return ports


class TestOnACluster(SessionStoreContract):
    @pytest.fixture
    def make_store(self, cluster_ports: tuple[int, ...]) -> Iterator[Callable[[int], SessionStore]]:
        for port in cluster_ports:
            command(port, "FLUSHALL")
        stores: list[RedisSessionStore] = []

        def make(lock_ttl_ms: int) -> SessionStore:
            transport = patient(RedisSettings(cluster_nodes=(f"127.0.0.1:{cluster_ports[0]}",)))
            stores.append(RedisSessionStore(transport, lock=LockTimes(ttl_ms=lock_ttl_ms)))
            return stores[-1]

        yield make
        for store in stores:
            store.close()

    def test_sessions_spread_over_all_nodes(
        self, make_store: Callable[[int], SessionStore], cluster_ports: tuple[int, ...]
    ) -> None:
        store = make_store(LONG_MS)
        for number in range(40):
            store.commit(store.acquire(f"s{number}"), Memory(turns=number))
        assert [store.acquire(f"s{number}").memory.turns for number in range(40)] == list(range(40))
        assert all(command(port, "DBSIZE") > 0 for port in cluster_ports)


def test_a_slot_that_moves_to_another_node_is_followed_unnoticed(cluster_ports: tuple[int, ...]) -> None:
    store = RedisSessionStore(patient(RedisSettings(cluster_nodes=(f"127.0.0.1:{cluster_ports[0]}",))))
    store.commit(store.acquire("moving"), FULL)
    slot = command(cluster_ports[0], "CLUSTER", "KEYSLOT", "chatbot:session:{moving}")
    ids = [command(port, "CLUSTER", "MYID") for port in cluster_ports]
    source = slot * 3 // SLOTS
    target = (source + 1) % 3
    command(cluster_ports[source], "DEL", "chatbot:session:{moving}")
    command(cluster_ports[target], "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
    for port in (cluster_ports[target], cluster_ports[source]):
        command(port, "CLUSTER", "SETSLOT", slot, "NODE", ids[target])
    for turn in range(3):
        lease = store.acquire("moving")
        assert lease.memory.turns == turn
        store.commit(lease, Memory(turns=turn + 1))
    assert b'"turns":3' in command(cluster_ports[target], "GET", "chatbot:session:{moving}")
    store.close()


def test_a_node_that_hangs_is_unavailable_in_time_and_used_again_when_it_is_back(
    cluster_ports: tuple[int, ...],
) -> None:
    store = RedisSessionStore(connect(RedisSettings(cluster_nodes=(f"127.0.0.1:{cluster_ports[0]}",))))
    ids = (f"n{number}" for number in range(1_000))
    mine = next(
        i for i in ids if command(cluster_ports[0], "CLUSTER", "KEYSLOT", f"{{{i}}}") * 3 // SLOTS == 1
    )
    store.commit(store.acquire(mine), FULL)
    hang = threading.Thread(target=command, args=(cluster_ports[1], "DEBUG", "SLEEP", "1"))
    hang.start()
    time.sleep(0.1)
    started = time.monotonic()
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire(mine)
    assert time.monotonic() - started < 1.5
    hang.join()
    store.ping()
    assert store.acquire(mine).memory == FULL
    store.close()


def test_a_cluster_that_is_not_there_yet_is_unavailable_in_time_and_used_once_it_is(
    tcp_redis: StartRedis,
) -> None:
    lonely = tcp_redis("--cluster-enabled", "yes")
    store = ResilientSessionStore(
        RedisSessionStore(connect(RedisSettings(cluster_nodes=(f"127.0.0.1:{lonely}",)))), probe_seconds=0.05
    )
    started = time.monotonic()
    with pytest.raises(SessionStoreUnavailableError):
        store.acquire("s")
    assert time.monotonic() - started < 1.5
    command(lonely, "CLUSTER", "ADDSLOTS", *range(SLOTS))

    def works() -> bool:
        try:
            store.commit(store.acquire("s"), FULL)
        except SessionStoreUnavailableError:
            return False
        return True

    wait_for(works, "the cluster is used")
    store.close()


class SentinelWorld:
    """One master, one replica, one sentinel that may decide alone."""

    def __init__(self, tcp_redis: StartRedis) -> None:
        self.first = tcp_redis()
        self.second = tcp_redis("--replicaof", "127.0.0.1", str(self.first))
        wait_for(lambda: b"master_link_status:up" in command(self.second, "INFO"), "replication")
        rules = f"sentinel monitor cars 127.0.0.1 {self.first} 1\nsentinel failover-timeout cars 3000\n"
        self.sentinel = tcp_redis("--sentinel", config=rules)
        wait_for(lambda: self._knows_replica(), "the sentinel finds the replica")

    def _knows_replica(self) -> bool:
        return bool(command(self.sentinel, "SENTINEL", "REPLICAS", "cars"))

    def fail_over(self) -> None:
        """What Sentinel does when a master is taken down for maintenance, without its waiting periods."""
        command(self.second, "REPLICAOF", "NO", "ONE")
        command(self.first, "REPLICAOF", "127.0.0.1", self.second)
        command(self.sentinel, "SENTINEL", "REMOVE", "cars")
        command(self.sentinel, "SENTINEL", "MONITOR", "cars", "127.0.0.1", self.second, 1)

    def settings(self) -> RedisSettings:
        nobody = "127.0.0.1:1"
        return RedisSettings(sentinels=(nobody, f"127.0.0.1:{self.sentinel}"), sentinel_master="cars")


@pytest.fixture
def sentinel_world(tcp_redis: StartRedis) -> SentinelWorld:
    return SentinelWorld(tcp_redis)


def test_sentinel_names_the_master_also_when_its_first_address_is_dead(sentinel_world: SentinelWorld) -> None:
    store = RedisSessionStore(patient(sentinel_world.settings()))
    store.commit(store.acquire("s"), FULL)
    assert store.acquire("s").memory == FULL
    assert command(sentinel_world.first, "EXISTS", "chatbot:session:{s}") == 1
    store.close()


def test_after_a_failover_one_turn_fails_and_all_connections_go_to_the_new_master(
    sentinel_world: SentinelWorld,
) -> None:
    transport = patient(sentinel_world.settings())
    store = RedisSessionStore(transport)
    store.commit(store.acquire("s"), FULL)
    together = [threading.Thread(target=transport.call, args=("BLPOP", "nothing", "0.1")) for _ in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    wait_for(lambda: command(sentinel_world.second, "EXISTS", "chatbot:session:{s}") == 1, "replication")
    sentinel_world.fail_over()
    with pytest.raises(SessionStoreUnavailableError, match="READONLY"):
        store.acquire("s")
    for _ in range(6):
        lease = store.acquire("s")
        assert lease.memory.entities == FULL.entities
        store.commit(lease, replace(FULL, turns=lease.memory.turns + 1))
    assert store.acquire("s").memory.turns == FULL.turns + 6
    store.close()


def test_a_master_that_sentinel_does_not_know_is_unavailable_with_its_name(
    sentinel_world: SentinelWorld,
) -> None:
    settings = RedisSettings(sentinels=(f"127.0.0.1:{sentinel_world.sentinel}",), sentinel_master="nobody")
    store = RedisSessionStore(patient(settings))
    with pytest.raises(SessionStoreUnavailableError, match="nobody"):
        store.acquire("s")
    store.close()
