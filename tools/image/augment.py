"""Random views of a picture for training, the same for the same seed: crop, mirror, light, and a patch left blank."""

import math
import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from chatbot.predict.vision.preparing import Pixels, Preparation, normalised

_LEAST_AREA = 0.5
_SHAPES = 4 / 3
_LIGHT = 0.3
_OFTEN, _MIRRORED, _BLANKED = 0.6, 0.5, 0.25
_PATCH = (0.15, 0.45)
"""Sides of the blank patch, as shares of the picture's (Zhong et al., *Random Erasing*, AAAI 2020)."""
_LIGHTS = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)


def augmented(image: Image.Image, preparation: Preparation, strength: float, rng: random.Random) -> Pixels:
    """A random view (3, S, S) of ``image``; ``strength`` 1 is the usual, 0 the view that evaluation sees."""
    if strength <= 0:
        return preparation.prepare(image)
    view = image.resize(
        (preparation.size, preparation.size),
        Image.Resampling.BICUBIC,
        box=_crop(preparation.box(image.size), strength, rng),
        reducing_gap=2.0,
    )
    if rng.random() < _MIRRORED:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    light = min(0.9, _LIGHT * strength)
    for change in _LIGHTS:
        if rng.random() < _OFTEN:
            view = change(view).enhance(rng.uniform(1 - light, 1 + light))
    pixels = normalised(np.asarray(view), preparation)
    if rng.random() < _BLANKED * strength:
        _blank(pixels, rng)
    return pixels


def _crop(
    seen: tuple[float, float, float, float], strength: float, rng: random.Random
) -> tuple[float, float, float, float]:
    """A part of what is seen: half of its area or more, its shape changed by up to 4:3 (Szegedy et al., CVPR 2015)."""
    left, top, right, bottom = seen
    area = rng.uniform(max(0.05, 1 - (1 - _LEAST_AREA) * strength), 1.0)
    shape = math.exp(rng.uniform(-1, 1) * math.log(_SHAPES))
    width = (right - left) * min(1.0, math.sqrt(area * shape))
    height = (bottom - top) * min(1.0, math.sqrt(area / shape))
    left += rng.random() * (right - left - width)
    top += rng.random() * (bottom - top - height)
    return (left, top, min(right, left + width), min(bottom, top + height))


def _blank(pixels: NDArray[np.float32], rng: random.Random) -> None:
    """A patch of the mean colour."""
    side = pixels.shape[1]
    height, width = (max(1, int(side * rng.uniform(*_PATCH))) for _ in range(2))
    top, left = rng.randrange(side - height + 1), rng.randrange(side - width + 1)
    pixels[:, top : top + height, left : left + width] = 0.0
