"""Which runtime serves a model directory, decided by what lies in it."""

import json
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.encoders.ngram import TOKENIZER_FILE, WEIGHTS_FILE, load_ngram
from chatbot.errors import ConfigError, DataError
from chatbot.frozen import dataclass

DOCUMENT_TOWER = "document_tower"  # beside the query tower's files, where training was not siamese
ONNX_FILES = ("onnx/model.onnx", "model.onnx")
Runtime = Literal["light", "sentence-transformers"]
_TRAIN = (
    "train one with `python -m tools train-two-tower --output-dir D`, or correct feature_generator_model_dir"
)


def load_encoder(model_dir: Path, *, prefer: Runtime = "light") -> Encoder:
    """The encoder of a sentence-transformers directory, without torch wherever that is possible.

    An n-gram directory gets the numpy runtime; a transformer gets ONNX Runtime where it is installed and the
    directory holds an ONNX file, else sentence-transformers. ``prefer="sentence-transformers"`` takes the last
    for any directory. No network is used: a hub name fails at once.

    Raises:
        ConfigError: ``model_dir`` is no directory, or what it needs is not installed.
        DataError: The directory is damaged.
    """
    if not model_dir.is_dir():
        kind = (
            "is not a local directory (a hub model is saved to one first)"
            if _is_hub_name(model_dir)
            else "is missing"
        )
        raise ConfigError(f"model directory {str(model_dir)!r} {kind} → {_TRAIN}")
    types = module_types(model_dir)
    if prefer == "light" and types[0].endswith(".StaticEmbedding") and _has_ngram_files(model_dir):
        return load_ngram(model_dir)
    if prefer == "light" and find_spec("onnxruntime"):
        for name in ONNX_FILES:
            if (model_dir / name).is_file():
                from chatbot.encoders.onnx_encoder import load_onnx  # onnxruntime is an optional extra

                return load_onnx(model_dir, model_dir / name)
    return _sentence_transformers(model_dir)


def load_document_encoder(model_dir: Path, *, prefer: Runtime = "light") -> Encoder:
    """The encoder for the indexed side: the document tower where ``model_dir`` was trained with two separate towers.

    Elsewhere it is ``load_encoder``'s. Its fingerprint is always that of ``model_dir``, so that features match the
    query tower they were made for. Raises as ``load_encoder``.
    """
    if not (model_dir / DOCUMENT_TOWER).is_dir():
        return load_encoder(model_dir, prefer=prefer)
    tower = load_encoder(model_dir / DOCUMENT_TOWER, prefer=prefer)
    return _DocumentTower(tower, directory_fingerprint(model_dir))


@dataclass(frozen=True, slots=True)
class _DocumentTower:
    tower: Encoder
    fingerprint: str

    @property
    def dimension(self) -> int:
        return self.tower.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.tower.encode(texts)


def module_types(model_dir: Path) -> list[str]:
    """The class names in ``modules.json``, in order; at least one.

    Raises:
        DataError: There is no such file or it lists none.
    """
    path = model_dir / "modules.json"
    try:
        types = [str(module["type"]) for module in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        problem = f"cannot be read ({error.strerror}): not a sentence-transformers directory"
        raise DataError(path, problem, hint=_TRAIN) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(path, "is not a list of modules", hint=_TRAIN) from error
    if not types:
        raise DataError(path, "lists no module", hint=_TRAIN)
    return types


def _has_ngram_files(model_dir: Path) -> bool:
    return (model_dir / TOKENIZER_FILE).is_file() and (model_dir / WEIGHTS_FILE).is_file()


def _is_hub_name(model_dir: Path) -> bool:
    return not model_dir.is_absolute() and len(model_dir.parts) == 2 and not model_dir.parent.exists()


def _sentence_transformers(model_dir: Path) -> Encoder:
    if not find_spec("sentence_transformers"):
        raise ConfigError(
            f"model directory {str(model_dir)!r} is a transformer, and sentence-transformers is not installed"
            " → pip install 'whitebox-chatbot[train]', or use an n-gram model"
        )
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when huggingface_hub is first imported
    from chatbot.encoders.st_encoder import load_sentence_transformers  # imports torch: 5 s, 400 MB

    return load_sentence_transformers(model_dir)
