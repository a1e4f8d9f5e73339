"""The standard questions that an utterance can mean among very many, and what speaks for each of them.

Three searches propose candidates: nearest vectors, rare characters and pairs of them, and the same of syllables (for what
sounds alike). The signals are those of ``signals.py``, read for the candidates alone.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.base import QuestionScores
from chatbot.faq_modules.large.index import LargeIndex, syllable
from chatbot.faq_modules.length_ratios import LengthRatios
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.signals import OWN_SIGNALS, SignalTable, query_signals
from chatbot.frozen import dataclass

BY_CHARACTERS, BY_SOUND = 24, 12


@dataclass(frozen=True)
class Candidates:
    """``owners`` are places of standard questions, ascending; ``liked`` are rows of ``owners``, by BM25, best first.

    ``hits`` are the places of the nearest texts to ``vector``, best first, with their ``similarity``.
    """

    owners: NDArray[np.int64]
    liked: NDArray[np.int64]
    vector: NDArray[np.float32]
    hits: NDArray[np.int64]
    similarity: NDArray[np.float32]


class CandidateScorer(Protocol):
    """A FAQ module that scores candidates only.

    Promise: ``values`` has one score in [0, 1] a candidate, 0 where there is nothing to say; ``matched`` takes its row.
    """

    @property
    def name(self) -> str:
        """The name it goes by in the configuration and in evidence."""

    def score(self, utterance: str, candidates: Candidates) -> QuestionScores:
        """The scores of ``candidates`` for a normalised ``utterance``."""


class CandidateReader:
    """Reads the signals of the candidates of an utterance. Immutable."""

    def __init__(
        self,
        index: LargeIndex,
        encoder: Encoder,
        modules: Sequence[CandidateScorer],
        scope: ScopeEvidence | None = None,
    ) -> None:
        self._index, self._encoder, self._modules = index, encoder, tuple(modules)
        self._scope = scope
        self._id_of = {chr(code): place for place, code in enumerate(index.texts.alphabet.tolist())}
        self._sound_of = {sound: place for place, sound in enumerate(index.syllables)}
        self.names = tuple(f"module:{module.name}" for module in modules) + OWN_SIGNALS
        self._lengths = LengthRatios(index.lengths)
        sizes = np.diff(index.corpus.starts)
        self._sizes = np.log(sizes / max(float(sizes.mean()), 1.0)).astype(np.float32)

    def read(self, text: str) -> tuple[SignalTable, tuple[QuestionScores, ...]]:
        """The signals of the candidates for a normalised ``text``, and the scores of each module, row by row."""
        index = self._index
        ids, sounds = self._units(text)
        vector = self._encoder.encode([text])[0]
        hits, similarity = index.search.search(vector)
        same = index.corpus.owners[index.exact.find(text, index.texts)]
        proposed = (
            index.corpus.owners[hits],
            index.chars.likely(ids, BY_CHARACTERS),
            index.sounds.likely(sounds, BY_SOUND),
            same,
        )
        owners = np.unique(np.concatenate(proposed).astype(np.int64))
        bm25, coverage, known = index.chars.scores(ids, owners)
        by_sound = index.sounds.scores(sounds, owners)
        candidates = Candidates(owners, np.argsort(-bm25, kind="stable"), vector, hits, similarity)
        found = tuple(module.score(text, candidates) for module in self._modules)
        own = {
            "bm25": bm25,
            "coverage": coverage,
            "class": np.zeros(len(owners), dtype=np.float32),  # no classifier is fitted over so many texts
            "sound_bm25": by_sound[0],
            "sound_coverage": by_sound[1],
            "length": self._lengths.of(len(text), owners),
            "size": self._sizes[owners],
        }
        columns = [*(scores.values for scores in found), *(own[name] for name in OWN_SIGNALS)]
        beyond = 0.0 if self._scope is None else self._scope.score(text)
        apart = 0.0  # from whom, only a look at all of them could tell
        query = query_signals(text, known, self._lengths.highest(len(text)), apart, beyond)
        exact = np.isin(owners, same) if len(same) else None
        return SignalTable(owners, np.stack(columns, axis=1), query, exact), found

    def without_modules(self, text: str) -> None:
        """Which standard questions are candidates, the vectors say too."""

    def knows(self, text: str) -> bool:
        """Whether a normalised ``text`` is a paraphrase word for word."""
        return len(self._index.exact.find(text, self._index.texts)) > 0

    def _units(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Characters and syllables of ``text`` as units of the index, unknown ones each by a negative number of its own."""
        ids: list[int] = []
        sounds: list[int] = []
        unknown: dict[str, int] = {}
        for char in text:
            place = self._id_of.get(char)
            if place is not None:
                ids.append(place)
                sounds.append(int(self._index.sounds.of[place]))
                continue
            ids.append(unknown.setdefault(char, -1 - len(unknown)))
            sound = syllable(char)
            sounds.append(self._sound_of.get(sound, unknown.setdefault(f"{sound}?", -1 - len(unknown))))
        return np.array(ids, dtype=np.int64), np.array(sounds, dtype=np.int64)
