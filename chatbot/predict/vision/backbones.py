"""The networks that can be built, by name, and how large their pictures may be; importing this needs no extra."""

from difflib import get_close_matches

from chatbot.errors import ConfigError

BACKBONES = (
    "efficientnet_lite0",
    "efficientnet_lite1",
    "efficientnet_lite2",
    "efficientnet_lite3",
    "efficientnet_lite4",
    "mobilenet_v1",
    "mobilenet_v1_025",
    "mobilenet_v2",
    "resnet_v1_50",
    "resnet_v1_101",
    "resnet_v1_152",
    "vgg_16",
    "vgg_19",
)
SMALLEST, LARGEST = 16, 1024
"""Sides of pictures, in pixels."""


def check_backbone(name: str, place: str = "--backbone") -> str:
    """``name``, if it is offered.

    Raises:
        ConfigError: it is not; the message lists those that are, the nearest first.
    """
    if name in BACKBONES:
        return name
    near = get_close_matches(name, BACKBONES, len(BACKBONES), 0.0)
    raise ConfigError(f"{place} {name}: 没有这个网络 → 可用：{'、'.join(near)}")
