"""Type-ahead: what someone may be about to ask, from the first letters, from any part, from pinyin or its initials.

All texts stand in one string, best first, so that ``str.find`` meets the best hits first and the search ends with the
last one wanted; nothing is scored. Measured: ``python -m tools bench suggest``.
"""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Literal

from chatbot.frozen import dataclass
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import content, has_han, normalize

Kind = Literal["question", "entity", "attribute"]

MAX_QUERY = 64
"""Longer queries are cut: nobody waits for a suggestion to so long a text."""

MAX_SPELLINGS = 8
_TWO_READINGS = frozenset("长行重调还量降传差都好数空参")
"""Everyday characters that are read in two ways about as often; of all others the commonest reading counts."""

_NAMES, _ATTRIBUTES = 3, 8
"""How many entities, and attributes of each, are put together for one query."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` is what to send; ``question`` is the standard question it stands for, empty for the graph's."""

    text: str
    kind: Kind
    question: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """An entity as people call it, and the attributes it has, by importance."""

    name: str
    attributes: tuple[str, ...]


class TextIndex:
    """Places of texts that a query stands in, best rank first: see ``find``."""

    def __init__(self, texts: Sequence[str]) -> None:
        """``texts`` in the order in which equal hits are wanted."""
        keys = [content(normalize(text)) for text in texts]
        spelled = [(place, syllables) for place, key in enumerate(keys) for syllables in spellings(key)]
        self._texts = _Joined(enumerate(keys))
        self._sounds = _Joined((place, "".join(syllables)) for place, syllables in spelled)
        self._initials = _Joined((place, "".join(s[0] for s in syllables)) for place, syllables in spelled)
        self._syllable_starts = _syllable_starts(syllables for _, syllables in spelled)

    def find(self, query: str) -> Iterator[int]:
        """Places of the texts that hold ``query`` (normalised, without marks); one may come twice.

        In this order: the text starts with it, holds it, its pinyin starts with it, its initials start with it, its
        pinyin holds it from a syllable on, its initials hold it. Within one rank in the order of the texts.
        """
        if not query:
            return
        yield from self._texts.starting(query)
        yield from self._texts.holding(query)
        letters = "".join(readings(char)[0] for char in query)
        if not letters.isascii() or query.isdigit():
            return
        yield from self._sounds.starting(letters)
        latin = not has_han(query)
        if latin:
            yield from self._initials.starting(letters)
        starts = self._syllable_starts
        yield from self._sounds.holding(letters, starts)
        if latin and len(letters) > 1:
            yield from self._initials.holding(letters)


class _Joined:
    """Strings in one, each after a line break, with the place each stands for."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._places: list[int] = []
        self._starts: list[int] = []
        parts, at = [], 0
        for place, line in lines:
            self._places.append(place)
            self._starts.append(at)
            parts.append(line)
            at += len(line) + 1
        self._text = "".join(f"\n{part}" for part in parts)

    def starting(self, query: str) -> Iterator[int]:
        return self.holding("\n" + query)

    def holding(self, query: str, allowed: bytes | None = None) -> Iterator[int]:
        """Places of the strings that hold ``query``; where ``allowed`` is given, only at offsets it marks with 1."""
        find, text = self._text.find, self._text
        at = find(query)
        while at >= 0:
            if allowed is None or allowed[at]:
                line = bisect_right(self._starts, at) - 1
                yield self._places[line]
                at = self._starts[line + 1] if line + 1 < len(self._starts) else len(text)
                at = find(query, at)
            else:
                at = find(query, at + 1)


def spellings(key: str) -> Iterator[tuple[str, ...]]:
    """The toneless syllables of ``key``, one a character; several where a character is read in two ways."""
    choices = [readings(char)[: 2 if char in _TWO_READINGS else 1] for char in key]
    return islice(product(*choices), MAX_SPELLINGS)


def _syllable_starts(lines: Iterable[tuple[str, ...]]) -> bytes:
    """1 at each offset of the joined pinyin where a syllable begins."""
    marks = bytearray()
    for syllables in lines:
        marks.append(0)
        for syllable in syllables:
            marks += b"\1" + bytes(len(syllable) - 1)
    return bytes(marks)


class TypeAhead:
    """Suggestions over one knowledge version. Immutable, safe to call from several threads."""

    def __init__(
        self, questions: Iterable[tuple[str, Sequence[str]]], entities: Sequence[Attributes]
    ) -> None:
        """``questions``: each standard question with its paraphrases, the most important first."""
        asked = list(questions)
        self._standard = _Questions([(question, question) for question, _ in asked])
        self._paraphrases = _Questions([(question, text) for question, texts in asked for text in texts])
        self._entities = sorted(entities, key=lambda entity: len(entity.name))
        self._names = TextIndex([entity.name for entity in self._entities])
        every = dict.fromkeys(name for entity in entities for name in entity.attributes)
        self._attributes = sorted(every, key=len)
        self._attribute_names = TextIndex(self._attributes)

    def suggest(self, query: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """At most ``limit`` suggestions, each standard question once.

        Standard questions, then entities with the attributes asked for (half of ``limit``), then paraphrases.
        """
        key = content(normalize(query[:MAX_QUERY]))
        found: dict[str, Suggestion] = {}
        for suggestion in self._candidates(key, limit // 2) if key else ():
            if len(found) >= limit:
                break
            found.setdefault(suggestion.question or suggestion.text, suggestion)
        return tuple(found.values())

    def _candidates(self, key: str, few: int) -> Iterator[Suggestion]:
        yield from self._standard.find(key)
        composed = self._composed(key)
        yield from islice(composed, few)
        yield from self._paraphrases.find(key)
        yield from composed

    def _composed(self, key: str) -> Iterator[Suggestion]:
        """``key`` split into an entity and the beginning of an attribute, the longest name first."""
        end = self._longest_name(key)
        rest = key[end:].removeprefix("的")
        for place in self._first(self._names.find(key[:end]), _NAMES):
            entity = self._entities[place]
            if end == len(key):
                yield Suggestion(entity.name, "entity")
            for attribute in self._of(entity, rest):
                yield Suggestion(f"{entity.name}的{attribute}", "attribute")

    def _longest_name(self, key: str) -> int:
        """Length of the longest beginning of ``key`` that some name holds; what holds more holds less, so by halves.

        A single letter is no test of that (it must begin the initials, two may stand anywhere in them).
        """
        low, high = 1, len(key)
        while low < high:
            middle = (low + high + 1) // 2
            if next(self._names.find(key[:middle]), None) is None:
                high = middle - 1
            else:
                low = middle
        return low

    def _of(self, entity: Attributes, rest: str) -> Iterable[str]:
        if not rest:
            return entity.attributes[:_ATTRIBUTES]
        own = set(entity.attributes)
        named = (self._attributes[place] for place in self._attribute_names.find(rest))
        return islice(dict.fromkeys(name for name in named if name in own), _ATTRIBUTES)

    @staticmethod
    def _first(places: Iterator[int], count: int) -> list[int]:
        found: dict[int, None] = {}
        for place in places:
            found.setdefault(place)
            if len(found) == count:
                break
        return list(found)


class _Questions:
    """Texts that stand for a standard question, the short ones first."""

    def __init__(self, asked: Sequence[tuple[str, str]]) -> None:
        self._asked = sorted(asked, key=lambda pair: len(pair[1]))
        self._index = TextIndex([text for _, text in self._asked])

    def find(self, key: str) -> Iterator[Suggestion]:
        for place in self._index.find(key):
            question, text = self._asked[place]
            yield Suggestion(text, "question", question)


class LazyTypeAhead:
    """A ``TypeAhead`` made when it is first asked: most processes never are, and 10,000 texts take a second."""

    def __init__(self, build: Callable[[], TypeAhead]) -> None:
        self._build, self._building = build, threading.Lock()
        self._built: TypeAhead | None = None

    def suggest(self, query: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """As the ``TypeAhead``'s; the first call waits until it is made."""
        with self._building:
            if self._built is None:
                self._built = self._build()
        return self._built.suggest(query, limit)
