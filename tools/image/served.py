"""What the served form of a model says of pictures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from chatbot.predict.vision.chances import Logits
from chatbot.predict.vision.image_card import ONNX_INPUT, ONNX_OUTPUT
from chatbot.predict.vision.preparing import Preparation
from tools.image.batches import prepared
from tools.image.data import Example

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def served_logits(
    session: "InferenceSession", examples: Sequence[Example], preparation: Preparation, size: int
) -> Logits:
    """Logits (n, C), computed in batches of ``size``."""
    rows = [session.run([ONNX_OUTPUT], {ONNX_INPUT: one})[0] for one in prepared(examples, preparation, size)]
    return np.concatenate(rows).astype(np.float32, copy=False)
