"""Requests that wait together are predicted on together, in order, each within its own time."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import DeadlineError, NotReadyError, OverloadedError
from chatbot.predict.base import Item, ItemError
from chatbot.predict.batching import Batcher, BatchLimits
from tests.predict.fakes import FakePredictor

MakeBatcher = Callable[..., Batcher]
SECONDS = 20.0


def items(*texts: str) -> list[Item]:
    return [{"first_sequence": text} for text in texts]


@pytest.fixture
def predictor() -> FakePredictor:
    return FakePredictor()


@pytest.fixture
def make(predictor: FakePredictor) -> Iterator[MakeBatcher]:
    made: list[Batcher] = []

    def batcher(**limits: object) -> Batcher:
        made.append(Batcher(predictor.predict, BatchLimits(**limits)))  # type: ignore[arg-type]
        return made[-1]

    yield batcher
    predictor.hold.set()
    for one in made:
        one.close()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_outcomes_stand_in_the_order_of_the_items(make: MakeBatcher) -> None:
    found = make(max_batch_size=3).submit(items(*("x" * n for n in range(1, 11))), SECONDS)
    assert [one["length"] for one in found if not isinstance(one, ItemError)] == list(range(1, 11))


def test_what_waits_together_is_predicted_on_together(make: MakeBatcher, predictor: FakePredictor) -> None:
    batcher = make(max_batch_size=8)
    predictor.hold.clear()
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(batcher.submit, items("first"), SECONDS)
        wait_for(lambda: batcher.in_line == 0)
        rest = [pool.submit(batcher.submit, items(f"n{n}"), SECONDS) for n in range(8)]
        wait_for(lambda: batcher.in_line == 8)
        predictor.hold.set()
        assert [one.result()[0]["length"] for one in [first, *rest]] == [5] + [2] * 8  # type: ignore[call-overload]
    assert [len(batch) for batch in predictor.batches] == [1, 8]


def test_threads_that_have_nothing_to_do_share_a_list(make: MakeBatcher, predictor: FakePredictor) -> None:
    batcher = make(max_batch_size=16, threads=2)
    predictor.hold.clear()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(batcher.submit, items(*"abcdefgh"), SECONDS)
        wait_for(lambda: predictor.begun == 2)
        predictor.hold.set()
        assert [one["length"] for one in asked.result()] == [1] * 8  # type: ignore[call-overload]
    assert [len(batch) for batch in predictor.batches] == [4, 4]


def test_what_waits_while_another_thread_works_is_one_batch(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make(max_batch_size=4, threads=2)
    predictor.hold.clear()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(batcher.submit, items("slow"), SECONDS)
        pool.submit(batcher.submit, items("b"), SECONDS)
        wait_for(lambda: predictor.begun == 2)
        rest = pool.submit(batcher.submit, items(*"cdef"), SECONDS)
        wait_for(lambda: batcher.in_line == 4)
        predictor.hold.set()
        rest.result()
    assert sorted(len(batch) for batch in predictor.batches) == [1, 1, 4]


def test_a_long_list_leaves_room_for_those_who_come_after(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make(max_batch_size=4, max_queue=1000)
    predictor.hold.clear()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(batcher.submit, items("first"), SECONDS)
        wait_for(lambda: batcher.in_line == 0)
        pool.submit(batcher.submit, items(*["long"] * 100), SECONDS)
        wait_for(lambda: batcher.in_line == 100)
        pool.submit(batcher.submit, items("late"), SECONDS)
        wait_for(lambda: batcher.in_line == 101)
        predictor.hold.set()
    assert "late" in predictor.batches[1] and predictor.batches[1].count("long") == 3


def test_an_item_that_fails_fails_alone(make: MakeBatcher) -> None:
    found = make(max_batch_size=4).submit(items("fine", "boom", "good"), SECONDS)
    assert [isinstance(one, ItemError) for one in found] == [False, True, False]
    assert isinstance(found[1], ItemError) and "secret" not in found[1].message


def test_a_slow_request_does_not_hold_another_beyond_its_deadline(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make(max_batch_size=1)
    predictor.hold.clear()
    thread = threading.Thread(target=batcher.submit, args=(items("first"), SECONDS))
    thread.start()
    wait_for(lambda: batcher.in_line == 0)
    begun = time.monotonic()
    with pytest.raises(DeadlineError, match=r"0\.1 秒"):
        batcher.submit(items("second"), 0.1)
    assert time.monotonic() - begun < 5 and batcher.in_line == 0
    predictor.hold.set()
    thread.join()
    assert ["second"] not in predictor.batches


def test_a_full_line_is_refused_with_the_time_to_come_again(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make(max_batch_size=1, max_queue=2)
    predictor.hold.clear()
    threads = [threading.Thread(target=batcher.submit, args=(items("x"), SECONDS)) for _ in range(3)]
    for number, thread in enumerate(threads):
        thread.start()
        wait_for(lambda number=number: batcher.in_line == number)  # type: ignore[misc]
    with pytest.raises(OverloadedError) as caught:
        batcher.submit(items("too many"), SECONDS)
    assert caught.value.seconds > 0
    predictor.hold.set()
    for thread in threads:
        thread.join()


def test_a_list_longer_than_the_line_is_taken_when_nobody_waits(make: MakeBatcher) -> None:
    assert len(make(max_queue=5).submit(items(*["x"] * 50), SECONDS)) == 50


def test_closing_answers_what_waits_and_refuses_what_comes(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make(max_batch_size=1)
    predictor.hold.clear()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(batcher.submit, items("x"), SECONDS) for _ in range(3)]
        wait_for(lambda: batcher.in_line == 2)
        closing = pool.submit(batcher.close)
        predictor.hold.set()
        closing.result()
        assert all(len(one.result()) == 1 for one in asked)
    with pytest.raises(NotReadyError):
        batcher.submit(items("late"), SECONDS)


@given(
    st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=20), min_size=1, max_size=8),
    st.integers(1, 7),
    st.integers(1, 3),
)
def test_nobody_gets_anothers_outcome(lists: list[list[int]], size: int, threads: int) -> None:
    batcher = Batcher(
        FakePredictor().predict, BatchLimits(max_batch_size=size, threads=threads, max_queue=10_000)
    )
    try:
        with ThreadPoolExecutor(len(lists)) as pool:
            asked = [pool.submit(batcher.submit, items(*("x" * n for n in one)), SECONDS) for one in lists]
            found = [[outcome["length"] for outcome in one.result()] for one in asked]  # type: ignore[call-overload]
        assert found == lists
    finally:
        batcher.close()


def test_one_client_that_asks_again_after_each_answer_is_not_kept_waiting(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    """Company is only waited for where there was some: alone, each batch begins at once."""
    batcher = make(max_batch_size=16, max_wait_seconds=5.0)
    begun = time.monotonic()
    for _ in range(50):
        batcher.submit(items("x"), SECONDS)
    assert time.monotonic() - begun < 5.0
    assert all(len(batch) == 1 for batch in predictor.batches)


def test_a_lone_request_to_a_quick_model_is_predicted_on_in_its_own_thread(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make()
    for _ in range(3):
        batcher.submit(items("x"), SECONDS)
    assert predictor.threads[-1] == threading.get_ident()
    assert predictor.threads[0] != threading.get_ident()  # how long it takes was not known yet


def test_a_slow_model_is_left_to_the_predicting_thread(make: MakeBatcher, predictor: FakePredictor) -> None:
    batcher = make()
    predictor.seconds = 0.05
    for _ in range(3):
        batcher.submit(items("x"), SECONDS)
    assert threading.get_ident() not in predictor.threads


def test_who_comes_meanwhile_waits_and_is_predicted_on_together(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    """One model runs at a time, whose thread it is in; nobody is left behind when it ends."""
    batcher = make(max_batch_size=8)
    batcher.submit(items("warm"), SECONDS)
    predictor.hold.clear()
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(batcher.submit, items("first"), SECONDS)
        wait_for(lambda: predictor.begun == 2)
        rest = [pool.submit(batcher.submit, items(f"n{n}"), SECONDS) for n in range(5)]
        wait_for(lambda: batcher.in_line == 5)
        time.sleep(0.05)
        assert predictor.begun == 2
        predictor.hold.set()
        assert all(len(one.result()) == 1 for one in [first, *rest])
    assert [len(batch) for batch in predictor.batches] == [1, 1, 5]


def test_a_quick_model_that_is_late_for_once_is_told_as_late(
    make: MakeBatcher, predictor: FakePredictor
) -> None:
    batcher = make()
    batcher.submit(items("warm"), SECONDS)
    predictor.seconds = 0.2
    with pytest.raises(DeadlineError):
        batcher.submit(items("x"), 0.1)
    predictor.seconds = 0.0
    assert len(batcher.submit(items("x"), SECONDS)) == 1


def test_closing_waits_for_what_runs_in_its_own_thread(make: MakeBatcher, predictor: FakePredictor) -> None:
    batcher = make()
    batcher.submit(items("warm"), SECONDS)
    predictor.hold.clear()
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(batcher.submit, items("x"), SECONDS)
        wait_for(lambda: predictor.begun == 2)
        closing = pool.submit(batcher.close)
        time.sleep(0.05)
        assert not closing.done()
        predictor.hold.set()
        closing.result(SECONDS)
        assert len(asked.result()) == 1


def test_company_that_has_gone_is_waited_for_once(make: MakeBatcher, predictor: FakePredictor) -> None:
    batcher = make(max_batch_size=8, max_wait_seconds=5.0)
    predictor.seconds = 0.4
    batcher.submit(items(*["x"] * 8), SECONDS)
    batcher.submit(items(*["x"] * 8), SECONDS)
    waits = []
    for _ in range(3):
        begun = time.monotonic()
        batcher.submit(items("x"), SECONDS)
        waits.append(time.monotonic() - begun - predictor.seconds)
    assert waits[0] > 0.06 and min(waits[1:]) < 0.05
