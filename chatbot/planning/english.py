"""English words that people mix into a Chinese question, put in Chinese: under 20万 → 20万以内, cheapest → 最便宜的.

The words are in ``words/english.txt``; bounds and numbers of seats are patterns.
"""

import re
from collections.abc import Iterable

from chatbot.derived import Derived
from chatbot.planning.makes import makes
from chatbot.planning.words import built_in
from chatbot.regex import regex

_AMOUNT = r"(\d[\d.]*\s?(?:万元?|千元?|元|公里|升|秒|千瓦|(?:wk|w|k(?:m|w|wh|g)?|l|s|mm)?(?![a-z0-9])))"
_WORD, _END = r"(?<![a-z0-9\-])", r"(?![a-z0-9\-])"
_BOUNDS = (
    (regex(rf"{_WORD}between\s?{_AMOUNT}\s?(?:and|to|和)\s?{_AMOUNT}"), r"\1到\2"),
    (regex(rf"{_WORD}(?:under|below|less than|within|up to|no more than|at most)\s?{_AMOUNT}"), r"\1以内"),
    (regex(rf"{_WORD}(?:over|above|more than|at least)\s?{_AMOUNT}"), r"\1以上"),
    (regex(rf"{_WORD}(?:around|about)\s?{_AMOUNT}"), r"\1左右"),
    (regex(rf"(?<![\d.])(\d)\s?-?(?:seater|seats?){_END}"), r"\1座"),
)  # fmt: skip
_TWICE = regex(r"的\s?的")
_LETTERS = regex("[a-z]{2,}")


class EnglishWords:
    """Built once for the names of a graph: what is a word of one of them stays."""

    def __init__(self, names: Iterable[str], derived: Derived | None = None) -> None:
        words_of_names = (derived or Derived()).json("latin words of names", lambda: _latin_words(names))
        taken = set(words_of_names)
        taken |= {word for group in makes() for name in group for word in _LETTERS.findall(name)}
        self._said: dict[str, str] = {}
        for line in built_in("english"):
            chinese, words = line.split(": ", 1)
            said = (word.strip() for word in words.split(","))
            self._said.update((word, chinese) for word in said if word not in taken)
        longest = sorted(self._said, key=len, reverse=True)
        self._word = re.compile(rf"{_WORD}(?:{'|'.join(map(re.escape, longest))}){_END}")

    def in_chinese(self, text: str) -> str:
        """A normalised ``text`` with these words in Chinese; the text itself where it has none."""
        if _LETTERS.search(text) is None:
            return text
        said = text
        for pattern, plain in _BOUNDS:
            said = pattern.sub(plain, said)
        said = self._word.sub(lambda found: self._said[found.group()], said)
        return text if said == text else _TWICE.sub("的", said)


def _latin_words(names: Iterable[str]) -> list[str]:
    return sorted({word for name in names for word in _LETTERS.findall(name)})
