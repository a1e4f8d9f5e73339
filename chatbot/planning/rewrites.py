"""Rules of rewriting, carried out one after the other; most are not even tried, since their characters are not there."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from chatbot.needed import characters_needed
from chatbot.once import once

Rewrite = str | Callable[[re.Match[str]], str]


class Rewrites:
    """Gives what ``pattern.sub`` of each rule in turn gives. The patterns have no flags."""

    def __init__(self, rules: Iterable[tuple[re.Pattern[str], Rewrite]]) -> None:
        self._rules = tuple((pattern, _late(plain)) for pattern, plain in rules)

    def __call__(self, text: str) -> str:
        """``text`` by every rule that fits."""
        left = self._may_fit(text)
        while left:
            lowest = left & -left
            pattern, plain = self._rules[lowest.bit_length() - 1]
            written = pattern.sub(plain, text)
            left ^= lowest
            if written != text:
                text = written
                left = self._may_fit(text) & -(lowest << 1)
        return text

    def _may_fit(self, text: str) -> int:
        """A bit for each rule that ``text`` has the characters for, the first rule's the lowest."""
        always, by_character = self._fitting
        found = always
        for char in text:
            found |= by_character.get(char, 0)
        return found

    @once
    def _fitting(self) -> tuple[int, dict[str, int]]:
        """The rules that every text may fit, and for each character those that may fit where it stands."""
        always, by_character = 0, dict[str, int]()
        for place, (pattern, _) in enumerate(self._rules):
            needed = characters_needed(pattern.pattern)
            if needed is None:
                always |= 1 << place
            for char in needed or ():
                by_character[char] = by_character.get(char, 0) | 1 << place
        return always, by_character


def _late(plain: Rewrite) -> Rewrite:
    """``plain``, expanded where it is found: a template is made ready by each ``sub``, though it finds nothing."""
    return partial(_expanded, plain) if isinstance(plain, str) and "\\" in plain else plain


def _expanded(template: str, found: re.Match[str]) -> str:
    return found.expand(template)
