"""``fuzzy_closest_faq_match``: nearest paraphrases letter by letter, by RapidFuzz."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.context import ModuleContext

NAME = "fuzzy_closest_faq_match"
_PARAPHRASES_PER_LABEL = 4


class FuzzyClosestMatcher:
    """Normalised Indel similarity (RapidFuzz ``ratio``); a standard question scores by its best paraphrase."""

    name = NAME

    def __init__(self, context: ModuleContext) -> None:
        self._corpus = context.corpus

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        """At most ``k`` standard questions that share anything with ``utterance``."""
        if not utterance.strip():
            return ()
        corpus = self._corpus
        found = process.extract(utterance, corpus.texts, scorer=fuzz.ratio, limit=k * _PARAPHRASES_PER_LABEL)
        best: dict[int, FaqCandidate] = {}
        for _, score, place in found:
            owner = int(corpus.owners[place])
            if score > 0 and owner not in best:
                best[owner] = FaqCandidate(
                    corpus.labels[owner], corpus.questions[owner], corpus.originals[place], score / 100, NAME
                )
        return tuple(best.values())[:k]


def build(context: ModuleContext) -> Matcher:
    """The module's factory, as the entry point names it."""
    return FuzzyClosestMatcher(context)
