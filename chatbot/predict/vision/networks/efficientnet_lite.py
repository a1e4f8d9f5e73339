"""EfficientNet-Lite: Tan, Le, *EfficientNet*, ICML 2019, table 1, without squeeze-and-excite and with ReLU6.

The Lite family (TensorFlow TPU models, ``efficientnet/lite``) keeps stem and head at their base width, and the first and
last stage at one block. Parameters at 1,000 classes: 4,652,008 (lite0), 5,416,680, 6,092,072, 8,197,096, 13,006,568.
"""

import math
from dataclasses import dataclass

from torch import nn

from chatbot.predict.vision.networks.classifier import Classifier, Norm, convolution, pooled, start
from chatbot.predict.vision.networks.mobilenet import InvertedResidual

STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)  # fmt: skip
"""Of each stage: blocks, kernel, stride of the first, expansion, maps out."""
_NORM = Norm(1e-3, 0.01)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much wider and deeper than lite0, and the share that is dropped before the head."""

    width: float
    depth: float
    dropout: float


SCALES = {
    "efficientnet_lite0": Scale(1.0, 1.0, 0.2),
    "efficientnet_lite1": Scale(1.0, 1.1, 0.2),
    "efficientnet_lite2": Scale(1.1, 1.2, 0.3),
    "efficientnet_lite3": Scale(1.2, 1.4, 0.3),
    "efficientnet_lite4": Scale(1.4, 1.8, 0.3),
}


def efficientnet_lite(name: str, classes: int) -> Classifier:
    """The network called ``name``."""
    scale = SCALES[name]
    stages: list[nn.Module] = [convolution(3, 32, 3, 2, activation=nn.ReLU6, same=True, norm=_NORM)]
    inside = 32
    for number, (blocks, kernel, stride, expansion, maps) in enumerate(STAGES):
        outside, fixed = _width(maps, scale.width), number in (0, len(STAGES) - 1)
        for block in range(blocks if fixed else math.ceil(blocks * scale.depth)):
            stages.append(
                InvertedResidual(
                    inside, outside, kernel, 1 if block else stride, expansion, same=True, norm=_NORM
                )
            )
            inside = outside
    stages.append(convolution(inside, 1280, activation=nn.ReLU6, norm=_NORM))
    last = f"features.{len(stages) - 1}"
    model = Classifier(nn.Sequential(*stages), pooled(scale.dropout), 1280, classes, last_map=last)
    start(model)
    return model


def _width(maps: int, factor: float) -> int:
    """``maps`` times ``factor``, to a multiple of 8 that is no more than a tenth below."""
    wanted = maps * factor
    found = max(8, int(wanted + 4) // 8 * 8)
    return found + 8 if found < 0.9 * wanted else found
