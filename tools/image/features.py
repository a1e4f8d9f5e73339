"""Features of a frozen network, kept on the disk: computed once for each picture, network and preparation."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chatbot.errors import DataError
from chatbot.predict.vision.networks import Classifier
from chatbot.predict.vision.preparing import Preparation
from tools.image.batches import prepared
from tools.image.data import Example

FILE = "checkpoints/features.npz"
VIEWS = 2
_SAVED = 16  # batches between two writes


class FeatureCache:
    """The features (n, 2, D) of pictures and their mirrors, by the pictures' digests."""

    def __init__(self, folder: Path, model: Classifier, preparation: Preparation, batch_size: int) -> None:
        self._path, self._size, self._preparation = folder / FILE, batch_size, preparation
        self._model = model.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]  # torch knows it
        self._identity = _identity(model, preparation)
        self._known = self._read()

    def features(
        self, examples: Sequence[Example], watch: Callable[[str, float], None]
    ) -> NDArray[np.float32]:
        """(n, 2, D), those that are not known yet computed and kept."""
        fresh = list({one.digest: one for one in examples if one.digest not in self._known}.values())
        batches = prepared(fresh, self._preparation, self._size)
        for number, batch in enumerate(batches, 1):
            done = fresh[(number - 1) * self._size : number * self._size]
            self._known |= dict(zip([one.digest for one in done], self._embedded(batch), strict=True))
            watch(
                f"特征 {min(number * self._size, len(fresh))}/{len(fresh)}", number * self._size / len(fresh)
            )
            if number % _SAVED == 0:
                self._write()
        if fresh:
            self._write()
        return np.stack([self._known[one.digest] for one in examples])

    @torch.inference_mode()
    def _embedded(self, batch: Tensor) -> NDArray[np.float32]:
        views = [self._model.embed(one).numpy() for one in (batch, batch.flip(3))]
        return np.stack(views, axis=1)

    def _read(self) -> dict[str, NDArray[np.float32]]:
        """What is there of this very network; anything else is computed again."""
        try:
            with np.load(self._path, allow_pickle=False) as found:
                if str(found["identity"]) == self._identity:
                    return dict(zip(found["digests"].tolist(), found["features"], strict=True))
        except (OSError, ValueError, KeyError):
            pass
        return {}

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        try:
            with beside.open("wb") as file:
                digests, features = np.array(list(self._known)), np.stack(list(self._known.values()))
                np.savez(file, identity=self._identity, digests=digests, features=features)
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise DataError(
                self._path, f"写不了（{error.strerror}）", hint="腾出空间，再运行同一条命令"
            ) from error


def _identity(model: Classifier, preparation: Preparation) -> str:
    digest = hashlib.sha256(repr(preparation).encode())
    for name, value in model.state_dict().items():
        if not name.startswith("head."):
            digest.update(value.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
