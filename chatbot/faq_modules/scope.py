"""Scope evidence: whether an utterance reads like what this knowledge base is asked, or like what it is never asked.

The other signals say how well a standard question fits; none knows that 驾照 or 房贷 belongs elsewhere, only that no
paraphrase has it, as none has 能不能送到家 either. A logistic regression over characters and pairs of them learns the
difference from the paraphrases on one side and the questions without an answer on the other
(``tools/index/scope.py``). Its weights are read by eye in ``faq_choice.json``: positive speaks against an answer.
"""

import math
from collections.abc import Collection, Mapping
from itertools import repeat

from chatbot.faq_modules.grams import grams
from chatbot.frozen import dataclass

UNIT = 5.0


@dataclass(frozen=True, slots=True)
class ScopeEvidence:
    """``weights`` of the grams that matter and ``bias``: log-odds that nothing here answers, per root of the gram count."""

    weights: Mapping[str, float]
    bias: float

    def score(self, text: str) -> float:
        """``(Σ weights / √grams + bias) / UNIT`` of a normalised ``text``: above 0 it is likelier out of scope."""
        return self.score_of(grams(text))

    def score_of(self, found: Collection[str]) -> float:
        """The same for the text whose grams are ``found``."""
        return self.of(sum(map(self.weights.get, found, repeat(0.0))), len(found))

    def of(self, total: float, grams: int) -> float:
        """The same for a text of so many ``grams``, whose weights add up to ``total``."""
        return (total / math.sqrt(grams or 1) + self.bias) / UNIT
