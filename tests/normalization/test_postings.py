"""Positions of entities, packed and as bits."""

import random
from pathlib import Path

import pytest

from chatbot.derived import Derived
from chatbot.normalization.postings import Postings, bits, mask_of, packed


@pytest.mark.parametrize("rows", [[], [0], [7, 8], [0, 63, 64, 4095]], ids=str)
def test_bits_give_back_the_positions(rows: list[int]) -> None:
    assert bits(mask_of(rows)) == rows


def test_a_mask_is_the_sum_of_its_bits_in_any_order() -> None:
    rng = random.Random(3)
    rows = [rng.randrange(50_000) for _ in range(300)]
    assert mask_of(rows) == sum(1 << row for row in set(rows))


def test_words_of_the_same_entities_share_their_positions() -> None:
    found = Postings({"甲": [3, 1, 1], "乙": [1, 3], "丙": [2]})
    assert found["甲"] == found["乙"] == 0b1010
    assert found.rows("甲") is found.rows("乙")
    assert packed([2]) == found.rows("丙")
    assert set(found) == {"甲", "乙", "丙"}
    assert "丁" not in found
    with pytest.raises(KeyError):
        found["丁"]


def test_kept_words_come_back_with_their_positions_and_are_not_told_again(tmp_path: Path) -> None:
    told = {"甲": [3, 1, 1], "乙": [1, 3], "丙": [2], "丁": []}
    first = Derived(tmp_path, "v")
    made = [Postings.kept(first, "names", lambda: told)]
    first.save()
    made.append(Postings.kept(Derived(tmp_path, "v"), "names", lambda: pytest.fail("told again")))
    for found in made:
        assert dict(found) == dict(Postings(told)) and list(found) == list(told)
        assert found.rows("甲") is found.rows("乙")
