"""The standard questions that were weighed, each with the signals that speak for it."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from chatbot.explain.explanation import FaqRanking, FaqShown, Signal
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.choice import ChoiceModel
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.signals import SignalTable


@runtime_checkable
class SignalSource(Protocol):
    """A retriever that can say what its confidences are made of."""

    @property
    def corpus(self) -> Corpus: ...

    @property
    def signal_names(self) -> tuple[str, ...]: ...

    @property
    def choice(self) -> ChoiceModel: ...

    def signals(self, utterance: str) -> tuple[SignalTable, NDArray[np.float32]]: ...


@runtime_checkable
class Wrapping(Protocol):
    """A retriever in front of another, such as one that remembers its last answers."""

    @property
    def source(self) -> object: ...


def ranked(retriever: object, asked: str, candidates: Sequence[FaqCandidate]) -> FaqRanking:
    """``candidates`` as the turn had them; without signals where the retriever cannot tell them."""
    source = retriever.source if isinstance(retriever, Wrapping) else retriever
    if not candidates or not isinstance(source, SignalSource):
        shown = tuple(_shown(one, (), exact=False) for one in candidates)
        nothing = 1 - sum(one.confidence for one in candidates) if candidates else 1.0
        return FaqRanking(asked, shown, nothing, _read_as(candidates))
    table, probabilities = source.signals(asked)
    row_of = {source.corpus.labels[owner]: row for row, owner in enumerate(table.owners.tolist())}
    weights = dict(zip(source.signal_names, source.choice.vector(source.signal_names).tolist(), strict=True))
    shown = tuple(_with_signals(one, table, row_of.get(one.label), weights) for one in candidates)
    return FaqRanking(asked, shown, max(0.0, 1 - float(probabilities.sum())), _read_as(candidates))


def _read_as(candidates: Sequence[FaqCandidate]) -> str:
    return next((one.read_as for one in candidates), "")


def _with_signals(
    candidate: FaqCandidate, table: SignalTable, row: int | None, weights: Mapping[str, float]
) -> FaqShown:
    if row is None:
        return _shown(candidate, (), exact=False)
    values = table.values[row].tolist()
    signals = tuple(
        Signal(name, value, weight) for (name, weight), value in zip(weights.items(), values, strict=True)
    )
    return _shown(candidate, signals, exact=table.exact is not None and bool(table.exact[row]))


def _shown(candidate: FaqCandidate, signals: tuple[Signal, ...], *, exact: bool) -> FaqShown:
    return FaqShown(
        candidate.question, candidate.label, candidate.confidence, candidate.matched, candidate.module,
        candidate.score, exact, signals,
    )  # fmt: skip
