"""Standard questions on what is near another: what someone who asked it may want to know next."""

import heapq
from collections import defaultdict

import numpy as np

from chatbot.faq_modules.retrieval import FaqRetriever
from chatbot.recent import Recent

REMEMBERED = 1000
PARAPHRASES = 5
"""Texts of a standard question that are searched with, spread evenly: one text alone finds its own odd words."""
_ABOVE = 4.5
"""How much a near question's log probability is above the median one. Beside a text that is another question's own,
word for word, nothing has a probability to speak of, but the order is that of what they share. Of the demo's 113
questions 78 have such a neighbour; with less, most pairs share but a common word (怎么选, 多久)."""
_MOST = 8
_UNDERFLOW = 1e-30


class RelatedQuestions:
    """Worked out when first asked for (a few retrievals), then remembered. Thread-safe."""

    def __init__(self, retriever: FaqRetriever) -> None:
        self._retriever = retriever
        self._found: Recent[str, tuple[str, ...]] = Recent(REMEMBERED)

    def __call__(self, question: str, most: int) -> tuple[str, ...]:
        """At most ``most`` standard questions near ``question``, nearest first; none for one that is not known."""
        found = self._found.get(question, None)
        if found is None:
            found = self._near(question)
            self._found.keep(question, found)
        return found[:most]

    def _near(self, question: str) -> tuple[str, ...]:
        corpus = self._retriever.corpus
        if question not in corpus.questions:
            return ()
        own = corpus.questions.index(question)
        begin, end = corpus.starts[own : own + 2].tolist()
        step = max(1, (end - begin) // PARAPHRASES)
        places = range(begin, end, step)[:PARAPHRASES]
        heights: defaultdict[int, float] = defaultdict(float)
        for place in places:
            table, probabilities = self._retriever.signals(corpus.texts[place])
            found = np.log(np.maximum(probabilities, _UNDERFLOW))
            median = np.sort(found)[len(found) // 2]  # np.median loads numpy.ma, 19 ms of a start
            for owner, height in zip(table.owners.tolist(), (found - median).tolist(), strict=True):
                heights[owner] += height / len(places)
        heights.pop(own, None)
        nearest = heapq.nlargest(_MOST, heights.items(), key=lambda one: one[1])
        return tuple(corpus.questions[owner] for owner, height in nearest if height >= _ABOVE)
