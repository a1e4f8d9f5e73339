"""From a decoded picture to what a network reads; the same code in training's evaluation, serving and explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chatbot.errors import ModelError
from chatbot.json_file import Json, shown
from chatbot.predict.vision.backbones import LARGEST, SMALLEST

CROP, SQUASH = "crop", "squash"
CROP_RATIO = 0.875
"""Share of the shorter side that the middle square keeps: 224 of 256, as ImageNet models were evaluated."""
Pixels = NDArray[np.float32]

_GAP = 2
"""A large picture is first shrunk by whole numbers, to no less than twice the size: fast, and what is scaled is alike."""
_KEYS = ("size", "resize", "crop_ratio", "mean", "std")


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a picture becomes numbers.

    ``size`` is the side S of the square in pixels. ``resize``: *crop* takes the middle square whose side is
    ``crop_ratio`` of the shorter side, *squash* the whole picture whatever its shape; both are then scaled bicubically.
    A channel c of 0 to 1 becomes (c − ``mean``) / ``std``.
    """

    size: int = 224
    resize: str = CROP
    crop_ratio: float = CROP_RATIO
    mean: tuple[float, float, float] = (0.498, 0.498, 0.498)
    std: tuple[float, float, float] = (0.502, 0.502, 0.502)

    @property
    def enough(self) -> int:
        """The side in pixels down to which a JPEG may be decoded smaller."""
        return _GAP * self.size

    def prepare(self, image: Image.Image) -> Pixels:
        """``image`` (RGB) as the network reads it: (3, S, S), channels first."""
        return normalised(self.square(image), self)

    def square(self, image: Image.Image) -> NDArray[np.uint8]:
        """The part of ``image`` that the network sees, (S, S, 3) of 0 to 255: what explanations are drawn on."""
        scaled = image.resize(
            (self.size, self.size),
            Image.Resampling.BICUBIC,
            box=self.box(image.size),
            reducing_gap=float(_GAP),
        )
        return np.asarray(scaled)

    def box(self, shape: tuple[int, int]) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what is seen of a picture of ``shape`` (width, height)."""
        width, height = shape
        if self.resize == SQUASH:
            return (0.0, 0.0, float(width), float(height))
        side = max(1.0, min(width, height) * self.crop_ratio)
        left, top = (width - side) / 2, (height - side) / 2
        return (left, top, left + side, top + side)

    def as_json(self) -> dict[str, Json]:
        """For ``predictor.json``."""
        return {
            "size": self.size,
            "resize": self.resize,
            "crop_ratio": self.crop_ratio,
            "mean": list(self.mean),
            "std": list(self.std),
        }


def normalised(square: NDArray[np.uint8], preparation: Preparation) -> Pixels:
    """(S, S, 3) of 0 to 255 as (3, S, S) of numbers around 0."""
    found = np.empty((3, *square.shape[:2]), dtype=np.float32)
    for channel, (mean, std) in enumerate(zip(preparation.mean, preparation.std, strict=True)):
        np.multiply(square[:, :, channel], np.float32(1 / (255 * std)), out=found[channel])
        found[channel] -= np.float32(mean / std)
    return found


def read_preparation(stated: Json, place: str) -> Preparation:
    """The preparation that a model directory states; ``place`` names it in messages.

    Raises:
        ModelError: a key that is missing or not known, or a value that does not fit.
    """
    if not isinstance(stated, Mapping) or set(stated) != set(_KEYS):
        raise ModelError(f"{place}: preparation 应有 {'、'.join(_KEYS)} → 重新导出模型")
    size, resize, ratio = stated["size"], stated["resize"], stated["crop_ratio"]
    if not isinstance(size, int) or isinstance(size, bool) or not SMALLEST <= size <= LARGEST:
        raise ModelError(f"{place}: preparation.size 是 {shown(size)} → 应是 {SMALLEST} 到 {LARGEST} 的整数")
    if resize not in (CROP, SQUASH):
        raise ModelError(f"{place}: preparation.resize 是 {shown(resize)} → 应是 {CROP} 或 {SQUASH}")
    if not isinstance(ratio, int | float) or not 0 < ratio <= 1:
        raise ModelError(f"{place}: preparation.crop_ratio 是 {shown(ratio)} → 应在 0 和 1 之间")
    mean, std = (_three(stated[name], f"{place}: preparation.{name}") for name in ("mean", "std"))
    if min(std) <= 0:
        raise ModelError(f"{place}: preparation.std 里有不大于 0 的数 → 重新导出模型")
    return Preparation(size, str(resize), float(ratio), mean, std)


def _three(value: Json, place: str) -> tuple[float, float, float]:
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 3:
        numbers = [float(one) for one in value if isinstance(one, int | float) and np.isfinite(one)]
        if len(numbers) == 3:
            return (numbers[0], numbers[1], numbers[2])
    raise ModelError(f"{place} 是 {shown(value)} → 应是三个数")
