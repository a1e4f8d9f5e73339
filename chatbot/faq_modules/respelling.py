"""A question as it was meant where a character only sounds right (上拍流程 → 上牌流程), in the FAQ's own words.

A noisy channel with hard evidence (Kernighan, Church and Gale 1990): a character that the FAQ never has beside its
neighbours gives way to one of the same sound that it has beside both of them; of several, the likeliest by the bigrams
of the FAQ's texts. What the FAQ says nothing about stays as it was typed.
"""

from operator import add

from chatbot.normalization.pinyin import SyllableModel, fold, readings
from chatbot.normalization.text import has_han

MOST = 3
_READINGS = 2  # of a character of the FAQ: 行 is xing and hang; what it may be besides is rare


class Respeller:
    """Made from the bigrams of a FAQ's texts; knows no other word."""

    def __init__(self, model: SyllableModel) -> None:
        self._model = model
        self._sounding: dict[str, list[str]] = {}
        for char in model.characters:
            for syllable in dict.fromkeys(map(fold, readings(char)[:_READINGS])):
                self._sounding.setdefault(syllable, []).append(char)

    def respelled(self, text: str) -> str:
        """A normalised ``text`` with ``MOST`` characters replaced at most; ``text`` itself where none need be."""
        said = [SyllableModel.START, *text, SyllableModel.END]
        told = [*map(has_han, said)]  # what is no Chinese is no neighbour
        stands = [*map(self._model.pairs.__contains__, map(add, said, said[1:]))]
        changed = 0
        for at in range(1, len(said) - 1):
            left, right = told[at - 1], told[at + 1]
            if not told[at] or ((stands[at - 1] or not left) and (stands[at] or not right)):
                continue
            meant = self._meant(said[at - 1 : at + 2], left, right)
            if meant is not None:
                said[at], stands[at], changed = meant, True, changed + 1
                if changed == MOST:
                    break
        return "".join(said[1:-1]) if changed else text

    def _meant(self, said: list[str], left: bool, right: bool) -> str | None:
        """What sounds like the second of three characters and stands beside the first and the third, where these count."""
        before, char, after = said
        pairs = self._model.pairs
        fitting = [
            (self._model.likelihood(before, other, after), other)
            for other in self._sounding.get(fold(readings(char)[0]), ())
            if (not left or before + other in pairs) and (not right or other + after in pairs)
        ]
        return max(fitting)[1] if fitting else None
