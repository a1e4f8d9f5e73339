"""The matcher promise: one FAQ module proposes standard questions for an utterance."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class FaqCandidate(NamedTuple):
    """A standard question a module proposes, and why.

    ``score`` is the module's own similarity in [0, 1]; it is not a probability. ``confidence`` is filled by
    the choice that fuses all modules: the calibrated probability that ``question`` is what was asked.
    A tuple, not a dataclass: dozens are made in each turn, and a frozen dataclass costs six times as much.
    """

    label: int
    question: str
    matched: str
    score: float
    module: str
    confidence: float = 0.0


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
