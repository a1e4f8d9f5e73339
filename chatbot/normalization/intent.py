"""Intents that words alone decide: a person is wanted, or everything starts over."""

import re
from collections.abc import Sequence

from chatbot.normalization.text import content

_NEGATIONS = ("不要", "不用", "别", "不想", "无需", "不需要")
_ROOM = 10


class PhraseIntent:
    """An intent with a list of trigger phrases.

    A phrase of three or more characters may stand inside a short utterance; a shorter one must be all of it.
    不要转人工 is not 转人工.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        wanted = sorted(
            {content(phrase) for phrase in phrases} - {""}, key=lambda phrase: (-len(phrase), phrase)
        )
        self._phrases = tuple(wanted)
        self._any = re.compile("|".join(map(re.escape, wanted)) or r"(?!)")
        self._several = re.compile(f"(?:{self._any.pattern}){{1,3}}")

    def fits(self, text: str) -> bool:
        """Whether a normalised ``text`` has the intent."""
        said = content(text)
        if not self._any.search(said):
            return False
        if self._several.fullmatch(said):
            return True  # 清空重来
        return any(self._in(said, phrase) for phrase in self._phrases)

    def declined(self, text: str) -> bool:
        """Whether a normalised ``text`` says that just this is not wanted: 不要转人工."""
        said = content(text)
        found = self._any.search(said)
        return found is not None and said[: found.start()] in _NEGATIONS and len(said) <= found.end() + 1

    @staticmethod
    def _in(said: str, phrase: str) -> bool:
        at = said.find(phrase)
        if at < 0 or said == phrase:
            return said == phrase
        if len(phrase) < 3 or len(said) > len(phrase) + _ROOM:
            return False
        return not said[:at].endswith(_NEGATIONS)
