"""Pictures as tensors, in the layout that convolutions on a CPU are fastest in."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chatbot.predict.vision.networks import Classifier
from chatbot.predict.vision.preparing import Pixels, Preparation
from tools.image.data import Example


def stacked(pixels: Sequence[Pixels]) -> Tensor:
    """A batch (N, 3, S, S), channels last in memory."""
    return torch.from_numpy(np.stack(pixels)).contiguous(memory_format=torch.channels_last)


def prepared(
    examples: Sequence[Example], preparation: Preparation, size: int
) -> Iterator[NDArray[np.float32]]:
    """Batches (N, 3, S, S) of ``size`` pictures as serving sees them."""
    for at in range(0, len(examples), size):
        batch = examples[at : at + size]
        yield np.stack([preparation.prepare(one.image(preparation.enough)) for one in batch])


@torch.inference_mode()
def logits_of(
    model: Classifier, examples: Sequence[Example], preparation: Preparation, size: int
) -> NDArray[np.float32]:
    """Logits (n, C) of the model in eval mode."""
    model.eval()
    rows = [model(stacked(list(batch))).numpy() for batch in prepared(examples, preparation, size)]
    return np.concatenate(rows) if rows else np.zeros((0, model.head.out_features), np.float32)
