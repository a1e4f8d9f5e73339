"""The choice of the closest standard question: what the modules found, fused into a probability."""

import math
from collections.abc import Sequence
from dataclasses import replace

from chatbot.faq_modules.base import FaqCandidate

_VECTOR, _FUZZY, _BIAS = 8.0, 5.0, -7.0


def choose(found: Sequence[FaqCandidate], k: int) -> tuple[FaqCandidate, ...]:
    """The candidates of all modules, one per label, best first, with ``confidence`` filled."""
    scores: dict[int, dict[str, FaqCandidate]] = {}
    for candidate in found:
        scores.setdefault(candidate.label, {})[candidate.module] = candidate
    chosen = []
    for by_module in scores.values():
        best = max(by_module.values(), key=lambda candidate: candidate.score)
        total = sum(candidate.score for candidate in by_module.values())
        mean = total / max(2, len(by_module))
        logit = _BIAS + (_VECTOR + _FUZZY) * mean
        chosen.append(replace(best, confidence=1.0 if best.score >= 0.9999 else 1 / (1 + math.exp(-logit))))
    return tuple(sorted(chosen, key=lambda c: (-c.confidence, -c.score, c.label))[:k])
