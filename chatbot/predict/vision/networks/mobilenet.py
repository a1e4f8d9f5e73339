"""MobileNets: depthwise separable convolutions, and their inverted residual form.

v1: Howard et al., arXiv:1704.04861, table 1 (4,231,976 parameters at 1,000 classes; 470,072 at a quarter of the width,
table 6). v2: Sandler et al., *MobileNetV2:
Inverted Residuals and Linear Bottlenecks*, CVPR 2018, table 2 (3,504,872).
"""

import torch
from torch import Tensor, nn

from chatbot.predict.vision.networks.classifier import Classifier, Norm, convolution, pooled, start

WIDTHS = {"mobilenet_v1": 1.0, "mobilenet_v1_025": 0.25}
"""Share of the maps of each layer."""
_V1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))
"""Of each separable convolution: maps out, stride."""
_V2 = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Of each row of table 2: expansion, maps out, blocks, stride of the first."""
_NORM = Norm()


class InvertedResidual(nn.Module):
    """1×1 up, depthwise, 1×1 down without activation; added to what came in where the shape stays."""

    def __init__(
        self, inside: int, outside: int, kernel: int, stride: int, expansion: int, *,
        same: bool = False, norm: Norm = _NORM,
    ) -> None:  # fmt: skip
        super().__init__()
        wide = inside * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(convolution(inside, wide, activation=nn.ReLU6, norm=norm))
        layers += [
            convolution(wide, wide, kernel, stride, groups=wide, activation=nn.ReLU6, same=same, norm=norm),
            convolution(wide, outside, activation=None, norm=norm),
        ]
        self.body = nn.Sequential(*layers)
        self.keeps = stride == 1 and inside == outside

    def forward(self, maps: Tensor) -> Tensor:
        found = torch.as_tensor(self.body(maps))
        return maps + found if self.keeps else found


def mobilenet_v1(name: str, classes: int) -> Classifier:
    """MobileNet v1 called ``name``."""
    share = WIDTHS[name]
    inside = int(32 * share)
    stages: list[nn.Module] = [convolution(3, inside, 3, 2)]
    for maps, stride in _V1:
        outside = int(maps * share)
        depthwise = convolution(inside, inside, 3, stride, groups=inside)
        stages.append(nn.Sequential(depthwise, convolution(inside, outside)))
        inside = outside
    return _finished(stages, inside, 0.001, classes)


def mobilenet_v2(name: str, classes: int) -> Classifier:
    """MobileNetV2 at full width."""
    stages: list[nn.Module] = [convolution(3, 32, 3, 2, activation=nn.ReLU6)]
    inside = 32
    for expansion, outside, blocks, stride in _V2:
        for block in range(blocks):
            stages.append(InvertedResidual(inside, outside, 3, 1 if block else stride, expansion))
            inside = outside
    stages.append(convolution(inside, 1280, activation=nn.ReLU6))
    return _finished(stages, 1280, 0.2, classes)


def _finished(stages: list[nn.Module], width: int, dropout: float, classes: int) -> Classifier:
    last = f"features.{len(stages) - 1}"
    model = Classifier(nn.Sequential(*stages), pooled(dropout), width, classes, last_map=last)
    start(model)
    return model
