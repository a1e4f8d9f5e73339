"""Pinyin inside a question back into characters: in full (xuhang) or as initials (xhlc), in the FAQ's own words.

What is typed in Latin letters is read with the characters around it: a bigram model over the FAQ's texts chooses among
the characters of each syllable (Viterbi), and among the word sequences of the FAQ that have the initials.
"""

import math
import re
from collections.abc import Sequence
from functools import cached_property

from chatbot.faq_modules.initials import PhraseTable
from chatbot.normalization.pinyin import SyllableModel, readings

_LETTER = re.compile("[a-z]")
_RUN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
MAX_TEXTS = 20_000
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_SPACES = re.compile(r"[ ']")
_FULL_LENGTH = range(2, 121)
_INITIALS_LENGTH = range(3, 11)
_READINGS = 3
_WAYS, _PHRASES = 6, 4


class LatinDecoder:
    """Made from a FAQ's normalised texts, the first ``MAX_TEXTS``; knows no other word."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts[:MAX_TEXTS]
        runs = (run for text in self._texts for run in _RUN.findall(text))
        self._known = {word for run in runs for word in _SPACES.split(run)}
        self._model = SyllableModel(self._texts, _READINGS)

    @property
    def model(self) -> SyllableModel:
        """The bigrams of the texts."""
        return self._model

    @cached_property
    def _phrases(self) -> PhraseTable:
        """The FAQ's phrases by their initials; made when first needed."""
        runs = [run for text in self._texts for run in _HAN_RUN.findall(text)]
        return PhraseTable(runs, lambda char: readings(char)[0][0])

    def decode(self, text: str) -> str:
        """A normalised ``text`` with its pinyin replaced; Latin words of the FAQ and what is no pinyin stay."""
        return self.decodings(text)[0]

    def decodings(self, text: str) -> tuple[str, ...]:
        """The likeliest ways to read ``text``, best first, ``_WAYS`` at most: initials often fit several phrases."""
        if not _LETTER.search(text):
            return (text,)
        ways, done = [""], 0
        for run in _RUN.finditer(text):
            between = text[done : run.start()]
            ways = [way + between + read for way in ways for read in self._readings(run)][:_WAYS]
            done = run.end()
        return tuple([way + text[done:] for way in ways])

    def _readings(self, found: re.Match[str]) -> Sequence[str]:
        run, text = found.group(), found.string
        words = _SPACES.split(run)
        if any(word in self._known for word in words):
            return (run,)
        before = text[found.start() - 1] if found.start() else SyllableModel.START
        after = text[found.end()] if found.end() < len(text) else SyllableModel.END
        in_full = self._in_full(words, before, after)
        return (in_full,) if in_full else self._initials("".join(words), before, after) or (run,)

    def _initials(self, letters: str, before: str, after: str) -> list[str]:
        """The fewest phrases whose initials are ``letters``; of those the commonest that fit their neighbours.

        Where there is nothing but letters, only phrases that the FAQ has side by side: almost any letters are the
        initials of some phrases (dfgdfg, a hand on the keyboard).
        """
        if len(letters) not in _INITIALS_LENGTH:
            return []
        alone = before == SyllableModel.START and after == SyllableModel.END
        best: dict[int, list[tuple[int, float, str]]] = {0: [(0, 0.0, "")]}
        for end in range(2, len(letters) + 1):
            ways = {
                text + phrase: (parts - 1, score + fit, text + phrase)
                for start, earlier in best.items()
                for parts, score, text in earlier
                for fit, phrase in self._fitting(
                    letters[start:end], text[-1:] or before, after if end == len(letters) else ""
                )
                if not (alone and text) or self._side_by_side(text, phrase)
            }
            if ways:
                best[end] = sorted(ways.values(), reverse=True)[:_WAYS]
        return [text for _, _, text in best.get(len(letters), ())]

    def _side_by_side(self, text: str, phrase: str) -> bool:
        """Whether the FAQ goes on from ``text`` to ``phrase``, as far as the characters around the seam tell."""
        has = self._phrases.in_a_row
        return has(text[-2:] + phrase[0]) and has(text[-1] + phrase[:2])

    def _fitting(self, letters: str, before: str, after: str) -> list[tuple[float, str]]:
        """The phrases that fit best."""
        fits = [
            (
                math.log(count)
                + 2.0 * self._model.follows(before, text[0])
                + 2.0 * self._model.follows(text[-1], after),
                text,
            )
            for count, text in self._phrases.phrases(letters)
        ]
        return sorted(fits, reverse=True)[:_PHRASES]

    def _in_full(self, words: Sequence[str], before: str, after: str) -> str | None:
        if sum(map(len, words)) not in _FULL_LENGTH:
            return None
        syllables: list[str] = []
        for word in words:
            split = self._model.split(word)
            if split is None:
                return None
            syllables += split
        return self._model.likeliest(syllables, before, after)
