"""The attributes that a question which names none may mean: offered as a question, never answered.

A question and an attribute are bags of characters and of pairs of them; what few attributes are asked with counts more
(inverse document frequency, Spärck Jones 1972), and the share of the question that an attribute accounts for is its score.
"""

import itertools
import math
from collections.abc import Iterator

from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.normalization.text import normalize
from chatbot.planning.asked_ways import said_of
from chatbot.planning.links import AttributeSense
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

MIN_SCORE = 0.22  # below it an attribute shares no more than chance would
_PAIR, _ONE = 2.0, 1.0  # what a pair of characters weighs, and a single one
_STRANGE = (
    3.0  # how telling is what no attribute is asked with: 杯架 is not accounted for by the 几个 before it
)
_RUN = regex("[\u4e00-\u9fff]+|[a-z0-9]+")
_EMPTY = frozenset("的了吗么呢不没有是能会可以几多少什么啥怎哪个我你它这那在要得就都还一上下吧啊呀到把给和")


class NearAttributes:
    """Built once for a vocabulary, when it is first asked; reads only."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        bags: dict[Path, set[str]] = {}
        for path, phrase in _phrases(vocabulary):
            bags.setdefault(path, set()).update(_features(phrase))
        self._paths = list(bags)
        self._holders: dict[str, list[int]] = {}
        for at, bag in enumerate(bags.values()):
            for feature in bag:
                self._holders.setdefault(feature, []).append(at)

    def nearest(self, asked: str, few: int) -> tuple[Path, ...]:
        """At most ``few`` attributes that account for most of what is ``asked``, names left out; best first."""
        features = _features(asked)
        whole, scores = 0.0, dict[int, float]()
        for feature in features:
            holders = self._holders.get(feature, ())
            weight = self._weight(feature, len(holders))
            whole += weight
            for at in holders:
                scores[at] = scores.get(at, 0.0) + weight
        best = sorted(scores, key=lambda at: (-scores[at], at))[:few]
        return tuple(self._paths[at] for at in best if scores[at] >= MIN_SCORE * whole)

    def _weight(self, feature: str, holders: int) -> float:
        kind = _PAIR if len(feature) > 1 else _ONE
        return kind * (math.log((len(self._paths) + 1) / (holders + 0.5)) if holders else _STRANGE)


def _phrases(vocabulary: Vocabulary) -> Iterator[tuple[Path, str]]:
    """Each attribute with all that it is called, and the words with which it is asked for."""
    for path in vocabulary.columns.paths:
        yield path, normalize(display_name(path[-1]))
    for word, senses in vocabulary.finder.aliases.items():
        yield from ((sense.paths[0], word) for sense in senses if isinstance(sense, AttributeSense))
    for concept, words in said_of().items():
        yield from ((path, words) for path in vocabulary.concepts.paths(concept))


def _features(text: str) -> set[str]:
    """The characters that carry something, and every pair of neighbours of which one does."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        if run.isascii():
            found.add(run)
            continue
        found.update(c for c in run if c not in _EMPTY)
        found.update(a + b for a, b in itertools.pairwise(run) if not {a, b} <= _EMPTY)
    return found
