"""Pinyin that is typed with a space behind each character or word: zui pianyi de suv, chun dian suv."""

import re
from collections.abc import Container

from chatbot.regex import regex

BETWEEN_LETTERS = regex(r"(?<=[a-z]) (?=[a-z](?![a-z]?\d))")  # qingyu e6: a code is a word of its own
BETWEEN_SYLLABLES = regex(r"(?<=[a-z]{2}) (?=[a-z]{2})")  # among Chinese, where a letter may be a name
_DE = regex(r"\s*\bde\b\s*")
_NA, _NE = regex(r"^na (?=\d)"), regex(r"(?<=[a-z]) ne$")
_LETTERS = regex("[a-z]{3,}")


def with_de(text: str) -> str:
    """``text`` with a de that stands by itself as 的, a ne at its end as 呢, and a na before a number as 那."""
    return _NA.sub("那", _NE.sub("呢", _DE.sub("的", text)))


def run_together(text: str, between: re.Pattern[str], known: Container[str]) -> str:
    """``text`` without the spaces that ``between`` finds, but for those beside a word that is ``known`` in letters: suv."""
    text = with_de(text)
    words = [(found.start(), found.end(), found.group()) for found in _LETTERS.finditer(text)]
    apart = {at for start, end, word in words if word in known for at in (start - 1, end)}
    return between.sub(lambda found: " " if found.start() in apart else "", text)
