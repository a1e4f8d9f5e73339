"""Names that say how long, how many or for whom behind what they are of, as people say them: 恐龙营 for 恐龙化石营5日.

What a name is of is said in words: the first of them, all of them, or some with the word for what is sold behind; never
where another name says them too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatbot.knowledge_graph.graph import Entity
from chatbot.knowledge_graph.name_ends import shared_ends
from chatbot.normalization.common_words import CommonWords, common_words
from chatbot.normalization.spellings import SUFFIXES
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_MEASURED = regex(r"(?P<stem>[\u4e00-\u9fff]{2,})\d+(?:\.\d+)?[\u4e00-\u9fff]{1,3}")  # 三亚5日, 护理班12课时
_WORDS = regex(r"[\u4e00-\u9fff]{4,}")
_SHORTEST = 2
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Said:
    """A keyword, what it says without its measure, and what that ends in that says what is sold."""

    keyword: str
    stem: str
    end: str
    measured: bool

    @property
    def bare(self) -> str:
        return self.stem.removesuffix(self.end)


def short_names(entities: Sequence[Entity], products: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Keyword, as it is written → what else it is called; nothing of those that say no measure and end as no others do."""
    every = {normalize(word) for entity in entities for word in entity.keywords}
    found: dict[str, tuple[str, ...]] = {}
    for one in _said(entities, products):
        own = normalize(one.keyword)
        others = [other for other in every if other != own]
        called = dict.fromkeys(name for name in _called(one, others) if name not in every)
        if called:
            found[one.keyword] = tuple(called)
    return found


def _said(entities: Sequence[Entity], products: Collection[str]) -> Iterator[_Said]:
    """The keywords that short names are made of, each beside those that stand under the same ones."""
    siblings: dict[tuple[str, ...], dict[str, str]] = {}
    for entity in entities:
        for at, word in enumerate(entity.keywords):
            if stem := _stem(word):
                siblings.setdefault(entity.keywords[:at], {})[word] = stem
    for beside in siblings.values():
        shared = sorted({*shared_ends(list(beside.values())), *products}, key=len, reverse=True)
        for word, stem in beside.items():
            end = next(
                (one for one in shared if stem.endswith(one) and len(stem) - len(one) >= _SHORTEST), ""
            )
            measured = stem != normalize(word)
            if measured or end:
                yield _Said(word, stem, end, measured)


def _stem(word: str) -> str:
    """What a keyword says before a number and what it counts; of Chinese alone, all of it."""
    plain = normalize(word)
    if " " in word or plain.endswith(SUFFIXES):
        return ""
    found = _MEASURED.fullmatch(plain)
    return found["stem"] if found else plain if _WORDS.fullmatch(plain) else ""


def _called(one: _Said, others: Collection[str]) -> Iterator[str]:
    if one.measured:
        if not any(one.stem == _stem(other) for other in others):
            yield one.stem
        if one.end and len(one.bare) >= _SHORTEST and not any(one.bare in other for other in others):
            yield one.bare
    for start, part in _parts(one.bare, common_words()):
        if part == one.stem or any(part in other for other in others):
            continue
        if one.end:
            yield part + one.end
        if one.measured and (start == 0 or len(part) > _SHORTEST):
            yield part


def _parts(text: str, known: CommonWords) -> Iterator[tuple[int, str]]:
    """What stands between two ends of words in ``text``, and where: it begins and ends in a word, or as ``text`` does."""
    bounds = _bounds(text, known)
    words = [end - start >= _SHORTEST for start, end in pairwise(bounds)]
    for first, start in enumerate(bounds[:-1]):
        for last, end in enumerate(bounds[first + 1 :], first):
            begins = words[first] or start == 0 or text[start] in known.alone
            if begins and (words[last] or end == len(text)) and end - start >= _SHORTEST:
                yield start, text[start:end]


def _bounds(text: str, known: CommonWords) -> list[int]:
    """Where words begin and end, the longest word first."""
    bounds = [0]
    while bounds[-1] < len(text) and len(bounds) <= _MOST_WORDS:
        bounds.append(max(known.begins_at(text, bounds[-1]), default=bounds[-1] + 1))
    return bounds
