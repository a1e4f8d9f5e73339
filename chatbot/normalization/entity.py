"""Entity linking: names, keywords, partial names, aliases and typos in a text → entities.

Sets of entities at work are bit masks over ``KnowledgeGraph.entities``: an intersection is one machine operation. What
is kept for each alias is its sorted positions.
"""

import itertools
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.normalization.approximate import SOUNDS_ALIKE, ApproximateFinder
from chatbot.normalization.fragments import MAX_ENTITIES, NameFragments, Pieces, Span
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.pinyin import sounds
from chatbot.normalization.postings import Postings, bits
from chatbot.normalization.spellings import SUFFIXES, series_spellings, spellings, weak_spellings
from chatbot.normalization.text import content, normalize

FUZZY_CUTOFF = 75.0
MAX_PARTED = 60  # a name that fits more is a brand, and what is listed behind it is of that brand
MAX_GAP = 6
_COUNTED = re.compile("[座万挡档]")  # RS 7座 is no RS 7
_AND = re.compile(r"[和跟与比、]|vs|pk|还是")
FRAGMENT = 0.9  # the score of a name that is cut short


@dataclass(frozen=True, slots=True)
class EntityLink:
    """One thing the text names: every entity that fits it. ``score`` is 1 for an exact name, less for a typo.

    ``spans`` are the places in the text, ``names`` the keywords found there; ``partial``: one of them is only a part
    of the keyword that is meant.
    """

    candidates: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    score: float = 1.0
    partial: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    name: str
    mask: int
    score: float
    partial: bool = False


class EntityLinker:
    """Built once for a knowledge graph and a lexicon; reads only."""

    def __init__(self, graph: KnowledgeGraph, aliases: Mapping[str, tuple[str, ...]]) -> None:
        self._graph = graph
        self._masks = Postings(_alias_words(graph.entities, aliases))
        self._weak = Postings(_weak_words(graph.entities, self._masks))
        self._beside: MentionFinder[str] = MentionFinder({alias: (alias,) for alias in self._weak})
        self._fragments = NameFragments(graph)
        self._finder = MentionFinder({alias: (alias,) for alias in self._masks})
        typed = (alias for alias in self._masks if len(alias) >= 3)
        self._approximate = ApproximateFinder(typed, min_slip_length=4, cutoff=FUZZY_CUTOFF)

    @property
    def names(self) -> Iterable[str]:
        """Every alias the linker knows, normalised."""
        return self._masks

    def rows(self, alias: str) -> bytes:
        """The entities an alias stands for, as ``postings.packed`` positions in ``graph.entities``."""
        return self._masks.rows(alias) if alias in self._masks else self._weak.rows(alias)

    def link(self, text: str, *, fuzzy: bool = True, besides: Container[str] = ()) -> tuple[EntityLink, ...]:
        """Groups of mentions in reading order; mentions that fit together name one thing.

        A typo is looked for only where nothing is named exactly. Aliases in ``besides`` are not seen.
        """
        return tuple(self._to_link(group) for group in self._mentions(text, fuzzy=fuzzy, besides=besides))

    def link_closely(
        self, text: str, taken: Sequence[Span], *, fuzzy: bool, besides: Container[str] = (), near: str = ""
    ) -> tuple[EntityLink, ...]:
        """The same, where what stands beside a name may be cut short: 海豚410时尚比420自由.

        ``taken`` are the places of other words, which no fragment cuts into. Where nothing is named, the fragments may
        be of the series of the entity ``near``: 双擎旗舰呢.
        """
        left = self._mentions(text, fuzzy=fuzzy, besides=besides)
        found: list[list[_Found]] = []
        while left:
            until = self._until(text, left)
            closer, rest = self._closer(text[:until], left[0], taken, by_sound=fuzzy)
            more = self._further(text, closer, taken)
            found += [closer, *more]
            end = found[-1][-1].end
            left = [[m for m in group if m.start >= end] for group in ([rest] if rest else []) + left[1:]]
            left = [group for group in left if group]
        if not found and near:
            found = self._of_series(text, near, taken)
        return tuple(self._to_link(group) for group in found)

    @staticmethod
    def _until(text: str, groups: list[list[_Found]]) -> int:
        """How far the first group's fragments may reach: over a name right behind it that it cannot be one with."""
        for one, other in itertools.pairwise(groups):
            apart = _AND.search(text, one[-1].end, other[0].start) or other[0].start - one[-1].end > MAX_GAP
            if apart or _shared(one) & _shared(other):
                return other[0].start
        return len(text)

    def _closer(
        self, text: str, group: list[_Found], taken: Sequence[Span], *, by_sound: bool
    ) -> tuple[list[_Found], list[_Found]]:
        """``group`` with the fragments between and around its names; and what of it stands behind an 和 or 比."""
        parted = self._parted(text, group)
        group, rest = (group[:parted], group[parted:]) if parted else (group, [])
        mask, closer = _shared(group), [group[0]]
        for mention in [*group[1:], None]:
            until = mention.start if mention else rest[0].start if rest else len(text)
            pieces = self._fragments.behind(text[:until], closer[-1].end, mask, taken, by_sound=by_sound)
            mask = pieces.mask
            closer += [*self._as_found(text, pieces), *([mention] if mention else [])]
        before = self._fragments.before(text, closer[0].start, mask, taken)
        return [*self._as_found(text, before), *closer], rest

    @staticmethod
    def _parted(text: str, group: list[_Found]) -> int:
        """Where in ``group`` another thing begins, though it fits the first: Taycan 4S 和 Turbo; 0 for nowhere."""
        for at in range(1, len(group)):
            if _AND.search(text, group[at - 1].end, group[at].start):
                return at if _shared(group[:at]).bit_count() <= MAX_PARTED else 0
        return 0

    def _further(self, text: str, named: list[_Found], taken: Sequence[Span]) -> list[list[_Found]]:
        """Other entities of the same series behind it, by their fragments alone: 比420自由."""
        chosen, at = _shared(named), named[-1].end
        first = next(iter(bits(chosen)), None)
        if first is None or chosen.bit_count() > MAX_ENTITIES:
            return []
        groups, series = [], self._fragments.series_of(first)
        while more := self._fragments.further(text, at, series, chosen, taken):
            more = replace(more, mask=self._fragments.nearest(more.mask, first))
            groups.append(self._as_found(text, more))
            chosen, at = chosen | more.mask, more.spans[-1][1]
        return groups

    def _of_series(self, text: str, near: str, taken: Sequence[Span]) -> list[list[_Found]]:
        index = next((i for i, entity in enumerate(self._graph.entities) if entity.name == near), None)
        if index is None:
            return []
        series = self._fragments.series_of(index)
        for at in range(len(text)):
            if more := self._fragments.further(text, at, series, 0, taken):
                return [self._as_found(text, more)]
        return []

    @staticmethod
    def _as_found(text: str, pieces: Pieces) -> list[_Found]:
        spans = pieces.spans
        return [
            _Found(start, end, text[start:end], pieces.mask, FRAGMENT, partial=True) for start, end in spans
        ]

    def _mentions(self, text: str, *, fuzzy: bool, besides: Container[str]) -> list[list[_Found]]:
        mentions = [m for m in self._finder.find(text) if m.alias not in besides]
        mentions = [m for m in mentions if not (m.alias[-1].isdigit() and _COUNTED.match(text, m.end))]
        found = [_Found(m.start, m.end, m.alias, self._masks[m.alias], 1.0) for m in mentions]
        found = [self._whole(text, one) for one in found]
        if found:
            found = sorted([*found, *self._named_beside(text, found, besides)], key=lambda one: one.start)
        found = found or (self._nearest(text, besides) if fuzzy else [])
        return self._grouped(text, found)

    @staticmethod
    def _said_again(text: str, group: list[_Found], mention: _Found) -> bool:
        """taycan 4s cross turismo和turbo cross turismo: a part of the name comes again behind 和, so it is another one."""
        said = any(mention.name in one.name for one in group)
        return said and _AND.search(text, group[-1].end, mention.start) is not None

    def _grouped(self, text: str, found: list[_Found]) -> list[list[_Found]]:
        """Consecutive mentions whose entities overlap belong together; a clash starts a new thing.

        A name right behind another one may also be a part of that one's longer name: 奥迪A6L 豪华动感型 is the
        改款 40 TFSI 豪华动感型, though just 豪华动感型 is the name of an A4L.
        """
        groups: list[list[_Found]] = []
        mask = 0
        for mention in found:
            shared = mask & mention.mask
            if shared and self._said_again(text, groups[-1], mention):
                shared = 0
            elif groups and not shared and mention.start - groups[-1][-1].end <= 1:
                shared = self._within(mask, mention.name)
                mention = replace(mention, mask=shared, partial=True) if shared else mention
            if groups and shared:
                mask = shared
                groups[-1].append(mention)
            else:
                mask = mention.mask
                groups.append([mention])
        return groups

    def _within(self, mask: int, name: str) -> int:
        """The entities of ``mask`` whose own full name holds ``name``, marks and spaces apart."""
        wanted = content(name)
        names = ((i, content(normalize(self._graph.entities[i].name))) for i in bits(mask))
        return sum(1 << i for i, full in names if wanted in full)

    def _named_beside(self, text: str, found: list[_Found], besides: Container[str]) -> list[_Found]:
        """Short names that count only with another one: s5尊享."""
        for one in found:
            text = text[: one.start] + "|" * (one.end - one.start) + text[one.end :]
        weak = [_Found(m.start, m.end, m.alias, self._weak[m.alias], 1.0) for m in self._beside.find(text)]
        return [w for w in weak if w.name not in besides and any(w.mask & one.mask for one in found)]

    def _whole(self, text: str, found: _Found) -> _Found:
        """The mention, with a 版, 型 or 款 behind it counted in, also where it is misspelt: 标准续航升级板."""
        if found.name.endswith(SUFFIXES) or found.end >= len(text):
            return found
        char = text[found.end]
        if char in SUFFIXES:
            return replace(found, end=found.end + 1)
        heard = sounds(char)[0]
        for suffix in SUFFIXES[:3]:
            name = found.name + suffix
            if name in self._masks and heard & sounds(suffix)[0]:
                return _Found(found.start, found.end + 1, name, self._masks[name], SOUNDS_ALIKE)
        return found

    def _nearest(self, text: str, besides: Container[str]) -> list[_Found]:
        """The one alias most like a part of ``text``, by letters or by sound."""
        near = self._approximate.nearest(text)
        if near and (near.name in besides or _latin(near.name) != _latin(text[near.start : near.end])):
            return []  # E9 is not E3
        return [_Found(near.start, near.end, near.name, self._masks[near.name], near.score)] if near else []

    def _to_link(self, group: list[_Found]) -> EntityLink:
        mask = _shared(group)
        return EntityLink(
            candidates=tuple(self._graph.entities[i].name for i in bits(mask)),
            spans=tuple((found.start, found.end) for found in group),
            names=tuple(found.name for found in group),
            score=min(found.score for found in group),
            partial=any(found.partial for found in group),
        )


def _latin(text: str) -> str:
    return "".join(char for char in text if char.isascii() and char.isalnum())


def _shared(group: Sequence[_Found]) -> int:
    """The entities that fit all mentions."""
    mask = group[0].mask
    for found in group[1:]:
        mask &= found.mask
    return mask


def _weak_words(entities: tuple[Entity, ...], strong: Container[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, entity in enumerate(entities):
        for keyword in entity.keywords:
            for alias in weak_spellings(keyword):
                if alias not in strong:
                    found.setdefault(alias, []).append(index)
    return found


def _alias_words(
    entities: tuple[Entity, ...], aliases: Mapping[str, tuple[str, ...]]
) -> dict[str, list[int]]:
    """Alias → positions of the entities that it may stand for."""
    found: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for index, entity in enumerate(entities):
        for keyword in {*entity.keywords, entity.name}:
            by_name.setdefault(normalize(keyword), []).append(index)
            for alias in spellings(keyword):
                found.setdefault(alias, []).append(index)
    names = {normalize(keyword) for entity in entities for keyword in entity.keywords[:2]}
    found.update({own: list(by_name[own]) for own in names})  # a series' own name is that alone
    for index, entity in enumerate(entities):
        own = [normalize(keyword) for keyword in entity.keywords[:2]]
        for alias in series_spellings(entity.keywords):
            if alias in own or alias in by_name:
                continue
            found.setdefault(alias, []).append(index)
    for name, words in aliases.items():
        for word in words if normalize(name) in by_name else ():
            found[word] = [*found.get(word, ()), *by_name[normalize(name)]]
    return found
