"""Pinyin inside a question back into characters: in full (xuhang) or as initials (xhlc), in the FAQ's own words.

What is typed in Latin letters is read with the characters around it: a bigram model over the FAQ's texts chooses among
the characters of each syllable (Viterbi), and among the word sequences of the FAQ that have the initials.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han

_RUN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
MAX_TEXTS = 20_000
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_SPACES = re.compile(r"[ ']")
_FULL_LENGTH, _PHRASE_LENGTH = range(2, 121), range(2, 7)
_INITIALS_LENGTH = range(3, 11)
_READINGS, _LEAST_SEEN = 3, 2
_START, _END = "^", "$"


class LatinDecoder:
    """Made from a FAQ's normalised texts, the first ``MAX_TEXTS``; knows no other word."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts[:MAX_TEXTS]
        self._known: set[str] = set()
        self._chars: dict[str, set[str]] = {}
        self._single: Counter[str] = Counter()
        self._pair: Counter[tuple[str, str]] = Counter()
        for text in self._texts:
            self._known.update(word for run in _RUN.findall(text) for word in _SPACES.split(run))
            marked = _START + text + _END
            self._single.update(marked)
            self._pair.update(pairwise(marked))
        for char in filter(has_han, self._single):
            for reading in readings(char)[:_READINGS]:
                self._chars.setdefault(reading, set()).add(char)
        self._total = self._single.total() or 1
        self._longest = max(map(len, self._chars), default=0)

    @cached_property
    def _phrases(self) -> dict[str, list[tuple[int, str]]]:
        """Initials → the FAQ's phrases and how often it has them; made when first needed."""
        phrases: Counter[str] = Counter()
        for text in self._texts:
            for run in _HAN_RUN.findall(text):
                phrases.update([run[a : a + n] for n in _PHRASE_LENGTH for a in range(len(run) - n + 1)])
        initial = {ord(char): readings(char)[0][0] for char in self._single if has_han(char)}
        table: dict[str, list[tuple[int, str]]] = {}
        initials = "\n".join(phrases).translate(initial).split("\n")
        for letters, (phrase, count) in zip(initials, phrases.items(), strict=bool(phrases)):
            if count >= _LEAST_SEEN or len(phrase) > 2:
                table.setdefault(letters, []).append((count, phrase))
        return table

    def decode(self, text: str) -> str:
        """A normalised ``text`` with its pinyin replaced; Latin words of the FAQ and what is no pinyin stay."""
        if not any("a" <= char <= "z" for char in text):
            return text
        return _RUN.sub(self._replaced, text)

    def _replaced(self, found: re.Match[str]) -> str:
        run, text = found.group(), found.string
        words = _SPACES.split(run)
        if any(word in self._known for word in words):
            return run
        before = text[found.start() - 1] if found.start() else _START
        after = text[found.end()] if found.end() < len(text) else _END
        return self._in_full(words, before, after) or self._initials("".join(words), before, after) or run

    def _initials(self, letters: str, before: str, after: str) -> str | None:
        """The fewest phrases whose initials are ``letters``; of those the commonest that fit their neighbours."""
        if len(letters) not in _INITIALS_LENGTH:
            return None
        best: dict[int, tuple[int, float, str]] = {0: (0, 0.0, "")}
        for end in range(2, len(letters) + 1):
            ways = [
                (parts - 1, score + fit, text + phrase)
                for start, (parts, score, text) in best.items()
                for fit, phrase in self._fitting(
                    letters[start:end], text[-1:] or before, after if end == len(letters) else ""
                )
            ]
            if ways:
                best[end] = max(ways)
        return best[len(letters)][2] if len(letters) in best else None

    def _fitting(self, letters: str, before: str, after: str) -> list[tuple[float, str]]:
        """The phrase that fits best, as a list of at most one."""
        found = self._phrases.get(letters, ())
        fits = [
            (
                math.log(count)
                + 2.0 * ((before, text[0]) in self._pair)
                + 2.0 * ((text[-1], after) in self._pair),
                text,
            )
            for count, text in found
        ]
        return [max(fits)] if fits else []

    def _in_full(self, words: Sequence[str], before: str, after: str) -> str | None:
        if sum(map(len, words)) not in _FULL_LENGTH:
            return None
        syllables: list[str] = []
        for word in words:
            split = self._split(word)
            if split is None:
                return None
            syllables += split
        return self._likeliest(syllables, before, after)

    def _split(self, word: str) -> list[str] | None:
        """The segmentation into the fewest syllables the FAQ has, or ``None``."""
        best: list[list[str] | None] = [[]] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - self._longest), end):
                before, syllable = best[start], word[start:end]
                if before is None or syllable not in self._chars:
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = [*before, syllable]
        return best[-1]

    def _likeliest(self, syllables: Sequence[str], before: str, after: str) -> str:
        paths = {before: (0.0, "")}
        for syllable in syllables:
            paths = {
                char: max(
                    (score + self._log_probability(last, char), path + char)
                    for last, (score, path) in paths.items()
                )
                for char in sorted(self._chars[syllable])
            }
        return max(
            (score + self._log_probability(last, after), path) for last, (score, path) in paths.items()
        )[1]

    def _log_probability(self, last: str, char: str) -> float:
        """Bigram with a unigram back-off, 0.9 : 0.1."""
        pair = self._pair[last, char] / (self._single[last] or 1)
        return math.log(0.9 * pair + 0.1 * self._single[char] / self._total + 1e-9)
