"""The default encoder's light runtime: character n-gram vectors in numpy, no torch.

The model directory is a standard sentence-transformers one (``StaticEmbedding`` + ``Normalize``, no code of ours
in it): ``tokenizer.json`` writes each known character ``c`` as ``<c␟c␟c>`` and cuts at ``␟``, so that ``价格`` gives
the tokens ``<价``, ``价``, ``价><格``, ``格``, ``格>``: starts, characters, pairs of neighbours, ends. ``tokens`` does
the same with ``str.translate`` and ``str.split``, the encoder without making a token (``gram_table.py``). A text's
vector is the L2-normalised sum of its tokens' rows.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import numpy as np
import orjson
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.encoders.gram_table import GramTable
from chatbot.errors import DataError
from chatbot.normalization.text import normalize

CUT = "\x1f"
UNKNOWN = "[UNK]"
CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE = "ngram_config.json", "tokenizer.json", "model.safetensors"
_HINT = "train it again with `python -m tools train-two-tower`, or restore the directory"


def image(char: str) -> str:
    """What a known character is written as before the cut: its end of the pair before it, itself, its start of the next."""
    return f"<{char}{CUT}{char}{CUT}{char}>"


def is_separator(char: str) -> bool:
    """Whether ``char`` (a mark, symbol or space) ends the run of characters before it."""
    return unicodedata.category(char)[0] in "PSZ"


class Images(dict[int, str]):
    """The ``str.translate`` table of a vocabulary: known characters to images, separators to a cut.

    Any other character stays and glues its neighbours into a token that no vocabulary has.
    """

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__((ord(char), image(char)) for char in known)

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = seen = CUT if is_separator(char) else char
        return seen


def tokens(text: str, images: Images) -> list[str]:
    """The n-gram tokens of a normalised ``text``, in order, unknown ones included."""
    return [token for token in text.translate(images).split(CUT) if token]


class NgramEncoder:
    """Static n-gram encoder: ``rows`` (vocabulary, dimension) int8 or float, one float32 ``weight`` a row."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        rows: NDArray[np.int8] | NDArray[np.float32],
        weights: NDArray[np.float32],
        fingerprint: str,
    ) -> None:
        self._grams, self._rows, self._weights = GramTable(vocabulary, is_separator), rows, weights
        self._fingerprint = fingerprint
        self._nothing = np.zeros(rows.shape[1], dtype=np.float32)
        self._nothing.flags.writeable = False
        self._last = "", self._nothing[np.newaxis]

    @property
    def fingerprint(self) -> str:
        """A short hash over the files of the model directory."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return int(self._rows.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, dimension); all zeros where no n-gram of a text is known.

        The last single text is remembered, read-only: an utterance is looked for among questions, then in small talk.
        """
        if len(texts) == 1:
            return self._encode_one(texts[0])
        vectors = np.empty((len(texts), self._rows.shape[1]), dtype=np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._vector(text)
        return vectors

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        known, vectors = self._last
        if known != text:
            vectors = self._vector(text)[np.newaxis]
            vectors.flags.writeable = False
            self._last = text, vectors
        return vectors

    def table(self) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """All n-grams in order, and their rows (vocabulary, dimension): what further training starts from."""
        return self._grams.tokens(), self._rows.astype(np.float32) * self._weights[:, None]

    def _vector(self, text: str) -> NDArray[np.float32]:
        """Shape (dimension,); the zeros where nothing is known are shared, and read-only."""
        ids = self._grams.rows(normalize(text))
        if not len(ids):
            return self._nothing
        total: NDArray[np.float32] = self._weights.take(ids).dot(
            self._rows.take(ids, axis=0).astype(np.float32)
        )
        length = math.sqrt(total.dot(total))
        if not length:
            return self._nothing
        total /= length
        return total


def load_ngram(model_dir: Path) -> NgramEncoder:
    """The encoder stored in ``model_dir``.

    Raises:
        DataError: A file of it is missing, damaged or does not fit the others.
    """
    with ThreadPoolExecutor(
        1
    ) as beside:  # hashing needs no interpreter: it goes on while the vocabulary is read
        fingerprint = beside.submit(directory_fingerprint, model_dir)
        vocabulary = _vocabulary(model_dir / TOKENIZER_FILE)
        rows, weights = _weights(model_dir / WEIGHTS_FILE)
    if rows.ndim != 2 or len(rows) != len(vocabulary) or weights.shape != (len(rows),):
        problem = f"{len(vocabulary)} n-grams, but weights of shape {rows.shape}"
        raise DataError(model_dir / WEIGHTS_FILE, problem, hint=_HINT)
    return NgramEncoder(vocabulary, rows, weights, fingerprint.result())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})", hint=_HINT) from error


def _vocabulary(path: Path) -> dict[str, int]:
    try:
        found = orjson.loads(_read(path))["model"]["vocab"]
        if set(map(type, found.values())) != {int} or not 0 <= min(found.values()) <= max(
            found.values()
        ) < len(found):
            raise ValueError("ids that are no rows")
        return cast(dict[str, int], found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(path, "is not a tokenizer with a word-level vocabulary", hint=_HINT) from error


def _weights(path: Path) -> tuple[NDArray[np.int8] | NDArray[np.float32], NDArray[np.float32]]:
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise DataError(path, f"is not a safetensors file ({error})", hint=_HINT) from error
    if "embedding.weight" in tensors:  # as sentence-transformers itself saves a StaticEmbedding
        rows = tensors["embedding.weight"].astype(np.float32)
        return rows, np.ones(len(rows), dtype=np.float32)
    if "embeddings" not in tensors or "weights" not in tensors:
        raise DataError(path, f"holds {sorted(tensors)} instead of 'embeddings' and 'weights'", hint=_HINT)
    return tensors["embeddings"], tensors["weights"]
