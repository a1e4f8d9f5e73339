"""``feature_vector_faq_match``: nearest paraphrases by the two-tower encoder, over FAISS."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScores
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question
from chatbot.faq_modules.on_demand import OnDemand
from chatbot.faq_modules.question_vectors import QuestionVectors

if TYPE_CHECKING:
    import faiss
else:
    faiss = OnDemand("faiss")

NAME = "feature_vector_faq_match"
SCORES_ALL = 20_000
_PARAPHRASES_PER_LABEL = 4


class FeatureVectorMatcher:
    """Exact inner product of unit vectors; a standard question scores by its best paraphrase."""

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus, self._encoder = context.corpus, context.encoder
        self._vectors = np.ascontiguousarray(context.vectors, dtype=np.float32)
        self._by_question = QuestionVectors(self._vectors, context.corpus.starts)

    @cached_property
    def _index(self) -> "faiss.IndexFlatIP":
        """Made when ``match`` first asks: a copy of all vectors, that ``score_questions`` does without."""
        index = faiss.IndexFlatIP(self._encoder.dimension)
        if len(self._vectors):
            index.add(self._vectors)
        return index

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions by cosine, cut off at 0."""
        wanted = min(k * _PARAPHRASES_PER_LABEL, len(self._vectors))
        if not utterance.strip() or wanted == 0:
            return ()
        scores, places = self._index.search(self._encoder.encode([utterance]), wanted)
        return best_by_question(self._corpus, places[0], np.minimum(scores[0], 1.0), k, NAME)

    def score_questions(self, utterance: str) -> QuestionScores | None:
        """All of them, see ``QuestionVectors``, while there are at most ``SCORES_ALL`` paraphrases."""
        if not 0 < len(self._vectors) <= SCORES_ALL:
            return None
        vector = self._encoder.encode((utterance,))[0]
        by_question, originals = self._by_question, self._corpus.originals
        values, nearest = by_question.scores(vector)

        def matched(place: int) -> str | None:
            known = nearest.get(place)
            return originals[by_question.nearest(place, vector) if known is None else known]

        return QuestionScores(values, matched)


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FeatureVectorMatcher(context)
