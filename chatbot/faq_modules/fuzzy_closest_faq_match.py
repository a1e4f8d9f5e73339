"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScores
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question

NAME = "fuzzy_closest_faq_match"
COMPARED = 64


class FuzzyClosestMatcher:
    """Normalised Indel similarity (RapidFuzz ``ratio``); a standard question scores by its best paraphrase.

    Only the paraphrases of the standard questions that BM25 likes best are compared letter by letter, ``COMPARED`` at
    most: RapidFuzz alone would take as long as everything else together.
    """

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus, self._questions = context.corpus, context.questions
        self._starts = context.corpus.starts.tolist()
        mean = len(context.corpus.texts) / max(len(context.corpus.questions), 1)
        self._best = max(2, round(COMPARED / max(mean, 1.0)))

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions that share anything with ``utterance``."""
        if not utterance.strip() or not len(self._corpus.texts):
            return ()
        places, scores = self._compared(utterance)
        return best_by_question(self._corpus, places, scores, k, NAME)

    def score_questions(self, utterance: str) -> QuestionScores | None:
        """The score of each standard question that has a paraphrase among those compared."""
        if not len(self._corpus.texts):
            return None
        values = np.zeros(len(self._corpus.questions), dtype=np.float32)
        places, scores = self._compared(utterance)
        owners = self._corpus.owners[places]
        np.maximum.at(values, owners, scores)

        def matched(place: int) -> str | None:
            own = np.flatnonzero(owners == place)
            return self._corpus.originals[places[own[scores[own].argmax()]]] if len(own) else None

        return QuestionScores(values, matched)

    def _compared(self, utterance: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        bm25, wanted = self._questions.scores(utterance)[0], self._best
        best = np.argpartition(bm25, -wanted)[-wanted:].tolist() if len(bm25) > wanted else range(len(bm25))
        ranked = sorted(best, key=lambda place: (-bm25[place], place))
        spans = [range(self._starts[place], self._starts[place + 1]) for place in ranked]
        places = [place for span in spans for place in span][:COMPARED]
        corpus = self._corpus.texts
        scores = process.cdist(
            [utterance], [corpus[place] for place in places], scorer=fuzz.ratio, dtype=np.float32
        )[0]
        return np.array(places), scores * np.float32(0.01)


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
