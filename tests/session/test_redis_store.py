"""The session store on a real Redis: the shared promises, and what only Redis can show."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chatbot.errors import SessionBusyError, SessionStoreUnavailableError
from chatbot.session import keys
from chatbot.session.base import Memory
from chatbot.session.codec import encode_memory
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.holders import new_token
from chatbot.session.redis_store import DEAD_WAITER_MS, LockTimes, RedisSessionStore
from chatbot.session.scripts import ACQUIRE
from chatbot.session.transport import Transport
from tests.contracts.session_store import FULL, LONG_MS, SessionStoreContract
from tests.session.patience import patient

MakeStore = Callable[[int], RedisSessionStore]


class TestRedisSessionStore(SessionStoreContract):
    pass


class CountingTransport:
    """Counts the commands that pass through."""

    def __init__(self, inner: Transport) -> None:
        self.inner, self.commands = inner, 0

    def call(self, *command: str | bytes | int, seconds: float = 0.3) -> object:
        self.commands += 1
        return self.inner.call(*command, seconds=seconds)

    def close(self) -> None:
        self.inner.close()


def test_a_turn_costs_one_round_trip_to_begin_and_one_to_end(transport: Transport) -> None:
    counting = CountingTransport(transport)
    store = RedisSessionStore(counting)
    store.commit(store.acquire("warm-up"), FULL)
    counting.commands = 0
    lease = store.acquire("s")
    assert counting.commands == 1
    store.commit(lease, FULL)
    assert counting.commands == 2


def test_a_session_lives_for_its_ttl_and_a_lock_for_its_own(
    make_store: MakeStore, transport: Transport
) -> None:
    store = make_store(LONG_MS)
    store.commit(store.acquire("s"), FULL)
    store.acquire("s")
    session_ttl = transport.call("TTL", keys.session_key(keys.PREFIX, "s"))
    lock_ttl = transport.call("PTTL", keys.lock_key(keys.PREFIX, "s"))
    assert keys.SESSION_TTL_SECONDS - 10 < session_ttl <= keys.SESSION_TTL_SECONDS
    assert LONG_MS - 2_000 < lock_ttl <= LONG_MS


def test_every_key_has_the_prefix_and_a_time_to_live(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    store.commit(store.acquire("other"), FULL)
    store.acquire("s")

    def wait_in_vain() -> None:
        with pytest.raises(SessionBusyError):
            store.acquire("s")

    waiter = threading.Thread(target=wait_in_vain)
    waiter.start()
    time.sleep(0.1)
    names = transport.call("KEYS", "*")
    lives = [transport.call("PTTL", name) for name in names]
    waiter.join()
    assert sorted(names) == [
        b"chatbot:lock:{s}",
        b"chatbot:queue:{s}",
        b"chatbot:seen:{s}",
        b"chatbot:session:{other}",
    ]
    assert all(life > 0 for life in lives)


def test_a_waiter_that_gave_up_leaves_no_trace_in_the_queue(
    make_store: MakeStore, transport: Transport
) -> None:
    store = make_store(LONG_MS)
    store.acquire("s")
    with pytest.raises(SessionBusyError):
        store.acquire("s")
    assert transport.call("EXISTS", keys.queue_key(keys.PREFIX, "s"), keys.seen_key(keys.PREFIX, "s")) == 0


class Asker:
    """Asks for the lock of session ``s`` step by step, as ``RedisSessionStore.acquire`` does in its loop."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def ask(self, token: str, *, ticket: bytes | str = "", dead_ms: int = DEAD_WAITER_MS) -> Sequence[Any]:
        parts = (keys.lock_key, keys.session_key, keys.queue_key, keys.seen_key)
        names = [part(keys.PREFIX, "s") for part in parts]
        answer: Sequence[Any] = self._transport.call(
            "EVAL", ACQUIRE.source, 4, *names, token, LONG_MS, ticket, dead_ms, LONG_MS, 0
        )
        return answer


def test_a_waiter_that_died_is_passed_over(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    held = store.acquire("s")
    assert Asker(transport).ask("dead")[0] == 0
    store.commit(held, FULL)
    assert store.acquire("s").memory == FULL
    assert transport.call("EXISTS", keys.queue_key(keys.PREFIX, "s")) == 0


def test_the_lock_of_a_process_that_died_is_free_at_once(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            make_store(LONG_MS).acquire("s")
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    started = time.monotonic()
    assert store.acquire("s").memory == Memory()
    assert time.monotonic() - started < 0.3


def test_the_lock_of_a_living_process_or_of_another_machine_is_waited_for(
    make_store: MakeStore, transport: Transport
) -> None:
    store = make_store(LONG_MS)
    for holder in (new_token(), f"another.{2**22 - 1}.{'0' * 16}", "of an older version"):
        transport.call("SET", keys.lock_key(keys.PREFIX, "s"), holder, "PX", LONG_MS)
        with pytest.raises(SessionBusyError):
            store.acquire("s")


def test_an_account_that_may_not_ask_for_the_servers_run_locks_all_the_same(
    server: EmbeddedRedis, transport: Transport
) -> None:
    transport.call("ACL", "SETUSER", "plain", "on", ">secret", "~*", "+@all", "-info")
    settings = RedisSettings(host=f"unix://{server.socket}", username="plain", password="secret")
    store = RedisSessionStore(patient(settings))
    lease = store.acquire("s")
    with pytest.raises(SessionBusyError):
        store.acquire("s")
    store.commit(lease, FULL)
    assert store.acquire("s").memory == FULL
    store.close()


def test_a_newcomer_does_not_overtake_a_waiter_when_the_lock_is_free(
    make_store: MakeStore, transport: Transport
) -> None:
    store, asker = make_store(LONG_MS), Asker(transport)
    held = store.acquire("s")
    assert asker.ask("first")[0] == 0
    store.release(held)
    assert asker.ask("second")[0] == 0
    assert asker.ask("first")[0] == 1


def test_a_waiter_taken_for_dead_gets_its_place_back_with_its_ticket(
    make_store: MakeStore, transport: Transport
) -> None:
    store, asker = make_store(LONG_MS), Asker(transport)
    held = store.acquire("s")
    ticket = asker.ask("slow")[1]
    time.sleep(0.05)
    assert asker.ask("quick", dead_ms=10)[2] == 0
    assert asker.ask("slow", ticket=ticket)[2] == 0
    store.release(held)
    assert asker.ask("quick")[0] == 0
    assert asker.ask("slow")[0] == 1


def test_asking_again_after_a_lost_answer_gets_the_same_lock(transport: Transport) -> None:
    asker = Asker(transport)
    assert asker.ask("me")[0] == 1
    assert asker.ask("me")[0] == 1


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\xfe", b"[]", b"{", b'{"v":2}', b'{"v":1}', b'{"v":1,"state":3}', b"[" * 100_000],
    ids=[
        "empty",
        "not UTF-8",
        "a list",
        "cut off",
        "newer",
        "fields missing",
        "wrong type",
        "nested too deep",
    ],
)
def test_an_unreadable_payload_is_a_fresh_memory_and_a_warning(
    make_store: MakeStore, transport: Transport, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    transport.call("SET", keys.session_key(keys.PREFIX, "s"), payload)
    store = make_store(LONG_MS)
    with caplog.at_level(logging.WARNING, logger="chatbot.session"):
        lease = store.acquire("s")
    assert lease.memory == Memory()
    assert [record.name for record in caplog.records] == ["chatbot.session"]
    store.commit(lease, FULL)
    assert store.acquire("s").memory == FULL


def test_a_key_of_another_type_is_a_fresh_memory_and_is_overwritten(
    make_store: MakeStore, transport: Transport
) -> None:
    transport.call("RPUSH", keys.session_key(keys.PREFIX, "s"), "not", "a", "string")
    store = make_store(LONG_MS)
    lease = store.acquire("s")
    assert lease.memory == Memory()
    store.commit(lease, FULL)
    assert store.acquire("s").memory == FULL


def test_scripts_that_redis_forgot_are_sent_again(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    store.commit(store.acquire("s"), FULL)
    transport.call("SCRIPT", "FLUSH")
    lease = store.acquire("s")
    transport.call("SCRIPT", "FLUSH")
    store.commit(lease, Memory(turns=1))
    assert store.acquire("s").memory == Memory(turns=1)


def test_a_store_survives_a_fork(make_store: MakeStore) -> None:
    """The child must not write into the parent's connection."""
    store = make_store(LONG_MS)
    store.commit(store.acquire("parent"), Memory(turns=1))
    child = os.fork()
    if child == 0:
        try:
            for turn in range(200):
                store.commit(store.acquire("child"), Memory(turns=turn))
            os._exit(0)
        except BaseException:
            os._exit(1)
    for turn in range(200):
        store.commit(store.acquire("parent"), Memory(turns=turn))
    assert os.waitpid(child, 0)[1] == 0
    assert store.acquire("parent").memory.turns == store.acquire("child").memory.turns == 199


def test_a_redis_that_is_not_there_is_unavailable_at_once() -> None:
    store = RedisSessionStore(connect(RedisSettings(host="127.0.0.1", port=1)))
    started = time.monotonic()
    with pytest.raises(SessionStoreUnavailableError) as caught:
        store.acquire("s")
    assert time.monotonic() - started < 1.5
    assert caught.value.__cause__ is not None
    store.close()


def test_a_paused_redis_is_unavailable_within_a_second_and_answers_afterwards(
    make_prompt_store: MakeStore, server: EmbeddedRedis
) -> None:
    store = make_prompt_store(LONG_MS)
    store.commit(store.acquire("s"), FULL)
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        for call in (lambda: store.acquire("s"), store.ping, lambda: make_prompt_store(LONG_MS).acquire("s")):
            started = time.monotonic()
            with pytest.raises(SessionStoreUnavailableError):
                call()
            assert time.monotonic() - started < 1.5
    finally:
        os.kill(pid, signal.SIGCONT)
    assert store.acquire("other").memory == Memory()


def test_a_lock_that_a_paused_redis_took_for_nobody_is_free_after_the_next_ping(
    make_prompt_store: MakeStore, server: EmbeddedRedis
) -> None:
    store = make_prompt_store(60_000)
    store.commit(store.acquire("s"), FULL)
    held = store.acquire("held")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(SessionStoreUnavailableError):
            store.acquire("s")
        store.release(held)
    finally:
        os.kill(pid, signal.SIGCONT)
    store.ping()
    assert store.acquire("s").memory == FULL
    store.acquire("held")


def test_release_is_silent_when_redis_is_down(make_store: MakeStore, server: EmbeddedRedis) -> None:
    store = make_store(LONG_MS)
    lease = store.acquire("s")
    server.close()
    store.release(lease)
    with pytest.raises(SessionStoreUnavailableError):
        store.commit(lease, FULL)


def test_a_full_redis_is_unavailable_not_a_crash(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    transport.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
    transport.call("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(SessionStoreUnavailableError, match="OOM"):
        store.acquire("s")


def test_times_that_break_the_promise_of_a_second_are_refused() -> None:
    with pytest.raises(ValueError, match="wait_ms"):
        LockTimes(wait_ms=900)


def test_two_prefixes_on_one_redis_do_not_meet(transport: Transport) -> None:
    one, other = RedisSessionStore(transport, prefix="one:"), RedisSessionStore(transport, prefix="other:")
    one.commit(one.acquire("s"), FULL)
    assert other.acquire("s").memory == Memory()


def test_the_payload_is_versioned_json(make_store: MakeStore, transport: Transport) -> None:
    store = make_store(LONG_MS)
    store.commit(store.acquire("s"), FULL)
    stored = transport.call("GET", keys.session_key(keys.PREFIX, "s"))
    assert stored == encode_memory(FULL)
    assert stored.startswith(b'{"v":5,')
