"""Attribute linking on the tree: names, synonyms, partial names, homophones and typos → leaves or categories."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chatbot.derived import Derived
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import AttributeNode, Path, display_name
from chatbot.normalization.approximate import ApproximateFinder
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_LATIN = regex("[a-z]{2}")
PARTIAL_CUTOFF = 0.6
TYPO_CUTOFF = 75.0
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class AttributeLink:
    """Nodes of the tree that a part of the text names. Several paths: the name stands in several places.

    ``score`` is 1 for a name or synonym, 0.95 for a homophone, less for a typo or a partial name. ``text`` is
    what was typed for ``alias``.
    """

    paths: tuple[Path, ...]
    alias: str
    text: str
    score: float = 1.0


class _Weights(NamedTuple):
    """How telling the characters of an alias are: ``each`` in order, ``telling`` with its character, the most first.

    ``spare`` is how much of it a text may lack that holds enough for a partial name, ``fewest`` how many different
    pairs of neighbours that name has at least.
    """

    each: tuple[float, ...]
    whole: float
    telling: tuple[tuple[float, str], ...]
    spare: float
    fewest: int

    @classmethod
    def of(cls, alias: str, weight: Mapping[str, float]) -> "_Weights":
        each = tuple(weight[char] for char in alias)
        telling = sorted(zip(each, alias, strict=True), reverse=True)
        whole = sum(each)
        spare = (1 - PARTIAL_CUTOFF + _ROUNDING) * whole
        return cls(each, whole, tuple(telling), spare, _fewest_pairs(alias, telling, whole - spare))


def _fewest_pairs(alias: str, telling: Sequence[tuple[float, str]], weight: float) -> int:
    """How many different pairs of neighbours are in any part of ``alias`` that weighs ``weight``, at least."""
    left, characters = weight, 0
    for each, _ in telling:
        if left <= 0:
            break
        left -= each
        characters += 1
    twice = len(alias) - 1 - len(_pairs(alias))
    return max(1, characters - 1 - twice)


class _WeightsOf(dict[str, _Weights]):
    """Those of each alias, worked out when it is first compared: most never are."""

    def __init__(self, weight: Mapping[str, float]) -> None:
        super().__init__()
        self._weight = weight

    def __missing__(self, alias: str) -> _Weights:
        self[alias] = weights = _Weights.of(alias, self._weight)
        return weights


class AttributeLinker:
    """Built once for an attribute tree and a lexicon; reads only."""

    def __init__(
        self,
        tree: Mapping[Path, AttributeNode],
        synonyms: Mapping[str, tuple[str, ...]],
        derived: Derived | None = None,
    ) -> None:
        self._tree = tree
        kept, paths = derived or Derived(), list(tree)
        places = kept.json("attribute names", lambda: _alias_places(tree, synonyms))
        self._aliases = {alias: {paths[place] for place in those} for alias, those in places.items()}
        self._finder: MentionFinder[Path] = MentionFinder(self._aliases)
        self._approximate = ApproximateFinder(
            self._aliases, min_slip_length=4, cutoff=TYPO_CUTOFF, derived=kept
        )
        weights = kept.json("attribute characters", lambda: _character_weights(self._aliases))
        self._weights_of = _WeightsOf(weights)
        self._known = tuple(self._aliases)
        self._by_pair = kept.json("attribute pairs", lambda: _places_by_pair(self._known))

    @property
    def names(self) -> Iterable[str]:
        """Every alias the linker knows, normalised."""
        return self._aliases

    @property
    def aliases(self) -> Mapping[str, set[Path]]:
        """Every alias and the nodes it may stand for."""
        return self._aliases

    def link(self, text: str, content: str) -> tuple[AttributeLink, ...]:
        """Links in reading order.

        ``text`` is the utterance with entity mentions blanked out; ``content`` the same without stop and
        question words, so that 变速箱是什么类型 reads 变速箱类型. Whichever names more characters counts, and of two
        that name as many the one in fewer names.
        """
        return self.named(text, content) or self.meant(content)

    def named(self, text: str, content: str) -> tuple[AttributeLink, ...]:
        """Those of ``link`` that are names or synonyms as they are written."""
        ways = (text,) if text == content else (text, content)
        return max(map(self._exact, ways), key=lambda found: (_explained(found), -len(found)))

    def meant(self, content: str) -> tuple[AttributeLink, ...]:
        """Those of ``link`` that are misspelt or but a part of a name."""
        return self._alike(content) or self._partial(content)

    def _exact(self, text: str) -> tuple[AttributeLink, ...]:
        return tuple(
            AttributeLink(self.prefer(mention.targets), mention.alias, mention.alias)
            for mention in self._finder.find(text)
        )

    def _alike(self, content: str) -> tuple[AttributeLink, ...]:
        """The one alias that sounds like, or is one slip away from, a part of ``content``."""
        near = self._approximate.nearest(content)
        if near is None:
            return ()
        paths = self.prefer(self._aliases[near.name])
        return (AttributeLink(paths, near.name, content[near.start : near.end], near.score),)

    def _partial(self, content: str) -> tuple[AttributeLink, ...]:
        """The names that best share a run of characters with ``content``: 排气管 → 排气管个数."""
        scored = []
        sharing: dict[int, int] = {}
        for pair in _pairs(content):
            for place in self._by_pair.get(pair, ()):
                sharing[place] = sharing.get(place, 0) + 1
        for place, count in sharing.items():
            alias = self._known[place]
            if count < self._weights_of[alias].fewest:
                continue
            start, length, share = self._common(alias, content)
            if length >= 2 and share >= PARTIAL_CUTOFF and not _cuts_a_word(content, start, start + length):
                scored.append((share * length / len(content), share, alias, start, length))
        if not scored:
            return ()
        top = max(scored)
        paths = {path for row in scored if row[:2] == top[:2] for path in self._aliases[row[2]]}
        typed = content[top[3] : top[3] + top[4]]
        return (AttributeLink(self.prefer(paths), top[2], typed, 0.5 + 0.4 * top[1]),)

    def _common(self, alias: str, content: str) -> tuple[int, int, float]:
        """The longest run of ``content`` in ``alias`` at its start: where, how long, what weight of it.

        Nothing where all characters that both have weigh too little for a partial name: no run can.
        """
        weights = self._weights_of[alias]
        spare = weights.spare
        for weight, char in weights.telling:
            if char not in content:
                spare -= weight
                if spare < 0:
                    return -1, 0, 0.0
        for length in range(min(len(alias), len(content)), 1, -1):
            for offset in range(len(alias) - length + 1):
                start = content.find(alias[offset : offset + length])
                if start >= 0:
                    return start, length, sum(weights.each[offset : offset + length]) / weights.whole
        return -1, 0, 0.0

    def prefer(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        """Most entities first; a category is dropped for a node below it that has the same name."""
        found = list(paths)
        if len(found) < 2:
            return tuple(found)
        deepest = [p for p in found if not any(q[: len(p)] == p and len(q) > len(p) for q in found)]
        return tuple(sorted(deepest, key=lambda path: (-self._tree[path].count, len(path), path)))


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether a run begins or ends amid Latin letters: eat of weather."""
    return any(
        _LATIN.fullmatch(text[at - 1 : at + 1]) is not None for at in (start, end) if 0 < at < len(text)
    )


def _explained(links: Sequence[AttributeLink]) -> int:
    return sum(len(link.text) for link in links)


def _alias_places(
    tree: Mapping[Path, AttributeNode], synonyms: Mapping[str, tuple[str, ...]]
) -> dict[str, list[int]]:
    """Alias → places in ``tree`` of the nodes it may stand for."""
    found: dict[str, dict[int, None]] = {}
    by_name: dict[str, list[int]] = {}
    for place, path in enumerate(tree):
        if path:
            for name in dict.fromkeys((normalize(path[-1]), normalize(display_name(path[-1])))):
                if len(name) >= 2:
                    found.setdefault(name, {})[place] = None
                by_name.setdefault(name, []).append(place)
    for name, words in synonyms.items():
        for place in by_name.get(normalize(name), ()):
            for word in words:
                found.setdefault(word, {})[place] = None
    return {alias: list(places) for alias, places in found.items()}


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _places_by_pair(aliases: Iterable[str]) -> dict[str, list[int]]:
    """Two neighbouring characters → places of the aliases that have them."""
    found: dict[str, list[int]] = {}
    for place, alias in enumerate(aliases):
        for pair in sorted(_pairs(alias)):
            found.setdefault(pair, []).append(place)
    return found


def _character_weights(aliases: Iterable[str]) -> dict[str, float]:
    """How telling a character is: the log of how few aliases have it (个, 数 and 类型 weigh little)."""
    names = list(aliases)
    counts = Counter(itertools.chain.from_iterable(map(set, names)))
    return {char: math.log1p(len(names) / counts[char]) for char in sorted(counts)}
