"""Mends what only sounds like a known word (由耗 → 油耗, 四区 → 四驱), and pinyin among Chinese (chundian轿车)."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from chatbot.derived import Derived
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.pinyin import PinyinDecoder, fold, readings
from chatbot.normalization.text import has_han
from chatbot.planning.links import RoleSense, Sense
from chatbot.planning.places import QUANTITY_WORDS
from chatbot.planning.word_sounds import MAX_WORD, SHORT, WordSounds, all_han
from chatbot.regex import regex

_LATIN = regex(r"[a-z]{3,}")
_LATIN_THEN_HAN = regex(r"(?<![a-z0-9])([a-z]{2,6})([\u4e00-\u9fff]+)")
_PASSING = "是的里和有在吗呢车"
_WITHIN = "的是有要最前第车和到"
_LINK = "的"
_HOLDING = "带有没无配含按"
_SYLLABLES = {"che": "车", "dche": "的车", "kuai": "快"}  # words of one character, typed in letters
_UNITS = "万秒款座年米升"
_NUMERALS = "一二三四五六七八九十百千两几"
_GRAMMAR = {*"or not count list which compare total typical average nearest others".split()}
_SURE = frozenset("二三四五六七八九十百千两")  # nobody types these for another word


class SoundRepair:
    """Built once from the words a planner knows. A mended word keeps its length and at least one character."""

    def __init__(
        self,
        words: Sequence[str],
        spelled: Collection[str] = (),
        decoder: PinyinDecoder | None = None,
        latin: Sequence[str] = (),
        written: Iterable[str] = (),
        derived: Derived | None = None,
    ) -> None:
        """``words`` are looked for by sound, these and ``spelled`` by their letters; ``latin`` are mended to from slips.

        ``written`` are texts of the graph: what stands in one of them is right as it is (铁锂 is no 铁里).
        """
        kept = derived or Derived()
        self._written = frozenset(kept.json("neighbours written", lambda: _neighbours(written)))
        self._decoder = decoder
        self._latin = sorted({word for word in latin if len(word) >= SHORT})
        heard = dict.fromkeys(words)
        self._names = frozenset(kept.json("latin in words", lambda: _latin_runs(heard)))
        self._sounds = WordSounds(heard, spelled, kept)

    def repair(self, text: str, known: Sequence[bool]) -> str:
        """``text`` with its unknown parts mended; ``known`` marks the characters that need no mending."""
        said = list(text)
        done = list(known)
        at = 0
        while at < len(said):
            if done[at] or not has_han(said[at]) or self._stands_so(said, at):
                at += 1
                continue
            found = self._around(said, at, done)
            if found and not _cuts_a_word(said, done, *found):
                start, word = found
                said[start : start + len(word)] = list(word)
                done[start : start + len(word)] = [True] * len(word)
                at = start + len(word)
            else:
                said[at] = self._alone(said, done, at)
                at += 1
        return "".join(said)

    def _stands_so(self, said: list[str], at: int) -> bool:
        """Whether the character and its neighbour are in a text of the graph, or it is a numeral."""
        pair = "".join(said[at : at + 2]), "".join(said[max(0, at - 1) : at + 1])
        a_bit = (
            said[at] == "点" and at > 0 and has_han(said[at - 1]) and pair[0] == "点的"
        )  # 皮实点的 is no 电的
        return said[at] in _SURE or a_bit or any(one in self._written for one in pair)

    @staticmethod
    def _alone(said: list[str], done: list[bool], at: int) -> str:
        """A lone character as the one said in passing, or behind a number, that sounds like it.

        视哪款 is 是哪款, 15晚以下 is 15万以下; what somebody 有 or 带 may be a thing: 带炉.
        """
        before = said[at - 1] if at else ""
        behind = at + 1 < len(said) and not done[at + 1] and has_han(said[at + 1])
        if before.isdigit() or before in _NUMERALS:
            return _heard(said[at], _UNITS)
        if at in (0, len(said) - 1):
            return _heard(said[at], _PASSING)
        if behind or not done[at - 1] or before in _HOLDING:
            return said[at]
        return _heard(said[at], _WITHIN)

    def letters(self, text: str, keep: Sequence[tuple[int, int]] = ()) -> str:
        """Runs of pinyin that spell known words, in Chinese; spans in ``keep`` stay."""

        def mend(found: re.Match[str]) -> str:
            inside = any(start < found.end() and found.start() < end for start, end in keep)
            return found.group() if inside else self._spelled(found.group())

        return _LATIN.sub(mend, _LATIN_THEN_HAN.sub(self._first_spelled, text))

    def _first_spelled(self, found: re.Match[str]) -> str:
        """zui便宜: the first character of a known word in letters, the others as they are."""
        letters, rest = found.groups()
        for size in range(min(len(rest), MAX_WORD - 1), 0, -1):
            if first := self._sounds.begun_as(letters, rest[:size]):
                return first + rest
        return found.group()

    def _spelled(self, run: str) -> str:
        if word := self._sounds.typed_as(run):
            return word
        if run in self._names:
            return run
        if run in _SYLLABLES:
            return _SYLLABLES[run]
        if near := [word for word in self._latin if _slipped(word, run)]:
            return near[0] if len(near) == 1 else run
        for cut in range(len(run) - 3, 3, -1):
            if (first := self._sounds.typed_as(run[:cut])) and (rest := self._sounds.typed_as(run[cut:])):
                return first + rest
        return (self._decoder.decode(run) if self._decoder else run) or run

    def _around(self, said: list[str], at: int, done: list[bool]) -> tuple[int, str] | None:
        first, last = self._run(said, at)
        for length in range(min(MAX_WORD, last - first), 1, -1):
            for start in range(max(first, at - length + 1), min(at, last - length) + 1):
                window = said[start : start + length]
                for word in self._sounds.sounding_like(window):
                    same = sum(a == b for a, b in zip(window, word, strict=True))
                    linked = any(a == _LINK != b for a, b in zip(window, word, strict=True))
                    if linked:
                        continue  # 云楠的 is 云南 and 的, though a 云南德 is said too
                    if same >= max(1, (length + 1) // 2) and word != "".join(window):
                        return start, word
        return None

    def _run(self, said: list[str], at: int) -> tuple[int, int]:
        """The characters around ``at`` whose neighbours sound like neighbours in some word: no word reaches past them."""
        first, last = at, at + 1
        while first > max(0, at - MAX_WORD + 1) and self._sounds.together(said[first - 1], said[first]):
            first -= 1
        while last < min(len(said), at + MAX_WORD) and self._sounds.together(said[last - 1], said[last]):
            last += 1
        return first, last


def _neighbours(texts: Iterable[str]) -> list[str]:
    """Every two Chinese characters that stand side by side in one of ``texts``."""
    pairs = {text[at : at + 2] for text in texts for at in range(len(text) - 1)}
    return sorted(filter(all_han, pairs))


def _latin_runs(words: Iterable[str]) -> list[str]:
    return sorted({run for word in words for run in _LATIN.findall(word)})


def _cuts_a_word(said: Sequence[str], done: Sequence[bool], start: int, word: str) -> bool:
    """粉的 of 年份的: one character alone would be mended, and the unknown one before it left behind."""
    before = start > 0 and not done[start - 1] and has_han(said[start - 1])
    return before and len(word.rstrip("的")) == 1


def _slipped(word: str, typed: str) -> bool:
    """Whether ``typed`` is ``word`` with two letters swapped or, but for the first, one changed: svu, suw for suv."""
    if len(word) != len(typed) or word[0] != typed[0]:
        return False
    wrong = [i for i, (a, b) in enumerate(zip(word, typed, strict=True)) if a != b]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return len(wrong) == 1 or (
        swapped and typed[wrong[0]] == word[wrong[1]] and typed[wrong[1]] == word[wrong[0]]
    )


@lru_cache(maxsize=32768)
def _heard(char: str, words: str) -> str:
    """The first of ``words`` that sounds like ``char``, or ``char``."""
    sound = {fold(reading) for reading in readings(char)[:2]}
    return next((word for word in words if sound & {fold(r) for r in readings(word)[:1]}), char)


def mendable(finder: MentionFinder[Sense]) -> list[str]:
    """Words that carry content, the words of quantities, and those of the grammar that are not said in passing."""
    carrying = set(filter(_carries, set(finder.aliases.values())))  # most words mean what others do
    words = [word for word, senses in finder.aliases.items() if len(word) > 2 or senses in carrying]
    return [*words, *QUANTITY_WORDS]


def _carries(senses: frozenset[Sense]) -> bool:
    return any(not isinstance(sense, RoleSense) or sense.role in _GRAMMAR for sense in senses)
