"""Where a piece of a name is part of a word that names an attribute, or is one that is asked for: no name is seen there."""

from collections.abc import Collection, Container
from functools import lru_cache

from chatbot.regex import regex

_LONGER = 3  # characters of a word on either side of the piece of a name in it
_REMEMBERED = 4096  # pieces of names
_LONGEST = 8  # characters of an attribute's name that is looked for
_ASKED_FOR = regex("没有|不带|不含|支持|[有带含包配没]")
_OF_A_NAME = "版款型系"


class LongerWords:
    """Built once for the words that name attributes: which of them a piece of a name is part of."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        self._all = (
            "\n" + "\n".join(words) + "\n"
        )  # looked through at once, a tenth of the time of one by one
        self._in_some = lru_cache(maxsize=_REMEMBERED)(self._is_in_some)

    def hold(self, text: str, start: int, end: int) -> bool:
        """胃肠 of 胃肠镜, where that is one of the words; most pieces of names are in none, and ``text`` is not looked at."""
        if not self._in_some(text[start:end]):
            return False
        starts = range(max(0, start - _LONGER), start + 1)
        ends = range(end, min(len(text), end + _LONGER) + 1)
        return any(text[a:b] in self._words for a in starts for b in ends if b - a > end - start)

    def _is_in_some(self, piece: str) -> bool:
        at = self._all.find(piece)
        while at >= 0 and self._all[at - 1] == "\n" == self._all[at + len(piece)]:  # it is that word
            at = self._all.find(piece, at + 1)
        return at >= 0


def without_asked_for(text: str, words: Container[str], names: Container[str]) -> str:
    """带新风的空调 with bars for 新风, where that is one of ``words`` and none of ``names``; but not of 有新风版吗."""
    for hit in _ASKED_FOR.finditer(text):
        start = hit.end()
        for end in range(min(len(text), start + _LONGEST), start + 1, -1):
            if (word := text[start:end]) in words and word not in names:
                if text[end : end + 1] not in _OF_A_NAME or end == len(text):
                    text = text[:start] + "|" * (end - start) + text[end:]
                break
    return text
