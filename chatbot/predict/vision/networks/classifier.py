"""What all networks share: features, neck, head; and the block they are made of."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Norm:
    """Of a batch normalisation: what is added to the variance, and the share of a new batch in the running mean."""

    epsilon: float = 1e-5
    momentum: float = 0.1


_NORM = Norm()


class Classifier(nn.Module):
    """``features`` give maps (N, F, h, w), ``neck`` one vector (N, D) of them, ``head`` logits (N, C).

    ``features`` is a sequence of stages, in the order in which fine-tuning thaws them (from the last). ``last_map``
    names the layer whose maps Grad-CAM looks at. No activation module is used twice and none works in place, so that
    hooks on them (guided backpropagation) see each.
    """

    def __init__(
        self, features: nn.Sequential, neck: nn.Sequential, width: int, classes: int, last_map: str
    ) -> None:
        super().__init__()
        self.features, self.neck, self.last_map = features, neck, last_map
        self.head = nn.Linear(width, classes)

    def embed(self, images: Tensor) -> Tensor:
        """What the head reads of ``images`` (N, 3, S, S): (N, D)."""
        return torch.as_tensor(self.neck(self.features(images)))

    def forward(self, images: Tensor) -> Tensor:
        return torch.as_tensor(self.head(self.embed(images)))


class SamePadding(nn.Module):
    """Zeros around maps so that a convolution of ``kernel`` and ``stride`` gives ⌈side / stride⌉, more at the end.

    That is TensorFlow's ``SAME``, which networks that were trained there need at stride 2.
    """

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, maps: Tensor) -> Tensor:
        height, width = (self._needed(side) for side in maps.shape[-2:])
        return nn.functional.pad(maps, (width // 2, width - width // 2, height // 2, height - height // 2))

    def _needed(self, side: int) -> int:
        return max((-(-int(side) // self.stride) - 1) * self.stride + self.kernel - int(side), 0)


def convolution(
    inside: int,
    outside: int,
    kernel: int = 1,
    stride: int = 1,
    *,
    groups: int = 1,
    activation: type[nn.Module] | None = nn.ReLU,
    same: bool = False,
    norm: Norm = _NORM,
) -> nn.Sequential:
    """Convolution without bias, batch normalisation, activation; ``same``: padded as TensorFlow pads."""
    padded = same and stride > 1
    layers: list[nn.Module] = [SamePadding(kernel, stride)] if padded else []
    padding = 0 if padded else kernel // 2
    layers += [
        nn.Conv2d(inside, outside, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outside, eps=norm.epsilon, momentum=norm.momentum),
    ]
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


def pooled(dropout: float) -> nn.Sequential:
    """The neck of most networks: the mean over each map, then dropout."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout))


def start(model: nn.Module) -> None:
    """Fresh weights: He et al. (ICCV 2015) for convolutions, N(0, 0.01²) for linear layers."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.out_channels // module.groups * math.prod(module.kernel_size)
            nn.init.normal_(module.weight, 0.0, math.sqrt(2 / fan_out))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.01)
            nn.init.zeros_(module.bias)
