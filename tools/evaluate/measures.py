"""What is said of a retriever: ranks, answers given, time; always over questions whose answer is known."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.retrieval import FaqRetriever

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A test question and the label id of its standard question; ``None`` when nothing should answer it."""

    text: str
    label: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What came back for one question, and how long it took, in milliseconds."""

    question: Question
    candidates: tuple[FaqCandidate, ...]
    milliseconds: float

    @property
    def rank(self) -> int:
        """Place of the right standard question from 1; 0 when it is not among the candidates."""
        labels = [candidate.label for candidate in self.candidates]
        return labels.index(self.question.label) + 1 if self.question.label in labels else 0

    @property
    def confidence(self) -> float:
        """That of the first candidate."""
        return self.candidates[0].confidence if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class FaqScores:
    """The public figures of ``evaluate faq``. Rates are shares of all ``n`` questions."""

    n: int
    top1: float
    top5: float
    mrr: float
    answered: float
    wrong_answer_rate: float
    ms_p50: float
    ms_p99: float


def ask_all(retriever: FaqRetriever, questions: Sequence[Question]) -> tuple[Asked, ...]:
    """Every question, one after the other, single thread."""
    found = []
    for question in questions:
        start = time.perf_counter()
        candidates = retriever.retrieve(question.text, DEPTH)
        found.append(Asked(question, candidates, (time.perf_counter() - start) * 1000))
    return tuple(found)


def scores(asked: Sequence[Asked], threshold: float) -> FaqScores:
    """The figures of what was ``asked``; a candidate with at least ``threshold`` confidence is an answer."""
    n = len(asked)
    answered = [one for one in asked if one.candidates and one.confidence >= threshold]
    times = sorted(one.milliseconds for one in asked)
    return FaqScores(
        n=n,
        top1=_share(sum(one.rank == 1 for one in asked), n),
        top5=_share(sum(0 < one.rank <= 5 for one in asked), n),
        mrr=_share(sum(1 / one.rank for one in asked if one.rank), n),
        answered=_share(len(answered), n),
        wrong_answer_rate=_share(sum(one.rank != 1 for one in answered), n),
        ms_p50=round(_percentile(times, 0.5), 4),
        ms_p99=round(_percentile(times, 0.99), 4),
    )


def _share(count: float, n: int) -> float:
    return round(count / n, 4) if n else 0.0


def _percentile(ranked: Sequence[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0
