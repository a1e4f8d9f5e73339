"""What is sold is called 手机 or 机型 in one knowledge base, 冰箱 in another; the grammar of queries knows it as 车.

The operator's ``products.txt`` has these words. They are read as ``GRAMMAR_WORD`` wherever a query is planned, so that
最轻的手机 and 3000以内的机型 are what 最轻的车 and 20万以内的车型 are in the demo.
"""

import re
from collections.abc import Collection, Iterable

from chatbot.normalization.text import normalize

GRAMMAR_WORD = "车"
_POINTED = ("", "这", "这个", "这款", "这台", "这部", "那", "那个", "那款", "那台", "那部")


class ProductWords:
    """Built once for a knowledge base; without words it changes nothing."""

    def __init__(self, words: Collection[str], names: Iterable[str] = ()) -> None:
        """``words`` are normalised; where one is part of one of ``names`` (entities, attributes, values), and that is said, it
        stays as it is."""
        named = {name for one in names for name in (normalize(one),) if any(word in name for word in words)}
        self._kept = named - {*words}
        longest = sorted({*words, *self._kept}, key=len, reverse=True)
        self._said = re.compile("|".join(map(re.escape, longest))) if words else None

    def in_grammar(self, text: str) -> str:
        """A normalised ``text`` with ``GRAMMAR_WORD`` for every word of what is sold."""
        return self._said.sub(self._one, text) if self._said else text

    def _one(self, found: re.Match[str]) -> str:
        return found.group() if found.group() in self._kept else GRAMMAR_WORD


def pointing_words(words: Iterable[str]) -> list[str]:
    """手机, 这手机, 那款手机: which name nothing that is told apart."""
    return [before + word for word in words for before in _POINTED]
