"""ResNet v1 with bottlenecks: He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016, table 1.

The stride stands on the 3×3 convolution of a stage's first block, as the usual reimplementations have it.
Parameters at 1,000 classes: 25,557,032 (50), 44,549,160 (101), 60,192,808 (152).
"""

import torch
from torch import Tensor, nn

from chatbot.predict.vision.networks.classifier import Classifier, convolution, pooled, start

DEPTHS = {
    "resnet_v1_50": (3, 4, 6, 3),
    "resnet_v1_101": (3, 4, 23, 3),
    "resnet_v1_152": (3, 8, 36, 3),
}
_EXPANSION = 4


class Bottleneck(nn.Module):
    """1×1 down, 3×3, 1×1 up, added to what came in (projected where the shape changes)."""

    def __init__(self, inside: int, width: int, stride: int) -> None:
        super().__init__()
        outside = width * _EXPANSION
        self.body = nn.Sequential(
            convolution(inside, width),
            convolution(width, width, 3, stride),
            convolution(width, outside, activation=None),
        )
        changes = stride != 1 or inside != outside
        self.shortcut: nn.Module = (
            convolution(inside, outside, 1, stride, activation=None) if changes else nn.Identity()
        )
        self.activation = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        return torch.as_tensor(self.activation(self.body(maps) + self.shortcut(maps)))


def resnet(name: str, classes: int) -> Classifier:
    """The network called ``name``."""
    stages: list[nn.Module] = [nn.Sequential(convolution(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1))]
    inside = 64
    for number, depth in enumerate(DEPTHS[name]):
        width = 64 << number
        for block in range(depth):
            stages.append(Bottleneck(inside, width, 2 if number and not block else 1))
            inside = width * _EXPANSION
    model = Classifier(
        nn.Sequential(*stages), pooled(0.0), inside, classes, last_map=f"features.{len(stages) - 1}"
    )
    start(model)
    return model
