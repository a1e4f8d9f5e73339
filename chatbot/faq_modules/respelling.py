"""A question as it was meant where a character only sounds right (上拍流程 → 上牌流程), in the FAQ's own words.

A noisy channel with hard evidence (Kernighan, Church and Gale 1990): a character that the FAQ never has beside its
neighbours gives way to one of the same sound that it has beside both of them; of several, the likeliest by the bigrams
of the FAQ's texts. What the FAQ says nothing about stays as it was typed.
"""

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
        changed = 0
        for at in range(1, len(said) - 1):
            if changed < MOST and has_han(said[at]):
                meant = self._meant(*said[at - 1 : at + 2])
                changed += meant != said[at]
                said[at] = meant
        return "".join(said[1:-1]) if changed else text

    def _meant(self, before: str, char: str, after: str) -> str:
        """``char``, or what sounds like it and stands between these neighbours; what is no Chinese is no neighbour."""
        left, right = has_han(before), has_han(after)
        if not (left or right) or self._stands(before, char, after, left, right):
            return char
        fitting = (
            (self._model.likelihood(before, other, after), other)
            for other in self._sounding.get(fold(readings(char)[0]), ())
            if self._stands(before, other, after, left, right)
        )
        return max(fitting, default=(0.0, char))[1]

    def _stands(self, before: str, char: str, after: str, left: bool, right: bool) -> bool:
        follows = self._model.follows
        return (not left or follows(before, char)) and (not right or follows(char, after))
