"""The promises of ``SessionStore``; a test module subclasses this and says how its store is made."""

import threading
import time
from collections.abc import Callable

import pytest

from chatbot.errors import InvalidSessionIdError, SessionBusyError
from chatbot.session.base import Lease, Memory, Option, Pending, SessionStore

FULL = Memory(
    state="normalization",
    entities=("甲 A 2021款", "乙 B 2022款"),
    attributes=(("配置", "内部配置", "空调"), ("价格",)),
    question="问上市时间",
    pending=Pending("entity", (Option("长续航版", "甲 A 2021款 长续航版"),), "有几个排气管"),
    failures=2,
    turns=7,
    suggestions=("多少钱", "续航多少"),
)

MakeStore = Callable[[int], SessionStore]
"""Lock's time to live in milliseconds → a store; all of one test share what they store."""

LONG_MS = 5_000
PROMISED_SECONDS = 1.0
SLACK_SECONDS = 0.5


class SessionStoreContract:
    """Needs a fixture ``make_store`` of type ``MakeStore``."""

    def test_an_unknown_session_is_a_fresh_memory(self, make_store: MakeStore) -> None:
        assert make_store(LONG_MS).acquire("new").memory == Memory()

    def test_what_is_committed_is_what_the_next_turn_loads(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        store.commit(store.acquire("s"), FULL)
        assert store.acquire("s").memory == FULL

    def test_another_process_loads_what_was_committed(self, make_store: MakeStore) -> None:
        first, second = make_store(LONG_MS), make_store(LONG_MS)
        first.commit(first.acquire("s"), FULL)
        assert second.acquire("s").memory == FULL

    def test_sessions_do_not_see_or_block_each_other(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        one, other = store.acquire("one"), store.acquire("other")
        store.commit(one, FULL)
        store.commit(other, Memory(turns=1))
        assert (store.acquire("one").memory, store.acquire("other").memory) == (FULL, Memory(turns=1))

    def test_release_unlocks_without_saving(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        store.commit(store.acquire("s"), FULL)
        store.release(store.acquire("s"))
        assert store.acquire("s").memory == FULL

    def test_release_after_commit_does_not_free_the_lock_of_the_next_turn(
        self, make_store: MakeStore
    ) -> None:
        store = make_store(LONG_MS)
        done = store.acquire("s")
        store.commit(done, FULL)
        store.acquire("s")
        store.release(done)
        with pytest.raises(SessionBusyError):
            store.acquire("s")

    def test_a_held_lock_is_busy_within_the_promised_second(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        store.acquire("s")
        started = time.monotonic()
        with pytest.raises(SessionBusyError):
            store.acquire("s")
        assert time.monotonic() - started < PROMISED_SECONDS + SLACK_SECONDS

    def test_the_lock_of_a_crashed_holder_expires(self, make_store: MakeStore) -> None:
        store = make_store(100)
        store.acquire("s")
        assert store.acquire("s").memory == Memory()

    def test_a_commit_after_the_lock_has_expired_is_refused_and_writes_nothing(
        self, make_store: MakeStore
    ) -> None:
        store = make_store(50)
        late = store.acquire("s")
        time.sleep(0.12)
        with pytest.raises(SessionBusyError):
            store.commit(late, FULL)
        assert store.acquire("s").memory == Memory()

    def test_a_late_commit_does_not_disturb_the_turn_that_took_over(self, make_store: MakeStore) -> None:
        store, patient = make_store(50), make_store(LONG_MS)
        late = store.acquire("s")
        time.sleep(0.12)
        current = patient.acquire("s")
        with pytest.raises(SessionBusyError):
            store.commit(late, Memory(turns=99))
        patient.commit(current, FULL)
        assert patient.acquire("s").memory == FULL

    def test_a_forged_token_is_refused(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        held = store.acquire("s")
        with pytest.raises(SessionBusyError):
            store.commit(Lease("s", "not-the-token"), FULL)
        store.commit(held, Memory(turns=1))

    def test_waiters_are_served_in_the_order_in_which_they_asked(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)
        held = store.acquire("s")
        served: list[int] = []

        def turn(number: int) -> None:
            lease = store.acquire("s")
            served.append(number)
            store.commit(lease, Memory(turns=number))

        threads = [threading.Thread(target=turn, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.07)
        store.commit(held, Memory())
        for thread in threads:
            thread.join()
        assert served == list(range(6))

    def test_no_turn_is_lost_when_many_arrive_together(self, make_store: MakeStore) -> None:
        store = make_store(LONG_MS)

        def turns() -> None:
            for _ in range(10):
                lease = store.acquire("s")
                store.commit(lease, Memory(turns=lease.memory.turns + 1))

        threads = [threading.Thread(target=turns) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.acquire("s").memory.turns == 80

    @pytest.mark.parametrize(
        "session_id",
        ["", "a" * 129, "a b", "会话", "a/b", "a{b}", "a\n", "\ud800", "a\x00"],
        ids=[
            "empty",
            "129 characters",
            "space",
            "Chinese",
            "slash",
            "braces",
            "line end",
            "lone surrogate",
            "NUL",
        ],
    )
    def test_an_id_of_another_form_is_refused(self, make_store: MakeStore, session_id: str) -> None:
        with pytest.raises(InvalidSessionIdError):
            make_store(LONG_MS).acquire(session_id)

    @pytest.mark.parametrize(
        "session_id", ["a", "A-z_0.9:x", "x" * 128], ids=["one", "every kind", "128 characters"]
    )
    def test_an_id_of_the_allowed_form_is_taken(self, make_store: MakeStore, session_id: str) -> None:
        assert make_store(LONG_MS).acquire(session_id).session_id == session_id

    def test_ping_is_silent_while_the_store_answers(self, make_store: MakeStore) -> None:
        make_store(LONG_MS).ping()
