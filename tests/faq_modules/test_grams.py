"""The characters and pairs that class evidence and evidence of scope count."""

from collections import Counter
from itertools import pairwise

import pytest

from chatbot.faq_modules.grams import grams


@pytest.mark.parametrize("text", ["", "油", "油耗多少", "多少多少", "啊啊啊啊", "a4l多少钱一辆，多少钱"])
def test_characters_and_pairs_are_counted_each_in_the_order_they_come(text: str) -> None:
    pairs = [left + right for left, right in pairwise(text)]

    assert list(grams(text).items()) == list(Counter([*text, *pairs]).items())
