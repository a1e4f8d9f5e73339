"""Typing noise for training: what a hurried person's sentence may lose, repeat or swap."""

import random

_RATE = 0.2


def noisy(text: str, rng: random.Random, rate: float = _RATE) -> str:
    """``text`` with about ``rate`` of its characters dropped and now and then two swapped; never empty."""
    kept = [char for char in text if rng.random() >= rate]
    if len(kept) > 2 and rng.random() < rate:
        at = rng.randrange(len(kept) - 1)
        kept[at], kept[at + 1] = kept[at + 1], kept[at]
    return "".join(kept) or text
