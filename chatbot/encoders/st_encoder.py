"""Any sentence-transformers directory through sentence-transformers itself; the only file here that needs torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.errors import DataError
from chatbot.normalization.text import normalize


class SentenceTransformerEncoder:
    """Encodes one text at a time: padding in a batch changes the last bits, and the same text must give the same bytes."""

    def __init__(self, model: SentenceTransformer, fingerprint: str) -> None:
        self._model, self._fingerprint = model, fingerprint
        self._dimension = int(model.get_embedding_dimension())

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
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        vectors = self._model.encode(
            [normalize(text) for text in texts],
            batch_size=1,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def load_sentence_transformers(model_dir: Path) -> SentenceTransformerEncoder:
    """The model of ``model_dir``, from local files alone.

    Raises:
        DataError: sentence-transformers cannot load the directory.
    """
    try:
        model = SentenceTransformer(str(model_dir), device="cpu", local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        hint = "train it again with `python -m tools train-two-tower`, or restore the directory"
        raise DataError(model_dir, f"sentence-transformers cannot load it ({error})", hint=hint) from error
    return SentenceTransformerEncoder(model, directory_fingerprint(model_dir))
