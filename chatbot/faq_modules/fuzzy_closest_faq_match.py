"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.context import ModuleContext

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
        near = np.arange(len(cosine))
        if len(cosine) > COMPARED:
            near = np.argpartition(cosine, -COMPARED)[-COMPARED:]
        places = near[cosine[near] > 0].tolist()
        if not places:
            return ()
        texts = [corpus.texts[place] for place in places]
        scores = process.cdist([utterance], texts, scorer=fuzz.ratio, dtype=np.float32)[0].tolist()
        best: dict[int, FaqCandidate] = {}
        for score, place in sorted(zip(scores, places, strict=True), key=lambda found: (-found[0], found[1])):
            owner = int(corpus.owners[place])
            if score > 0 and owner not in best:
                best[owner] = FaqCandidate(
                    corpus.labels[owner], corpus.questions[owner], corpus.originals[place], score / 100, NAME
                )
                if len(best) == k:
                    break
        return tuple(best.values())


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
