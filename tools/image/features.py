"""Features of a frozen network, kept on the disk: computed once for each picture, network and preparation."""

import copy
import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from chatbot.errors import DataError
from chatbot.predict.vision.image_card import ONNX_INPUT
from chatbot.predict.vision.networks import Classifier
from chatbot.predict.vision.preparing import Preparation
from tools.image.batches import prepared
from tools.image.data import Example
from tools.image.onnx_export import session_of, write_onnx

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FILE = "checkpoints/features.npz"
_OUTPUT = "features"
_SAVED = 16  # batches between two writes


class FeatureCache:
    """The features (n, 2, D) of pictures and their mirrors, by the pictures' digests."""

    def __init__(self, folder: Path, model: Classifier, preparation: Preparation, batch_size: int) -> None:
        self._path, self._size, self._preparation = folder / FILE, batch_size, preparation
        self._model = _Embedding(model)
        self._identity = _identity(model, preparation)
        self._known = self._read()

    def features(
        self, examples: Sequence[Example], watch: Callable[[str, float], None]
    ) -> NDArray[np.float32]:
        """(n, 2, D), those that are not known yet computed and kept."""
        fresh = list({one.digest: one for one in examples if one.digest not in self._known}.values())
        session = runtime(self._model, self._preparation.size) if fresh else None
        batches = prepared(fresh, self._preparation, self._size)
        for number, batch in enumerate(batches, 1):
            done = fresh[(number - 1) * self._size : number * self._size]
            self._known |= dict(zip([one.digest for one in done], _embedded(session, batch), strict=True))
            watch(
                f"特征 {min(number * self._size, len(fresh))}/{len(fresh)}", number * self._size / len(fresh)
            )
            if number % _SAVED == 0:
                self._write()
        if fresh:
            self._write()
        return np.stack([self._known[one.digest] for one in examples])

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


def runtime(model: nn.Module, size: int) -> "InferenceSession":
    """``model`` for pictures of ``size`` × ``size`` in the ONNX runtime, on a CPU twice as fast as torch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frozen.onnx"
        write_onnx(model, size, path, _OUTPUT)
        return session_of(path)


def frozen_part(model: Classifier, stages: int, size: int) -> Callable[[Tensor], Tensor]:
    """The first ``stages`` of the network, which no training changes: pictures (N, 3, S, S) in, their maps out."""
    if not stages:
        return lambda images: images
    part = copy.deepcopy(model.features[:stages]).eval()
    part.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # torch knows it
    session = runtime(part, size)

    def maps(images: Tensor) -> Tensor:
        (found,) = session.run([_OUTPUT], {ONNX_INPUT: images.contiguous().numpy()})
        return torch.from_numpy(found).contiguous(memory_format=torch.channels_last)

    return maps


class _Embedding(nn.Module):
    """A network without its head."""

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model.eval()

    def forward(self, images: Tensor) -> Tensor:
        return self.model.embed(images)


def _embedded(session: "InferenceSession | None", batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 2, D) of pictures (N, 3, S, S) and their mirrors."""
    assert session is not None
    views = (batch, np.ascontiguousarray(batch[:, :, :, ::-1]))
    return np.stack([session.run([_OUTPUT], {ONNX_INPUT: one})[0] for one in views], axis=1)
