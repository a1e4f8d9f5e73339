"""The matcher promise: one FAQ module proposes standard questions for an utterance."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass


@dataclass(frozen=True, slots=True)
class FaqCandidate:
    """A standard question a module proposes, and why.

    ``score`` is the module's own similarity in [0, 1]; it is not a probability. ``confidence`` is filled by
    the choice that fuses all modules: the calibrated probability that ``question`` is what was asked. ``read_as`` is
    what was searched for, where that is not what was typed.
    """

    label: int
    question: str
    matched: str
    score: float
    module: str
    confidence: float = 0.0
    read_as: str = ""


class Matcher(Protocol):
    """One FAQ module, named in ``faq_modules`` of the engine configuration.

    Promises: at most ``k`` candidates, best first, at most one per label; the same utterance gives the same
    list; no candidate for an empty utterance; never raises on any text.
    """

    @property
    def name(self) -> str:
        """The name it goes by in the configuration and in evidence."""

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """The nearest standard questions to a normalised ``utterance``."""


@dataclass(frozen=True, slots=True)
class QuestionScores:
    """A module's score of every standard question at once.

    ``values`` has shape (standard questions,), in the order of the corpus, 0 where the module has nothing to say;
    ``matched(place)`` is the paraphrase that gave the standard question at ``place`` its score, ``None`` without one.
    """

    values: NDArray[np.float32]
    matched: Callable[[int], str | None]


@runtime_checkable
class QuestionScorer(Protocol):
    """What a module may offer beside ``match``: the same scores as one array, without building candidates.

    Promise: ``values`` are the scores that ``match`` would give, for the standard questions it would name.
    """

    def score_questions(self, utterance: str) -> QuestionScores | None:
        """The scores for a normalised ``utterance``; ``None`` where only ``match`` can tell."""
