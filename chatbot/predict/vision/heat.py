"""Attributions as a picture: the square that the network saw, in grey, with what spoke for the class in colour."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLOURS = np.array([(20, 11, 53), (132, 32, 107), (229, 92, 48), (246, 215, 70)], dtype=np.float64)
"""From little to much: of even steps in lightness, so that it reads without colour too."""
_TOP = 99.0
"""Percentile that counts as the most: a few single pixels would else leave all others dark."""
_VEIL, _STRONGEST = 0.15, 0.85


def overlay(square: NDArray[np.uint8], values: NDArray[np.float32], regions: bool) -> str:
    """A PNG in base64, (S, S), of ``square`` (S, S, 3) and attributions (3, S, S).

    ``regions``: the same number in all channels, drawn from the lowest to the highest; else the channels' magnitudes
    are added up.
    """
    heat = _share(
        values[0].astype(np.float64) if regions else np.abs(values.astype(np.float64)).sum(axis=0), regions
    )
    places = heat * (len(_COLOURS) - 1)
    lower = np.minimum(places.astype(int), len(_COLOURS) - 2)
    part = (places - lower)[..., None]
    colour = _COLOURS[lower] * (1 - part) + _COLOURS[lower + 1] * part
    grey = square.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    opacity = (_VEIL + (_STRONGEST - _VEIL) * heat)[..., None]
    drawn = grey[..., None] * (1 - opacity) + colour * opacity
    file = io.BytesIO()
    Image.fromarray(np.asarray(drawn.round(), dtype=np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _share(heat: NDArray[np.float64], regions: bool) -> NDArray[np.float64]:
    """0 to 1."""
    least = float(heat.min()) if regions else 0.0
    most = float(heat.max() if regions else np.percentile(heat, _TOP))
    if not most > least:
        return np.zeros_like(heat)
    return np.clip((heat - least) / (most - least), 0.0, 1.0)
