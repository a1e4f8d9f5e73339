"""Words an operator does not want to see answered: a message that holds one is refused before the dialogue hears it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from chatbot.errors import DataError
from chatbot.normalization.common_words import CommonWords, common_words
from chatbot.normalization.listed_words import ListedWord, WordMatcher
from chatbot.reply import Message, Reply


class MessageCheck(Protocol):
    """The hook: says whether a message must not be answered. Must be fast and must not raise."""

    def refuses(self, text: str) -> bool: ...


class SensitiveWords:
    """A ``MessageCheck`` by a list of words, found however they are written: see ``WordMatcher``."""

    def __init__(self, words: Iterable[str | ListedWord], common: CommonWords | None = None) -> None:
        listed = (ListedWord(word) if isinstance(word, str) else word for word in words)
        self._matcher = WordMatcher(listed, common)

    def refuses(self, text: str) -> bool:
        """Whether ``text`` holds one of the words. Time grows with the text, not with the list."""
        return bool(self._matcher.find(text))


def load_sensitive_words(file: Path) -> SensitiveWords:
    """The check by the words of ``file``.

    Raises:
        DataError: as ``read_sensitive_words``.
    """
    words = read_sensitive_words(file)
    return SensitiveWords(words, common_words() if words else None)


def read_sensitive_words(file: Path) -> list[ListedWord]:
    """One word a line, or word, Tab and label; empty lines and lines that begin with ``#`` are left out.

    Raises:
        DataError: the file cannot be read, or is not UTF-8.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(file, "不是 UTF-8", hint="另存为 UTF-8") from error
    except OSError as error:
        raise DataError(file, f"读不了（{error.strerror}）", hint="检查 sensitive_words") from error
    kept = (line for line in map(str.strip, lines) if line and not line.startswith("#"))
    parts = (line.partition("\t") for line in kept)
    return [ListedWord(word.strip(), label.strip()) for word, _, label in parts]


def checked_turn(
    turn: Callable[[Message], Reply], check: MessageCheck, refusal: str
) -> Callable[[Message], Reply]:
    """``turn`` for the messages that ``check`` lets pass; for the others ``refusal``, and nothing is remembered."""

    def checked(message: Message) -> Reply:
        if not check.refuses(message.sent):
            return turn(message)
        return Reply(refusal, "fallback", "none", "exception", why="sensitive word")

    return checked
