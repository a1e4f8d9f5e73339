"""What is said around a question and asks nothing."""

import re
from collections.abc import Container

from chatbot.normalization.text import content

_LONGEST = 8  # characters of a name or a word
_MARKS = r",.;:!?~。、 …"


def courtesies(noise: list[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Noise before and behind a question; what is but one character only where a mark sets it apart."""
    long = "|".join(sorted((w for w in noise if len(w) > 1), key=len, reverse=True))
    short = "".join(w for w in noise if len(w) == 1)
    before = re.compile(rf"^(?:(?:{long})[{_MARKS}]*|[{short}]+[{_MARKS}]+)+")
    return before, re.compile(rf"(?:[{_MARKS}]*(?:{long})|[{_MARKS}]+[{short}]|[{_MARKS}])+$")


class Noise:
    """What is left out before and behind a question; no part of a name or of another word is."""

    def __init__(self, noise: list[str], names: Container[str], words: Container[str]) -> None:
        self._before, self._behind = courtesies(noise)
        self._names, self._words = names, words

    def without(self, text: str) -> str:
        """``text`` without the courtesies before and behind the question; all of it when that is all there is."""
        before = self._before.match(text)
        end = before.end() if before else 0
        first = next((at for at in range(end) if self._named_across(text, at, end)), end)
        inner = self._behind.sub(self._left, text[first:])
        return inner if content(inner) else text

    def _named_across(self, text: str, start: int, end: int) -> bool:
        """Whether a name begins at ``start`` and goes on behind ``end``: 小白 of 小白3."""
        ends = range(end + 1, min(len(text), end + _LONGEST) + 1)
        return any(text[start:to] in self._names for to in ends)

    def _left(self, found: re.Match[str]) -> str:
        """年纪 of 多大年纪 is a part of a word that is known."""
        starts = range(max(0, found.start() - _LONGEST), found.start())
        return found.group() if any(found.string[at:] in self._words for at in starts) else ""
