"""Everything that speaks for a standard question, side by side: one row a candidate, one column a signal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.class_evidence import ClassEvidence
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.coverage import Coverage
from chatbot.faq_modules.lexical import LexicalIndex, Scores
from chatbot.faq_modules.sound import SoundTable, alike

OWN_SIGNALS = ("bm25", "cosine", "support", "class", "coverage", "sound", "sound_coverage", "length")
QUERY_SIGNALS = ("nothing", "nothing_known", "nothing_length")
OWN_MODULE = "closest_choice"
_BY_CLASS, _BY_BM25 = 8, 6


@dataclass(frozen=True, slots=True)
class SignalTable:
    """``values`` (candidates, signals) for the standard questions ``owners`` (places in the corpus).

    ``query`` describes the utterance itself and speaks for none of them; ``exact`` marks the candidates that have
    the utterance word for word; ``matched[i]`` is the text of candidate ``i`` that comes nearest.
    """

    owners: NDArray[np.int64]
    values: NDArray[np.float64]
    query: NDArray[np.float64]
    exact: NDArray[np.bool_]
    matched: NDArray[np.int64]


class SignalReader:
    """Reads the signals of one corpus. Immutable but for memo tables."""

    def __init__(
        self, corpus: Corpus, index: LexicalIndex, evidence: ClassEvidence | None, modules: Sequence[str]
    ) -> None:
        self._corpus, self._index, self._evidence = corpus, index, evidence
        self._starts = np.searchsorted(corpus.owners, np.arange(len(corpus.questions)))
        self._sizes = np.diff(np.append(self._starts, len(corpus.owners)))
        self._owner_of = {label: owner for owner, label in enumerate(corpus.labels)}
        self._sounds = SoundTable()
        self._sound_of = [text.translate(self._sounds) for text in corpus.texts]
        owners, questions = corpus.owners.tolist(), len(corpus.questions)
        self._coverage = Coverage(corpus.texts, owners, questions)
        self._sound_coverage = Coverage(self._sound_of, owners, questions)
        self._lengths = np.fromiter(map(len, corpus.texts), dtype=np.int64, count=len(corpus.texts))
        self._places: dict[str, list[int]] = {}
        for place, text in enumerate(corpus.texts):
            self._places.setdefault(text, []).append(int(corpus.owners[place]))
        self.names = tuple(f"module:{name}" for name in modules) + OWN_SIGNALS
        self.cosine = self.names.index("cosine")

    def read(self, text: str, found: Sequence[Sequence[FaqCandidate]]) -> SignalTable:
        """The signals for a normalised ``text``; ``found`` holds one list a module, in the order of ``modules``."""
        scores = self._index.scores(text)
        bm25 = np.maximum.reduceat(scores.bm25, self._starts)
        classes = self._evidence.scores(scores.features) if self._evidence else None
        owners = self._candidates(found, bm25, classes, text)
        best = np.maximum.reduceat(scores.cosine, self._starts)
        squares = scores.cosine * scores.cosine
        support = np.add.reduceat(squares * squares, self._starts)[owners] ** 0.25
        matched = self._nearest(owners, scores.cosine, best)
        columns = [self._module_scores(owners, candidates) for candidates in found]
        columns += [bm25[owners], best[owners], support]
        columns.append(classes[owners].astype(np.float64) if classes is not None else np.zeros(len(owners)))
        columns.append(self._coverage.of(text, owners))
        sound = text.translate(self._sounds)
        sounds = alike(sound, [self._sound_of[place] for place in matched.tolist()])
        columns.append(sounds.astype(np.float64))
        columns.append(self._sound_coverage.of(sound, owners))
        lengths = self._lengths[matched]
        columns.append(np.minimum(lengths, len(text)) / np.maximum(lengths, len(text)))
        same = self._places.get(text, ())
        return SignalTable(
            owners=owners,
            values=np.stack(columns, axis=1),
            query=np.array([1.0, 1.0 - scores.features.known, 1.0 / (1.0 + len(text))]),
            exact=np.isin(owners, same) if same else np.zeros(len(owners), dtype=np.bool_),
            matched=matched,
        )

    def _candidates(
        self,
        found: Sequence[Sequence[FaqCandidate]],
        bm25: NDArray[np.float64],
        classes: NDArray[np.float32] | None,
        text: str,
    ) -> NDArray[np.int64]:
        owners = {self._owner_of[candidate.label] for candidates in found for candidate in candidates}
        owners.update(_top(bm25, _BY_BM25))
        owners.update(self._places.get(text, ()))
        if classes is not None:
            owners.update(_top(classes, _BY_CLASS))
        return np.array(sorted(owners), dtype=np.int64)

    def _nearest(self, owners: NDArray[np.int64], cosine: Scores, best: Scores) -> NDArray[np.int64]:
        """The first text of each of ``owners`` that has its ``best`` cosine."""
        hits = np.flatnonzero(cosine == np.repeat(best, self._sizes))
        return hits[hits.searchsorted(self._starts[owners])]

    def _module_scores(
        self, owners: NDArray[np.int64], candidates: Sequence[FaqCandidate]
    ) -> NDArray[np.float64]:
        """Its score; a standard question the module left out has at most the score of its last one."""
        scores = {self._owner_of[candidate.label]: candidate.score for candidate in candidates}
        floor = min(scores.values(), default=0.0)
        return np.array([scores.get(owner, floor) for owner in owners.tolist()])


def _top(scores: NDArray[np.float64] | NDArray[np.float32], wanted: int) -> list[int]:
    if len(scores) <= wanted:
        return list(range(len(scores)))
    top: list[int] = np.argpartition(scores, -wanted)[-wanted:].tolist()
    return top
