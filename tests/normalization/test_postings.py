"""Positions of entities, packed and as bits."""

import random

import pytest

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
