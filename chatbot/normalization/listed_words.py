"""An operator's list of words, found in a text however they are written, each with its place in what was sent.

Two automata (Aho & Corasick 1975) read the text once each: one its letters and characters without what stands between
them, one its sound, each Chinese character as its syllable and Latin letters as they are. What the second alone finds
(敏gan词, min gan ci, 敏敢词) counts only where the text as written is no ordinary wording.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import ahocorasick

from chatbot.normalization.aligned import aligned
from chatbot.normalization.common_words import CommonWords
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import content, has_han, normalize
from chatbot.regex import regex

Way = Literal["exact", "variant", "split", "pinyin", "homophone"]
"""How a word was written: as listed; in other width, case or 繁体; with something between; in letters; by its sound."""

_CERTAIN: tuple[Way, ...] = ("exact", "variant", "split", "pinyin", "homophone")
_LONGEST_GAP = 8
_MOST_READINGS = 8
_FEWEST_LETTERS = 5
_SHORT_LATIN = 4
_CLAUSE = frozenset(" ,.!?;:，。！？；：、\n\t")
_LATIN = regex("[a-z]+")
_ENGLISH = frozenset(
    "again alone arena asia asian banana balance beige binge boring cameo care case chain chance change china chinese "
    "chin cute dance danger dare data dean demo demon dice ending face fate game gala genie hate here house human june "
    "language line lion lite lone loose lose macan made make male mama manga mate mean meta mini mobile mode moon more "
    "name nano niche nice nine note pace panda piece pose rice ring rising running runtime safari sense shake share "
    "singer siren size sunrise sunshine take team time woman women young".split()
)
"""English words that are two syllables of pinyin too, out of 90,000 Chinese titles and messages."""


@dataclass(frozen=True, slots=True)
class ListedWord:
    """A word of the list, and the label that the operator gives it."""

    word: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class FoundWord:
    """``as_written`` are the characters ``start`` to ``end`` (exclusive) of the text that was sent."""

    listed: ListedWord
    as_written: str
    start: int
    end: int
    way: Way


class WordMatcher:
    """Finds listed words. Time grows with the text, not with the list."""

    def __init__(self, words: Iterable[ListedWord], common: CommonWords | None = None) -> None:
        """Without ``common``, what only sounds like a word is not looked for."""
        self._common = common
        self._written, self._sounding = ahocorasick.Automaton(), ahocorasick.Automaton()
        for listed in words:
            key = content(normalize(listed.word))
            if not key:
                continue
            self._written.add_word(key, (key, listed))
            if len(key) >= 2 and all(map(has_han, key)):
                for syllables in _spoken(key):
                    self._sounding.add_word("".join(syllables), (syllables, key, listed))
        self._written.make_automaton()
        self._sounding.make_automaton()

    def __len__(self) -> int:
        return len(self._written)

    def find(self, text: str) -> list[FoundWord]:
        """The listed words in ``text``, in their order; where two overlap, the more certain, then the longer."""
        if not len(self._written):
            return []
        line = _Line(text)
        found = [*self._as_written(line)]
        if len(self._sounding):
            found += self._by_sound(line)
        found.sort(key=lambda one: (_CERTAIN.index(one.way), one.start - one.end, one.start))
        kept: list[FoundWord] = []
        taken = bytearray(len(text))
        for one in found:
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                kept.append(one)
        return sorted(kept, key=lambda one: one.start)

    def _as_written(self, line: "_Line") -> Iterator[FoundWord]:
        for last, (key, listed) in self._written.iter(line.content):
            start, end = last + 1 - len(key), last + 1
            if line.gap_within(start, end) > _LONGEST_GAP or _inside_latin(line.content, start, end):
                continue
            way = self._way(line, listed, start, end)
            if not self._by_chance(line, start, end, way):
                yield line.found(listed, start, end, way)

    @staticmethod
    def _way(line: "_Line", listed: ListedWord, start: int, end: int) -> Way:
        written = line.written(start, end)
        if written == listed.word:
            return "exact"
        plain = normalize(listed.word)
        spaced = plain != content(plain) and normalize(written) == plain
        return "variant" if spaced or not line.gap_within(start, end) else "split"

    def _by_chance(self, line: "_Line", start: int, end: int, way: Way) -> bool:
        """Whether words on both sides share the found characters between them: 加工 in 参加工作, 大。麻 in 长大。麻烦."""
        if self._common is None:
            return False
        cut_before = any(
            begin < start for at in range(start + 1, end) for begin in self._common.ends_at(line.content, at)
        )
        cut_after = any(
            stop > end for at in range(start + 1, end) for stop in self._common.begins_at(line.content, at)
        )
        if way != "split":
            return cut_before and cut_after
        return (cut_before or cut_after) and line.clause_within(start, end)

    def _by_sound(self, line: "_Line") -> Iterator[FoundWord]:
        for last, (syllables, key, listed) in self._sounding.iter(line.sound):
            begin = last + 1 - sum(map(len, syllables))
            place = line.span_of_sound(begin, last + 1)
            if place is None or line.gap_within(*place) > _LONGEST_GAP:
                continue
            start, end = place
            written = line.content[start:end]
            if written == key or not _syllable_by_syllable(line, start, begin, syllables):
                continue
            if _LATIN.search(written):
                if _is_pinyin(line, start, end, syllables):
                    yield line.found(listed, start, end, "pinyin")
            elif self._common is not None and _odd(self._common, line, start, end, key):
                yield line.found(listed, start, end, "homophone")


class _Line:
    """A text as the automata read it. ``content[i]`` stands at ``places[i]`` of the original."""

    def __init__(self, text: str) -> None:
        self.text = text
        whole = aligned(text)
        kept = [(char, place) for char, place in zip(whole.text, whole.places, strict=True) if char.isalnum()]
        self.content = "".join(char for char, _ in kept)
        self.places = [place for _, place in kept]
        self._sounds = [readings(char)[0] if has_han(char) else char for char in self.content]
        self.sound = "".join(self._sounds)
        self.sound_starts = [0, *itertools.accumulate(map(len, self._sounds))]
        self._of_start = {start: number for number, start in enumerate(self.sound_starts)}

    def written(self, start: int, end: int) -> str:
        return self.text[self.places[start] : self.places[end - 1] + 1]

    def found(self, listed: ListedWord, start: int, end: int, way: Way) -> FoundWord:
        begin, stop = self.places[start], self.places[end - 1] + 1
        return FoundWord(listed, self.text[begin:stop], begin, stop, way)

    def gaps(self, start: int, end: int) -> Iterator[str]:
        """What stands between the characters of a span, where anything does."""
        for one, two in itertools.pairwise(self.places[start:end]):
            if two > one + 1:
                yield self.text[one + 1 : two]

    def gap_within(self, start: int, end: int) -> int:
        return max(map(len, self.gaps(start, end)), default=0)

    def clause_within(self, start: int, end: int) -> bool:
        """Whether only what ends a clause or word stands between: 大。麻, but not 大*麻."""
        return all(_CLAUSE.issuperset(gap) for gap in self.gaps(start, end))

    def span_of_sound(self, begin: int, stop: int) -> tuple[int, int] | None:
        """The characters whose sounds are ``begin`` to ``stop``; ``None`` when it begins or ends within one."""
        start, end = self._of_start.get(begin), self._of_start.get(stop)
        return None if start is None or end is None else (start, end)

    def joined(self, left: int) -> bool:
        """Whether two letters stand right beside each other, the first at ``left``."""
        if not 0 <= left < len(self.content) - 1:
            return False
        beside = self.places[left + 1] - self.places[left] <= 1
        return beside and self.content[left].isascii() and self.content[left + 1].isascii()


def _spoken(word: str) -> list[tuple[str, ...]]:
    """The syllables of ``word``; of characters with several readings, the two commonest."""
    choices = [[one for one in readings(char)[:2] if one.isascii()] or [char] for char in word]
    return list(itertools.islice(itertools.product(*choices), _MOST_READINGS))


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether a short Latin word or a number is a piece of a longer one: av in java."""
    if end - start > _SHORT_LATIN or not text[start:end].isascii():
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    return any(char.isascii() and char.isalnum() for char in before + after)


def _syllable_by_syllable(line: _Line, start: int, begin: int, syllables: Sequence[str]) -> bool:
    """Whether each Chinese character of the span is one whole syllable of the word."""
    edges = {begin + size for size in (0, *itertools.accumulate(map(len, syllables)))}
    at, stop = start, begin + sum(map(len, syllables))
    while line.sound_starts[at] < stop:
        one, two = line.sound_starts[at], line.sound_starts[at + 1]
        if two - one > 1 or has_han(line.content[at]):
            if one not in edges or two not in edges:
                return False
            if len([edge for edge in edges if one < edge < two]):
                return False
        at += 1
    return True


def _is_pinyin(line: _Line, start: int, end: int, syllables: Sequence[str]) -> bool:
    """Whether the letters of a span are meant as pinyin: whole runs, and no English word by accident."""
    if line.joined(start - 1) or line.joined(end - 1):
        return False
    written = line.content[start:end]
    runs = _LATIN.findall(written)
    if any(char.isdigit() for char in written):
        return False
    if any(map(has_han, written)):
        kept = [run for run in runs if len(run) >= 2]
        return len(kept) == len(runs)
    if len(written) < _FEWEST_LETTERS:
        return False
    return not (len(syllables) == 2 and written in _ENGLISH)


def _odd(common: CommonWords, line: _Line, start: int, end: int, key: str) -> bool:
    """Whether a span that only sounds like ``key`` would make no sense by itself.

    At least half of the word stands as it is, and no other character belongs to an ordinary word; nor is one by itself,
    unless two others of the word stand as they are: 六和彩, but not 小菊 for 小姐.
    """
    written = line.content[start:end]
    if not all(map(has_han, written)) or any(line.gaps(start, end)):
        return False
    changed = [start + at for at, (one, two) in enumerate(zip(written, key, strict=True)) if one != two]
    if len(changed) * 2 > len(key):
        return False
    if len(key) - len(changed) < 2 and any(line.content[at] in common.alone for at in changed):
        return False
    return not any(_in_a_word(common, line.content, at) for at in changed)


def _in_a_word(common: CommonWords, text: str, place: int) -> bool:
    for start in range(max(0, place - 7), place + 1):
        if any(end > place for end in common.begins_at(text, start)):
            return True
    return False
