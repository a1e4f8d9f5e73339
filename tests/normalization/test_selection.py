"""Choosing among what was offered."""

import pytest

from chatbot.normalization.selection import choose, ordinal

OPTIONS = ["标准续航升级版", "长续航版", "B型号 豪华版"]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        pytest.param("第二个", 1, id="ordinal"),
        pytest.param("2", 1, id="digit"),
        pytest.param("选第三款吧", 2, id="verb and particle"),
        pytest.param("第1个", 0, id="arabic ordinal"),
        pytest.param("后者", 2, id="the latter"),
        pytest.param("前面那个", 0, id="the former"),
        pytest.param("最后一个", 2, id="last"),
        pytest.param("长续航版", 1, id="by name"),
        pytest.param("b型号 豪华版！", 2, id="by name, case and marks"),
        pytest.param("第五个", None, id="out of range"),
        pytest.param("二手车回购", None, id="starts like an ordinal"),
        pytest.param("两个月能提车吗", None, id="a number in a question"),
        pytest.param("价格多少", None, id="another question"),
    ],
)
def test_an_option_is_chosen_by_words_or_place(text: str, index: int | None) -> None:
    assert choose(text, OPTIONS) == index


def test_an_ordinal_out_of_range_is_still_an_ordinal() -> None:
    assert ordinal("第五个") == 5
    assert ordinal("五座车") is None
