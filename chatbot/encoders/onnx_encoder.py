"""Transformer encoders on ONNX Runtime: no torch at serving. Needs ``onnxruntime`` and an ONNX file in the directory."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.errors import DataError
from chatbot.normalization.text import normalize

_HINT = "export it again, or serve it through sentence-transformers"


@dataclass(frozen=True, slots=True)
class Head:
    """What follows the transformer: pooling, then a linear layer if there is one."""

    pooling: str  # "mean" or "cls"
    weight: NDArray[np.float32] | None  # (out, in)
    bias: NDArray[np.float32] | None  # (out,)
    tanh: bool


class OnnxEncoder:
    """Encodes one text at a time, so that the same text gives the same bytes."""

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, head: Head, fingerprint: str
    ) -> None:
        self._session, self._tokenizer, self._head = session, tokenizer, head
        self._fingerprint = fingerprint
        self._inputs = {each.name for each in session.get_inputs()}
        self._dimension = int(self._vector("。").shape[0])

    @property
    def fingerprint(self) -> str:
        """A short hash over the files of the model directory."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, dimension)."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._vector(normalize(text))
        return vectors

    def _vector(self, text: str) -> NDArray[np.float32]:
        tokens = self._tokenizer.encode(text)
        feed = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        arrays = {name: np.array([ids], dtype=np.int64) for name, ids in feed.items() if name in self._inputs}
        hidden = np.asarray(self._session.run(None, arrays)[0], dtype=np.float32)[0]
        vector = hidden[0] if self._head.pooling == "cls" else hidden.mean(axis=0)
        if self._head.weight is not None:
            vector = self._head.weight @ vector + (0 if self._head.bias is None else self._head.bias)
            vector = np.tanh(vector) if self._head.tanh else vector
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / length if length > 0 else vector, dtype=np.float32)


def load_onnx(model_dir: Path, onnx_file: Path) -> OnnxEncoder:
    """The transformer of ``model_dir``, run from ``onnx_file``.

    Raises:
        DataError: A file is missing or damaged, or the head has a part this runtime does not know.
    """
    try:
        session = onnxruntime.InferenceSession(str(onnx_file), providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    except Exception as error:  # both libraries raise bare Exception subclasses of their own
        raise DataError(onnx_file, f"cannot be loaded ({error})", hint=_HINT) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(_sequence_length(model_dir))
    return OnnxEncoder(session, tokenizer, _head(model_dir), directory_fingerprint(model_dir))


def _sequence_length(model_dir: Path) -> int:
    path = model_dir / "sentence_bert_config.json"
    length = json.loads(path.read_text(encoding="utf-8")).get("max_seq_length") if path.is_file() else None
    return int(length or 512)


def _head(model_dir: Path) -> Head:
    pooling, weight, bias, tanh = "mean", None, None, False
    for module in json.loads((model_dir / "modules.json").read_text(encoding="utf-8"))[1:]:
        folder, kind = model_dir / module["path"], module["type"].rsplit(".", 1)[-1]
        config = (
            json.loads((folder / "config.json").read_text(encoding="utf-8")) if folder != model_dir else {}
        )
        if kind == "Pooling":
            pooling = _pooling(folder, config)
        elif kind == "Dense":
            tensors = load_file(folder / "model.safetensors")
            weight, bias = tensors["linear.weight"], tensors.get("linear.bias")
            tanh = str(config.get("activation_function", "")).endswith("Tanh")
        elif kind != "Normalize":
            raise DataError(folder, f"a {kind} module is not known to the ONNX runtime", hint=_HINT)
    return Head(pooling, weight, bias, tanh)


def _pooling(folder: Path, config: dict[str, object]) -> str:
    if config.get("pooling_mode") in ("mean", "cls"):
        return str(config["pooling_mode"])
    if config.get("pooling_mode_mean_tokens"):
        return "mean"
    if config.get("pooling_mode_cls_token"):
        return "cls"
    raise DataError(folder, "pools neither by mean nor by the first token", hint=_HINT)
