"""Everything that speaks for a standard question, side by side: one row a standard question, one column a signal."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScorer, QuestionScores
from chatbot.faq_modules.class_evidence import ClassEvidence
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.length_ratios import LengthRatios
from chatbot.faq_modules.own_signals import OwnSignalReader
from chatbot.faq_modules.question_index import QuestionIndex, ones
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.frozen import dataclass

OWN_SIGNALS = ("bm25", "coverage", "class", "sound_bm25", "sound_coverage", "length", "size")
QUERY_SIGNALS = (
    "nothing",
    "nothing_known",
    "nothing_length",
    "nothing_alike",
    "nothing_apart",
    "nothing_scope",
)
_PROPOSED, _USUAL_LENGTH = 16, 64
_ALIKE = 1e-3


@dataclass(frozen=True, slots=True)
class SignalTable:
    """``values`` (standard questions, signals) for the standard questions ``owners`` (places in the corpus).

    ``query`` describes the utterance itself and speaks for none of them; ``exact`` marks the standard questions that
    have the utterance word for word, ``None`` where there is none.
    """

    owners: NDArray[np.int64]
    values: NDArray[np.float32]
    query: tuple[float, ...]
    exact: NDArray[np.bool_] | None = None

    def only(self, rows: NDArray[np.int64]) -> "SignalTable":
        """The table with these ``rows`` alone."""
        exact = None if self.exact is None else self.exact[rows]
        return SignalTable(self.owners[rows], self.values[rows], self.query, exact)


def query_signals(text: str, known: float, alike: float, stands: float, beyond: float) -> tuple[float, ...]:
    """``QUERY_SIGNALS`` of a normalised ``text``, of whose idf the share ``known`` was ever seen: ``alike`` is the highest
    ``length`` of a standard question, the best of them ``stands`` apart by BM25, and ``beyond`` is the evidence of scope."""
    return 1.0, 1.0 - known, 1.0 / (1.0 + len(text)), alike, stands, beyond


def apart(scores: NDArray[np.float32]) -> float:
    """By how many standard deviations the highest of ``scores`` lies above their mean.

    A long question scores low for every standard question, also for the one it means; one that means none (洗衣机童锁怎么解开) scores
    for all that have 洗衣机 or 怎么. What is meant stands out, however low it is.
    """
    count = len(scores)
    if not count:
        return 0.0
    every, highest = ones(count), float(scores.item(scores.argmax()))
    mean, square = float(scores.dot(every)) / count, float(scores.dot(scores)) / count
    return (highest - mean) / (math.sqrt(max(square - mean * mean, 0.0)) + _ALIKE)


class SignalReader:
    """Reads the signals of one corpus from its modules and its own indexes. Immutable."""

    def __init__(
        self,
        corpus: Corpus,
        questions: QuestionIndex,
        evidence: ClassEvidence | None,
        modules: Sequence[Matcher],
        scope: ScopeEvidence | None = None,
    ) -> None:
        self._own = OwnSignalReader(corpus.texts, corpus.owners, questions, evidence, scope)
        self._owner_of = {label: owner for owner, label in enumerate(corpus.labels)}
        size = len(corpus.questions)
        lengths = np.fromiter(map(len, corpus.texts), dtype=np.float32, count=len(corpus.texts))
        sizes = np.diff(corpus.starts)
        means = np.add.reduceat(lengths, corpus.starts[:-1]) / sizes
        self._lengths = LengthRatios(means.astype(np.float32))
        self._sizes = np.log(sizes / max(float(sizes.mean()), 1.0)).astype(np.float32) if size else sizes
        self._places: dict[str, list[int]] = {}
        for text, owner in zip(corpus.texts, corpus.owners.tolist(), strict=True):
            self._places.setdefault(text, []).append(owner)
        self._ways = tuple(map(self._way, modules))
        self._ratios: dict[int, NDArray[np.float32]] = {}
        self._everyone = np.arange(size)
        self.names = tuple(f"module:{module.name}" for module in modules) + OWN_SIGNALS

    def read(self, text: str) -> tuple[SignalTable, tuple[QuestionScores, ...]]:
        """The signals of every standard question for a normalised ``text``, and the scores of each module."""
        values, query = self._own_signals(text)
        found = tuple([way(text) for way in self._ways])
        for row, scores in enumerate(found):
            values[row] = scores.values
        return SignalTable(self._everyone, values.T, query, self._exact(text)), found

    def without_modules(self, text: str) -> SignalTable:
        """The same signals, every module's at 1: what no module is asked for, and none can be above."""
        values, query = self._own_signals(text)
        values[: len(self._ways)] = 1.0
        return SignalTable(self._everyone, values.T, query, self._exact(text))

    def _own_signals(self, text: str) -> tuple[NDArray[np.float32], tuple[float, ...]]:
        """The rows of signals, those of the modules yet to be filled, and the signals of the utterance."""
        values = np.empty((len(self.names), len(self._everyone)), dtype=np.float32)
        own = values[len(self._ways) :]
        known, beyond = self._own.read(text, own)
        own[5], own[6] = self._length_ratio(len(text)), self._sizes
        alike = self._lengths.highest(len(text))
        return values, query_signals(text, known, alike, apart(own[0]), beyond)

    def knows(self, text: str) -> bool:
        """Whether a normalised ``text`` is a paraphrase word for word."""
        return text in self._places

    def _length_ratio(self, length: int) -> NDArray[np.float32]:
        """``LengthRatios`` of every standard question; those of usual lengths are kept."""
        ratio = self._ratios.get(length)
        if ratio is None:
            ratio = self._lengths.of(length, self._everyone)
            if length <= _USUAL_LENGTH:
                self._ratios[length] = ratio
        return ratio

    def _exact(self, text: str) -> NDArray[np.bool_] | None:
        places = self._places.get(text)
        if places is None:
            return None
        exact = np.zeros(len(self._everyone), dtype=np.bool_)
        exact[places] = True
        return exact

    def _way(self, module: Matcher) -> Callable[[str], QuestionScores]:
        """From a text to the scores of ``module``, all at once where it can."""

        def spread(text: str) -> QuestionScores:
            return self._spread(module.match(text, _PROPOSED))

        if not isinstance(module, QuestionScorer):
            return spread
        every = module.score_questions
        return lambda text: every(text) or spread(text)

    def _spread(self, candidates: Sequence[FaqCandidate]) -> QuestionScores:
        """The scores of ``candidates``; where the list is full, what was left out has at most the score of the last."""
        floor = min(one.score for one in candidates) if len(candidates) >= _PROPOSED else 0.0
        values = np.full(len(self._everyone), floor, dtype=np.float32)
        matched: dict[int, str] = {}
        for candidate in candidates:
            owner = self._owner_of[candidate.label]
            values[owner], matched[owner] = candidate.score, candidate.matched
        return QuestionScores(values, matched.get)
