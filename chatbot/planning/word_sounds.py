"""The words a planner knows, by how they sound and by the letters they are typed in."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from chatbot.derived import Derived, named
from chatbot.normalization.pinyin import fold, readings
from chatbot.normalization.text import has_han
from chatbot.planning.checked_index import CheckedIndex
from chatbot.regex import regex

MAX_WORD = 6
SHORT = 3
_ALL_HAN = regex(r"[\u3400-\u9fff\uf900-\ufaff]+")
_MAX_KEYS = 8
_NOTHING: frozenset[str] = frozenset()


def all_han(text: str) -> bool:
    """Whether ``text`` is of Chinese characters alone."""
    return _ALL_HAN.fullmatch(text) is not None


class WordSounds:
    """Built once; reads only. Words of two to ``MAX_WORD`` characters that have Chinese ones count, others do not."""

    def __init__(
        self, heard: Collection[str], spelled: Collection[str], derived: Derived | None = None
    ) -> None:
        """``heard`` are found by their sound, these and ``spelled`` by their letters; each word once in both."""
        self._words = tuple(dict.fromkeys((*heard, *spelled)))  # so the first of them are ``heard``

        @cache
        def fitting() -> Sequence[tuple[int, str]]:
            return [(place, word) for place, word in enumerate(self._words) if 2 <= len(word) <= MAX_WORD]

        @cache
        def keys() -> Sequence[tuple[_Key, int]]:
            return [(key, at) for at, w in fitting() if at < len(heard) and has_han(w) for key in _keys_of(w)]

        @cache
        def han() -> Sequence[tuple[int, str]]:
            return [(place, word) for place, word in fitting() if all_han(word)]

        kept, told = derived or Derived(), named("", (str(len(heard)), *self._words))
        self._by_sound = CheckedIndex(
            lambda: ((" ".join(key), at) for key, at in keys()), kept, f"sounds{told}"
        )
        behind = kept.json(f"neighbours{told}", lambda: _neighbours(key for key, _ in keys()))
        self._behind = {left: frozenset(rights) for left, rights in behind.items()}
        self._by_letters = CheckedIndex(
            lambda: ((letters, at) for at, word in han() for letters in _spellings(word)),
            kept,
            f"letters{told}",
        )
        self._by_start = CheckedIndex(
            lambda: ((_start(readings(w[0])[0], w[1:]), at) for at, w in han()), kept, f"starts{told}"
        )

    def sounding_like(self, window: Sequence[str]) -> Iterator[str]:
        """The words that may sound as ``window``, a character each, does."""
        for key in map(" ".join, _keys(window)):
            for place in self._by_sound.candidates(key):
                word = self._words[place]
                if key in map(" ".join, _keys_of(word)):
                    yield word

    def together(self, left: str, right: str) -> bool:
        """Whether two neighbours in some word sound like these two characters."""
        rights = _choices(right, 2)
        return any(not self._behind.get(sound, _NOTHING).isdisjoint(rights) for sound in _choices(left, 2))

    def typed_as(self, letters: str) -> str:
        """The first word that is typed in these letters; empty when none is."""
        words = (self._words[place] for place in self._by_letters.candidates(letters))
        return next((word for word in words if letters in _spellings(word)), "")

    def begun_as(self, letters: str, rest: str) -> str:
        """The first character of the last word that goes on with ``rest`` behind one typed in these letters, or nothing."""
        found = ""
        for place in self._by_start.candidates(_start(letters, rest)):
            word = self._words[place]
            if word[1:] == rest and readings(word[0])[0] == letters:
                found = word[0]
        return found


_Key = tuple[str, ...]


def _neighbours(keys: Iterable[_Key]) -> dict[str, list[str]]:
    """For each sound those that stand right behind it in some key."""
    behind: dict[str, list[str]] = {}
    for left, right in sorted({pair for key in keys for pair in itertools.pairwise(key)}):
        behind.setdefault(left, []).append(right)
    return behind


def _start(letters: str, rest: str) -> str:
    return f"{letters} {rest}"


def _keys_of(word: str) -> list[_Key]:
    return _keys(word, 2 if len(word) <= SHORT else 1)


def _keys(word: Sequence[str], readings_each: int = 2) -> list[_Key]:
    """The ways ``word`` may sound, ``_MAX_KEYS`` at most."""
    choices = [_choices(char, readings_each) for char in word]
    return list(itertools.islice(itertools.product(*choices), _MAX_KEYS))


@lru_cache(maxsize=32768)
def _choices(char: str, readings_each: int) -> _Key:
    """The ways ``char`` may sound, the commonest ``readings_each``."""
    return tuple(sorted({fold(reading) for reading in readings(char)[:readings_each]}))


def _spellings(word: str) -> list[str]:
    """The letters ``word`` may be typed in; 便宜 is pianyi as well as bianyi."""
    most = 2 if len(word) <= SHORT + 1 else 1
    choices = [readings(char)[:most] for char in word]
    return ["".join(one) for one in itertools.islice(itertools.product(*choices), _MAX_KEYS)]
