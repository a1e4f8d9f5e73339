"""Pinyin: what is typed in Latin letters (xu hang duo shao, xhlc) and what only sounds alike (续行里程).

The decoder knows no dictionary but the knowledge base's own texts: a bigram model over their characters
chooses, among the characters of each syllable, the sequence the operator's texts make most likely (Viterbi).
"""

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from operator import add
from pathlib import Path
from typing import cast

import orjson

from chatbot.derived import Derived, named
from chatbot.normalization.text import has_han, normalize
from chatbot.regex import regex

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u0306\u030c"))
_LATIN_RUN = regex(r"[a-z]+(?:[ '][a-z]+)*")
_MIN_LETTERS = 4
_MAX_LETTERS = 120
_INITIALS_LENGTH = range(3, 9)
_INITIALS = ("zh", "ch", "sh")
_MAX_READINGS = 3


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    """The readings of every character, by its code: the table of the ``pypinyin`` wheel, read without importing it.

    The import would take five times as long, for all that writes readings in other ways.
    """
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    table = Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"
    return cast("Mapping[str, str]", orjson.loads(table.read_bytes()))


@lru_cache(maxsize=32768)
def readings(char: str) -> tuple[str, ...]:
    """Toneless readings of one Chinese character, commonest first; ``(char,)`` for anything else."""
    found = _table().get(str(ord(char))) if has_han(char) else None
    if found is None:
        return (char,)
    toneless = unicodedata.normalize("NFC", unicodedata.normalize("NFD", found).translate(_TONES))
    return tuple(dict.fromkeys(toneless.replace("ü", "v").split(",")))


def fold(syllable: str) -> str:
    """Syllables many speakers do not tell apart, folded: zh/z, ch/c, sh/s, -ng/-n."""
    for initial in _INITIALS:
        if syllable.startswith(initial):
            syllable = initial[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


Sounds = tuple[frozenset[str], ...]


def sounds(text: str) -> Sounds:
    """The folded readings of each character, for comparing homophones: 行 sounds like both xing and hang."""
    return tuple(map(_folded, text))


def commonest_sounds(text: str) -> Sounds:
    """The folded commonest reading of each character."""
    return tuple(frozenset({fold(readings(char)[0])}) for char in text)


@lru_cache(maxsize=32768)
def _folded(char: str) -> frozenset[str]:
    return frozenset(fold(reading) for reading in readings(char)[:_MAX_READINGS])


class SyllableModel:
    """A bigram model over characters, taught by texts; the one way in which syllables become characters."""

    START, END = "^", "$"

    def __init__(
        self, texts: Iterable[str], readings_each: int | None = None, counts: "_Counts | None" = None
    ) -> None:
        """``texts`` are normalised; of a character's readings the commonest ``readings_each`` count (``None``: all).

        ``counts`` are those of the texts where they are known.
        """
        self._chars: dict[str, set[str]] = {}
        single, pair = counts or _counted(texts)
        self._single, self._pair = Counter(single), Counter(pair)
        self.characters = tuple(filter(has_han, self._single))
        for char in self.characters:
            for reading in readings(char)[:readings_each]:
                self._chars.setdefault(reading, set()).add(char)
        self._longest = max(map(len, self._chars), default=0)
        self._total = self._single.total() or 1

    @property
    def pairs(self) -> Collection[str]:
        """Two characters each, as some text has them side by side, its ``START`` and ``END`` among them."""
        return self._pair

    def follows(self, last: str, char: str) -> bool:
        """Whether any text has ``char`` right behind ``last``."""
        return last + char in self._pair

    def split(self, word: str) -> list[str] | None:
        """The segmentation of letters into the fewest syllables that any text has, or ``None``."""
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

    def likeliest(self, syllables: Sequence[str], before: str = START, after: str = END) -> str:
        """The characters that the texts make likeliest between ``before`` and ``after`` (Viterbi)."""
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

    def likelihood(self, before: str, char: str, after: str) -> float:
        """The logarithm of the probability of ``char`` behind ``before``, and of ``after`` behind it."""
        return math.log(self._probability(before, char) * self._probability(char, after))

    def _log_probability(self, last: str, char: str) -> float:
        return math.log(self._probability(last, char))

    def _probability(self, last: str, char: str) -> float:
        """Bigram with a unigram back-off (absolute weights 0.9 : 0.1)."""
        pair = self._pair[last + char] / (self._single[last] or 1)
        return 0.9 * pair + 0.1 * self._single[char] / self._total + 1e-9


_Counts = tuple[
    dict[str, int], dict[str, int]
]  # how often each character stands in texts, and each two neighbours


def _counted(texts: Iterable[str]) -> _Counts:
    start, end = SyllableModel.START, SyllableModel.END
    marked = [start + text + end for text in texts]
    said = "".join(
        marked
    )  # counted at once: most texts are a few characters, and a call for each costs more than they
    single, pair = Counter(said), Counter(map(add, said, said[1:]))
    pair[end + start] -= max(0, len(marked) - 1)  # where one text ends and the next begins
    return single, +pair


class PinyinDecoder:
    """Latin letters back into the knowledge base's own words."""

    def __init__(
        self, texts: Sequence[str], phrases: Iterable[str] = (), derived: Derived | None = None
    ) -> None:
        """``texts`` teach the bigram model; ``phrases`` may also be typed by their initials."""
        kept = derived or Derived()
        counts = kept.json(named("bigrams", texts), lambda: _counted(map(normalize, texts)))
        self._model = SyllableModel((), counts=counts)
        self._initials = kept.json("initials", lambda: _initials_table(phrases))

    def decode(self, text: str, keep: Sequence[tuple[int, int]] = ()) -> str:
        """``text`` with its pinyin runs replaced; spans in ``keep`` (known Latin names) are left alone.

        A run that is not pinyin through and through stays as it is.
        """
        if not text.isascii() and not _LATIN_RUN.search(text):
            return text

        def replace(found: re.Match[str]) -> str:
            inside = any(start < found.end() and found.start() < end for start, end in keep)
            return found.group() if inside else (self._decode_run(found.group()) or found.group())

        return _LATIN_RUN.sub(replace, text)

    def _decode_run(self, run: str) -> str | None:
        letters = run.replace(" ", "").replace("'", "")
        if len(letters) in _INITIALS_LENGTH and letters in self._initials:
            return self._initials[letters]
        if not _MIN_LETTERS <= len(letters) <= _MAX_LETTERS:
            return None
        splits = [self._model.split(word) for word in re.split(r"[ ']", run)]
        if all(split is not None for split in splits):
            return self._sure([syllable for split in splits for syllable in split or ()])
        return None

    def _sure(self, syllables: Sequence[str]) -> str | None:
        """The likeliest characters, where at least half of the neighbours among them are known as such."""
        text = self._model.likeliest(syllables)
        seen = sum(itertools.starmap(self._model.follows, itertools.pairwise(text)))
        return text if seen * 2 >= len(text) - 1 and len(text) > 1 else None


def _initials_table(phrases: Iterable[str]) -> dict[str, str]:
    """``xhlc`` → 续航里程, where just one phrase has those initials."""
    table: dict[str, set[str]] = {}
    for phrase in phrases:
        text = normalize(phrase)
        if len(text) in _INITIALS_LENGTH and all(has_han(char) for char in text):
            table.setdefault("".join(readings(char)[0][0] for char in text), set()).add(text)
    return {initials: found.pop() for initials, found in table.items() if len(found) == 1}
