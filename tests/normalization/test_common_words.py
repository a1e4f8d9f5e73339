"""Ordinary words, asked for a few at a time."""

import random

from chatbot.normalization.common_words import common_among, common_words


def test_a_few_are_told_as_the_whole_list_tells_them() -> None:
    words = common_words().words
    some = [*random.Random(1).sample(sorted(words), 40), "御享", "的", "一二三四五六七八九", "a b", ""]
    assert common_among(some) == {one for one in some if one in words}
    assert len(common_among(some)) == 40
