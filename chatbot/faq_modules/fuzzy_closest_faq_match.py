"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import best_by_question

NAME = "fuzzy_closest_faq_match"
COMPARED = 64


class FuzzyClosestMatcher:
    """Normalised Indel similarity (RapidFuzz ``ratio``); a standard question scores by its best paraphrase.

    Only the ``COMPARED`` paraphrases that share most with the utterance (TF-IDF cosine) are compared letter by letter.
    """

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus, self._index = context.corpus, context.lexical

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions that share anything with ``utterance``."""
        if not utterance.strip() or not len(self._corpus.texts):
            return ()
        corpus, cosine = self._corpus, self._index.scores(utterance).cosine
        places = np.arange(len(cosine))
        if len(cosine) > COMPARED:
            places = np.sort(np.argpartition(cosine, -COMPARED)[-COMPARED:])
        texts = [corpus.texts[place] for place in places.tolist()]
        scores = process.cdist([utterance], texts, scorer=fuzz.ratio, dtype=np.float32)[0] / np.float32(100)
        order = np.argsort(-scores, kind="stable")
        return best_by_question(corpus, places[order].tolist(), scores[order].tolist(), k, NAME)


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
