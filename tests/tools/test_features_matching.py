"""Where rows of a new version stood in the last one."""

import random

import pytest

from tools.features.matching import matched


def _changed(rows: list[str], seed: int) -> list[str]:
    """``rows`` with some taken out, some put in and some exchanged, at one place or at several."""
    rng, changed = random.Random(seed), list(rows)
    for number in range(seed % 4):
        at = rng.randrange(len(changed) + 1)
        changed[at : at + rng.randrange(3)] = [f"new {number} {one}" for one in range(rng.randrange(3))]
    if seed % 5 == 1 and changed:
        changed[0], changed[-1] = changed[-1], changed[0]
    return changed


@pytest.mark.parametrize("count", [1, 7, 4096, 9000])
def test_rows_are_found_where_they_stood(count: int) -> None:
    old = [str(number) for number in range(count)]
    for seed in range(20):
        new = _changed(old, seed)
        place_of = {row: place for place, row in enumerate(old)}
        assert matched(tuple(new), old).tolist() == [place_of.get(row, -1) for row in new]


def test_nothing_stood_in_nothing() -> None:
    assert matched([], ["a"]).tolist() == [] and matched(["a", "b"], []).tolist() == [-1, -1]


class _Row(str):
    """Says how many were looked up one by one."""

    looked_up = 0

    def __hash__(self) -> int:
        _Row.looked_up += 1
        return super().__hash__()


def test_only_what_lies_between_the_first_and_the_last_change_is_looked_up() -> None:
    old = [_Row(number) for number in range(20_000)]
    new = [*old[:700], _Row("one more"), *old[700:15_000], *old[15_001:]]
    assert matched(new, old)[[699, 700, 701]].tolist() == [699, -1, 700]
    assert 2 * 14_000 < _Row.looked_up < 2 * 15_000
    _Row.looked_up = 0
    assert matched([*old, _Row("one more")], old)[-1] == -1
    assert _Row.looked_up == 1
