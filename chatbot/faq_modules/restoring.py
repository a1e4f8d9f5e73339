"""A question as it was meant where a character was left out (试在哪报名 → 试驾在哪报名), in the FAQ's own words.

Two neighbours that the FAQ never has side by side, while each stands well beside its other neighbour, are a seam: a
character may be missing there. Of all seams and all characters that the FAQ has behind the one and before the other,
the likeliest by the bigrams of its texts is put in. A wrong character (上拍流程) makes two seams in a row, which are none.
"""

from collections.abc import Iterator
from functools import cached_property
from operator import add

from chatbot.normalization.pinyin import SyllableModel
from chatbot.normalization.text import has_han

RIGHT = 0.7
"""How probable what was found is, against the same found for a question as typed: that a character is missing is a guess."""


class Restorer:
    """Made from the bigrams of a FAQ's texts; knows no other word."""

    def __init__(self, model: SyllableModel) -> None:
        self._model = model

    def restored(self, text: str) -> str:
        """A normalised ``text`` with one character more; ``text`` itself where none is missed."""
        said, pairs = [SyllableModel.START, *text, SyllableModel.END], self._model.pairs
        fitting = [
            (self._model.likelihood(said[at], char, said[at + 1]), -at, char)
            for at in self._seams(said)
            for char in self._behind.get(said[at], ())
            if char + said[at + 1] in pairs
        ]
        best = max(fitting, default=None)
        return text if best is None else f"{text[: -best[1]]}{best[2]}{text[-best[1] :]}"

    @cached_property
    def _behind(self) -> dict[str, list[str]]:
        """Character → the Chinese ones that some text has right behind it; made when first needed."""
        found: dict[str, list[str]] = {}
        for pair in self._model.pairs:
            if has_han(pair[1]):
                found.setdefault(pair[0], []).append(pair[1])
        return found

    def _seams(self, said: list[str]) -> Iterator[int]:
        """The places of what stands before a seam; only Chinese, and the ends, are told by their neighbours."""
        told = [True, *map(has_han, said[1:-1]), True]
        met = [*map(self._model.pairs.__contains__, map(add, said, said[1:]))]
        apart = [told[at] and told[at + 1] and not one for at, one in enumerate(met)]
        for at, seam in enumerate(apart):
            if seam and not (at and apart[at - 1]) and not any(apart[at + 1 : at + 2]):
                yield at
