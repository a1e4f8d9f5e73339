"""Listed words are found however they are written, with their place; ordinary sentences are left alone."""

import time

import pytest

from chatbot.normalization.aligned import aligned, same_length
from chatbot.normalization.common_words import common_words
from chatbot.normalization.listed_words import ListedWord, WordMatcher

WORDS = (
    "敏感词",
    "毒品",
    "大麻",
    "海洛因",
    "代开发票",
    "六合彩",
    "加微信",
    "洗钱",
    "加工",
    "枪支",
    "裸聊",
    "炸药",
)
LATIN = ("bad word", "av", "sex")


@pytest.fixture(scope="module")
def matcher() -> WordMatcher:
    return WordMatcher([ListedWord(word, "违禁") for word in (*WORDS, *LATIN)], common_words())


@pytest.mark.parametrize(
    ("said", "written", "way"),
    [
        ("说说敏感词吧", "敏感词", "exact"),
        ("說說敏感詞吧", "敏感詞", "variant"),
        ("Ｂａｄ　Word!", "Ｂａｄ　Word", "variant"),
        ("敏*感 词", "敏*感 词", "split"),
        ("敏。感。词", "敏。感。词", "split"),
        ("敏\u200b感\u200b词", "敏\u200b感\u200b词", "split"),
        ("买点大*麻", "大*麻", "split"),
        ("min gan ci", "min gan ci", "pinyin"),
        ("MinGan ci", "MinGan ci", "pinyin"),
        ("敏gan词", "敏gan词", "pinyin"),
        ("哪里有 hailuoyin 卖", "hailuoyin", "pinyin"),
        ("毒 pin", "毒 pin", "pinyin"),
        ("海洛茵", "海洛茵", "homophone"),
        ("买六和彩", "六和彩", "homophone"),
        ("贷开发票", "贷开发票", "homophone"),
        ("裸瞭", "裸瞭", "homophone"),
    ],
)
def test_a_word_is_found_with_its_place_and_way(
    matcher: WordMatcher, said: str, written: str, way: str
) -> None:
    (found,) = matcher.find(said)
    assert (found.as_written, found.way, found.listed.label) == (written, way, "违禁")
    assert said[found.start : found.end] == written


@pytest.mark.parametrize(
    "said",
    [
        "参加工作两年了", "孩子长大。麻烦您了", "大妈打骂孩子", "这车很大吗", "强制保险", "java 和 essex",
        "panda 手机", "他很敏锐", "感词", "ba dwor", "", "！？", "\ud800", "min gan", "增加威信",
    ],
)  # fmt: skip
def test_ordinary_sentences_hold_none(matcher: WordMatcher, said: str) -> None:
    assert matcher.find(said) == []


def test_the_more_certain_of_two_that_overlap_is_told() -> None:
    matcher = WordMatcher([ListedWord("开发票"), ListedWord("代开发票")], common_words())
    assert [one.listed.word for one in matcher.find("代开发票")] == ["代开发票"]
    assert [one.way for one in matcher.find("贷开发票")] == ["exact"]


def test_without_ordinary_words_sound_alone_finds_nothing() -> None:
    assert WordMatcher([ListedWord("海洛因")]).find("海洛茵") == []


def test_an_empty_list_finds_nothing() -> None:
    assert WordMatcher([ListedWord("  "), ListedWord("!")]).find("敏感词") == []


def test_time_does_not_grow_with_the_list() -> None:
    words = [ListedWord(f"词{number:05d}") for number in range(20_000)]
    matcher = WordMatcher(words, common_words())
    begun = time.perf_counter()
    assert len(matcher.find("一二三词00007" * 1000)) == 1000
    assert time.perf_counter() - begun < 5


def test_each_character_keeps_its_place() -> None:
    whole = aligned("Ａ㍻\u200b見e\u0301")
    assert whole.text == "a平成见e"
    assert whole.places == (0, 1, 1, 3, 4)
    assert same_length("Ａ㍻\u200b見") == "a㍻\u200b见"
