"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.fuzz import ratio

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScores
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question

NAME = "fuzzy_closest_faq_match"
COMPARED = 48


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
        spans, scores = self._compared(utterance)
        places = np.concatenate([np.arange(first, last) for _, first, last in spans])
        return best_by_question(self._corpus, places, np.array(scores, dtype=np.float32), k, NAME)

    def score_questions(self, utterance: str) -> QuestionScores | None:
        """The score of each standard question that has a paraphrase among those compared."""
        if not len(self._corpus.texts):
            return None
        values = np.zeros(len(self._corpus.questions), dtype=np.float32)
        spans, scores = self._compared(utterance)
        nearest, done = {}, 0
        for owner, first, last in spans:
            own = scores[done : done + last - first]
            done += last - first
            highest = max(own)
            values[owner], nearest[owner] = highest, first + own.index(highest)

        def matched(place: int) -> str | None:
            text = nearest.get(place)
            return None if text is None else self._corpus.originals[text]

        return QuestionScores(values, matched)

    def _compared(self, utterance: str) -> tuple[list[tuple[int, int, int]], list[float]]:
        """(Standard question, its first text, the one after the last that is compared), and all scores in that order."""
        bm25, wanted, starts = self._questions.scores(utterance)[0], self._best, self._starts
        best = np.argpartition(bm25, -wanted)[-wanted:] if len(bm25) > wanted else np.arange(len(bm25))
        spans, texts = [], list[str]()
        for owner in best[(-bm25[best]).argsort(kind="stable")].tolist():
            first, left = starts[owner], COMPARED - len(texts)
            last = min(starts[owner + 1], first + left)
            if last > first:
                spans.append((owner, first, last))
                texts += self._corpus.texts[first:last]
        return spans, [ratio(utterance, text) / 100 for text in texts]


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
