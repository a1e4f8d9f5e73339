"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScores
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question

NAME = "fuzzy_closest_faq_match"
COMPARED, LEAST = 64, 2


class FuzzyClosestMatcher:
    """Normalised Indel similarity (RapidFuzz ``ratio``); a standard question scores by its best paraphrase.

    Only the paraphrases of the standard questions that BM25 likes best are compared letter by letter, about
    ``COMPARED``: RapidFuzz alone would take as long as everything else together.
    """

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus, self._questions = context.corpus, context.questions
        self._starts: list[int] = context.corpus.starts.tolist()
        self._texts = [tuple(context.corpus.texts[first:last]) for first, last in pairwise(self._starts)]
        mean = len(context.corpus.texts) / max(len(context.corpus.questions), 1)
        self._best = max(LEAST, round(COMPARED / max(mean, 1.0)))

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions that share anything with ``utterance``."""
        if not utterance.strip() or not len(self._corpus.texts):
            return ()
        found = self._nearest(utterance)
        places = np.array([place for place, _ in found.values()])
        scores = np.array([score for _, score in found.values()], dtype=np.float32)
        return best_by_question(self._corpus, places, scores, k, NAME)

    def score_questions(self, utterance: str) -> QuestionScores | None:
        """The score of each standard question that has a paraphrase among those compared."""
        if not len(self._corpus.texts):
            return None
        values = np.zeros(len(self._corpus.questions), dtype=np.float32)
        found = self._nearest(utterance)
        for owner, (_, score) in found.items():
            values[owner] = score

        def matched(place: int) -> str | None:
            return self._corpus.originals[found[place][0]] if place in found else None

        return QuestionScores(values, matched)

    def _nearest(self, utterance: str) -> dict[int, tuple[int, float]]:
        """Standard question → its nearest text and that one's score, for those BM25 likes best, best first."""
        bm25, wanted = self._questions.scores(utterance)[0][0], self._best
        found, left = dict[int, tuple[int, float]](), COMPARED
        for owner in bm25.argsort()[: -wanted - 1 : -1].tolist():
            texts = self._texts[owner]
            if len(texts) > left:
                texts = texts[:left]
            nearest = extractOne(utterance, texts, scorer=ratio)
            if nearest is not None:
                found[owner] = self._starts[owner] + nearest[2], nearest[1] / 100
            left -= len(texts)
            if left <= 0:
                break
        return found


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
