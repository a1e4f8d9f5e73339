import itertools
from collections.abc import Iterator
from zlib import crc32

from chatbot.derived import Derived
from chatbot.normalization.pinyin import fold, readings
from chatbot.planning.checked_index import CheckedIndex
from chatbot.planning.word_sounds import WordSounds

HEARD = ["油耗", "便宜", "四驱", "油号", "最便宜", "安全", "suv车", "车", "一二三四五六七"]
SPELLED = ["油耗", "有号", "醉便宜", "变异", "油"]
WORDS = WordSounds(HEARD, SPELLED)


def sounds(char: str, each: int) -> set[str]:
    return {fold(reading) for reading in readings(char)[:each]}


def brute_heard(window: str) -> set[str]:
    fitting = (w for w in HEARD if 2 <= len(w) <= 6 and len(w) == len(window))
    return {
        w
        for w in fitting
        if all(sounds(a, 2) & sounds(b, 2 if len(w) <= 3 else 1) for a, b in zip(window, w, strict=True))
    }


def windows() -> Iterator[str]:
    return map("".join, itertools.product("油由四便车", "耗号区宜"))


def test_what_sounds_like_a_window_is_found_as_by_comparing_it_with_every_word() -> None:
    for window in [*windows(), "嘴便宜", "车", "suv车", "一二三四五六七"]:
        assert set(WORDS.sounding_like(window)) == brute_heard(window), window


def test_of_two_words_that_sound_alike_the_one_told_first_comes_first() -> None:
    assert list(dict.fromkeys(WORDS.sounding_like("由号"))) == ["油耗", "油号"]


def test_letters_are_the_first_word_that_is_typed_in_them() -> None:
    assert [
        WORDS.typed_as(letters) for letters in ("youhao", "pianyi", "bianyi", "you", "anquan", "", "x")
    ] == [
        "油耗",
        "便宜",
        "便宜",
        "",
        "安全",
        "",
        "",
    ]


def test_a_first_character_in_letters_is_that_of_the_last_word_that_goes_on_so() -> None:
    assert WORDS.begun_as("zui", "便宜") == "醉"
    assert WORDS.begun_as("si", "驱") == "四"
    assert WORDS.begun_as("zui", "驱") == WORDS.begun_as("suv", "车") == ""


def test_neighbours_sound_together_where_some_word_has_such_neighbours() -> None:
    assert WORDS.together("由", "号")
    assert WORDS.together("便", "一")
    assert not WORDS.together("号", "由")
    assert not WORDS.together("有", "意")


def test_an_index_gives_every_place_of_a_key_in_the_order_told_and_keeps_colliding_keys() -> None:
    assert crc32(b"plumless") == crc32(b"buckeroo")
    index = CheckedIndex(
        lambda: [("plumless", 3), ("a", 1), ("buckeroo", 2), ("plumless", 0), ("a", 7)], Derived(), "any"
    )
    assert list(index.candidates("a")) == [1, 7]
    assert list(index.candidates("plumless")) == [3, 2, 0]
    assert list(index.candidates("b")) == list(CheckedIndex(list, Derived(), "none").candidates("a")) == []
