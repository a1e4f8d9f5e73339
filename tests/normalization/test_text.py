"""Utterance normalisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.normalization.text import content, normalize


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("請問這款車續航多少", "请问这款车续航多少", id="traditional"),
        pytest.param("ＡＢＣ１２３", "abc123", id="full-width"),
        pytest.param("您好！！！", "您好!", id="repeated marks"),
        pytest.param("哈哈哈哈哈", "哈", id="repeated letters"),
        pytest.param("1000000公里", "1000000公里", id="repeated digits stay"),
        pytest.param("A 型号 的 价格", "a型号的价格", id="spaces beside Chinese"),
        pytest.param("model y", "model y", id="spaces in Latin"),
        pytest.param("续\u200b航\x00\ud800", "续航", id="invisible and broken characters"),
        pytest.param("", "", id="empty"),
    ],
)
def test_text_is_written_one_way(raw: str, expected: str) -> None:
    assert normalize(raw) == expected


def test_content_is_letters_digits_and_characters_only() -> None:
    assert content(normalize("😀 A型号？ 5.6s_!")) == "a型号56s"


@given(st.text(alphabet="abz09,.?!:;%+/~、。-価价格續续航 ，？Ａ", max_size=12))
def test_the_short_way_of_a_plain_text_is_the_long_way(text: str) -> None:
    long_way = normalize(f"{text}\u200b")  # a character that only the long way takes out
    assert normalize(text) == long_way


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more_than_once(text: str) -> None:
    once = normalize(text)
    assert content(normalize(once)) == content(normalize(normalize(once)))
    once.encode("utf-8")
