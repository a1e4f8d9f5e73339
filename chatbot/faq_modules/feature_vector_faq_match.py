"""``feature_vector_faq_match``: nearest paraphrases by the two-tower encoder, over FAISS."""

from collections.abc import Sequence

import faiss
import numpy as np

from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question

NAME = "feature_vector_faq_match"
_PARAPHRASES_PER_LABEL = 4


class FeatureVectorMatcher:
    """Exact inner product of unit vectors; a standard question scores by its best paraphrase."""

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus, self._encoder = context.corpus, context.encoder
        self._index = faiss.IndexFlatIP(context.encoder.dimension)
        if len(context.vectors):
            self._index.add(np.ascontiguousarray(context.vectors, dtype=np.float32))

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions by cosine, cut off at 0."""
        wanted = min(k * _PARAPHRASES_PER_LABEL, self._index.ntotal)
        if not utterance.strip() or wanted == 0:
            return ()
        scores, places = self._index.search(self._encoder.encode([utterance]), wanted)
        near = np.minimum(scores[0], 1.0).tolist()
        return best_by_question(self._corpus, places[0].tolist(), near, k, NAME)


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FeatureVectorMatcher(context)
