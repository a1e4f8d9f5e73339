"""Sensitive words: found however they are written; the dialogue never hears them."""

from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.reply import Message, Reply
from chatbot.sensitive_words import SensitiveWords, checked_turn, load_sensitive_words


@pytest.mark.parametrize(
    "said", ["敏感词", "这是敏感詞呀", "敏 感-词", "敏。感。词", "ＢＡＤ word", "xbadwordx", "Bad　Word"]
)
def test_a_word_is_found_however_it_is_written(said: str) -> None:
    assert SensitiveWords(["敏感词", "bad word"]).refuses(said)


@pytest.mark.parametrize("said", ["敏感", "感词", "", "您好", "\ud800", "ba dwor"])
def test_other_words_are_not(said: str) -> None:
    assert not SensitiveWords(["敏感词", "bad word", "  ", "!"]).refuses(said)


def test_an_empty_list_refuses_nothing() -> None:
    assert not SensitiveWords([]).refuses("敏感词")


def test_the_dialogue_does_not_hear_what_is_refused() -> None:
    heard: list[str] = []

    def turn(message: Message) -> Reply:
        heard.append(message.sent)
        return Reply("好", "answer", "faq", "answering")

    checked = checked_turn(turn, SensitiveWords(["敏感词"]), "不方便聊")
    refused = checked(Message("说说敏感词", "s", "t"))
    assert (refused.answer, refused.answer_type) == ("不方便聊", "fallback")
    assert checked(Message("您好", "s", "t")).answer == "好"
    assert heard == ["您好"]


def test_a_file_holds_one_word_a_line(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeff# 注释\n\n敏感词\r\n", encoding="utf-8")
    assert load_sensitive_words(file).refuses("敏感词")
    assert not load_sensitive_words(file).refuses("注释")
    file.write_bytes("敏感词".encode("gbk"))
    with pytest.raises(DataError, match="UTF-8"):
        load_sensitive_words(file)
    with pytest.raises(DataError, match="sensitive_words"):
        load_sensitive_words(tmp_path / "none.txt")
