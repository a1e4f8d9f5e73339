"""A look-up by first bits against a plain search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.classifying.buckets import Buckets

NUMBERS = st.integers(0, 2**64 - 1)


def check(keys: np.ndarray, wanted: np.ndarray) -> None:
    places, known = Buckets(keys).find(wanted)
    table = {int(key): place for place, key in enumerate(keys)}
    assert known.tolist() == [int(one) in table for one in wanted]
    assert [p for p, k in zip(places.tolist(), known, strict=True) if k] == [
        table[int(one)] for one in wanted if int(one) in table
    ]


@given(st.sets(NUMBERS, max_size=60), st.lists(NUMBERS, max_size=20))
def test_any_numbers_are_found_where_they_stand(keys: set[int], others: list[int]) -> None:
    table = np.array(sorted(keys), dtype=np.uint64)
    check(table, np.array([*keys, *others, 0, 2**64 - 1], dtype=np.uint64))


@pytest.mark.parametrize("top", [0, 1, 2**63, 2**64 - 200], ids=["low", "one", "middle", "high"])
def test_numbers_that_crowd_together_are_found_too(top: int) -> None:
    table = np.array([top + n for n in range(0, 200, 2)], dtype=np.uint64)
    check(table, np.array([top + n for n in range(200)], dtype=np.uint64))


def test_many_evenly_spread_numbers() -> None:
    rng = np.random.default_rng(5)
    table = np.unique(rng.integers(0, 2**64 - 1, 50_000, dtype=np.uint64))
    check(table, np.concatenate([table[::7], rng.integers(0, 2**64 - 1, 5_000, dtype=np.uint64)]))
