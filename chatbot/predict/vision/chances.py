"""From logits to probabilities and to the classes that are predicted."""

import numpy as np
from numpy.typing import NDArray

from chatbot.predict.vision.image_card import ImageCard

Logits = NDArray[np.float32]
Chances = NDArray[np.float64]


def probabilities(logits: Logits, card: ImageCard) -> Chances:
    """Probabilities (n, C) of ``logits`` (n, C); a row sums to 1 unless several classes may hold at once."""
    scaled = logits.astype(np.float64) / card.temperature
    if card.multi_label:
        return np.asarray(1 / (1 + np.exp(-np.clip(scaled, -500, 500))))
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def chosen(chances: Chances, card: ImageCard) -> NDArray[np.bool_]:
    """Which classes are predicted (n, C): the likeliest one, or all that reach their thresholds."""
    if card.multi_label:
        return np.asarray(chances >= np.asarray(card.thresholds))
    return np.asarray(np.eye(chances.shape[1], dtype=np.bool_)[chances.argmax(1)])
