"""Words an operator does not want to see answered: a message that holds one is refused before the dialogue hears it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import ahocorasick

from chatbot.errors import DataError
from chatbot.normalization.text import content, normalize
from chatbot.reply import Message, Reply


class MessageCheck(Protocol):
    """The hook: says whether a message must not be answered. Must be fast and must not raise."""

    def refuses(self, text: str) -> bool: ...


class SensitiveWords:
    """A ``MessageCheck`` by a list of words, found however they are written: width, case, 繁體, marks in between."""

    def __init__(self, words: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word in words:
            key = content(normalize(word))
            if key:
                self._automaton.add_word(key, True)
        self._automaton.make_automaton()

    def refuses(self, text: str) -> bool:
        """Whether ``text`` holds one of the words. Time grows with the text, not with the list."""
        if not len(self._automaton):
            return False
        return next(self._automaton.iter(content(normalize(text))), None) is not None


def load_sensitive_words(file: Path) -> SensitiveWords:
    """One word a line; empty lines and lines that begin with ``#`` are left out.

    Raises:
        DataError: the file cannot be read, or is not UTF-8.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(file, "不是 UTF-8", hint="另存为 UTF-8") from error
    except OSError as error:
        raise DataError(file, f"读不了（{error.strerror}）", hint="检查 sensitive_words") from error
    return SensitiveWords(line for line in map(str.strip, lines) if line and not line.startswith("#"))


def checked_turn(
    turn: Callable[[Message], Reply], check: MessageCheck, refusal: str, kb_version: Callable[[], str]
) -> Callable[[Message], Reply]:
    """``turn`` for the messages that ``check`` lets pass; for the others ``refusal``, and nothing is remembered."""

    def checked(message: Message) -> Reply:
        if not check.refuses(message.sent):
            return turn(message)
        return Reply(refusal, "fallback", "none", "exception", why="sensitive word", kb_version=kb_version())

    return checked
