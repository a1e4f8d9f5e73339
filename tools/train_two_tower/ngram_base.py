"""Making an n-gram base: vocabulary, first weights, and the model directory on disk."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from chatbot.encoders.ngram import CONFIG_FILE, TOKENIZER_FILE, UNKNOWN, WEIGHTS_FILE, Images, tokens
from chatbot.normalization.text import content, normalize
from tools.train_two_tower.ngram_tokenizer import tokenizer_json

FORMAT = 1
_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.sentence_transformer.modules.StaticEmbedding",
    },
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.base.modules.Normalize"},
]
_SENTENCE_TRANSFORMERS = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"}
_NORMALIZE = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}


@dataclass(frozen=True, slots=True)
class NgramBase:
    """Tokens and their float32 rows (vocabulary, dimension); token 0 is the unknown one, its row zero."""

    vocabulary: tuple[str, ...]
    rows: NDArray[np.float32]


def count_tokens(texts: Iterable[str]) -> Counter[str]:
    """In how many of ``texts`` each n-gram token stands."""
    normal = [normalize(text) for text in texts]
    images = Images({char for text in normal for char in content(text)})
    found: Counter[str] = Counter()
    for text in normal:
        found.update(set(tokens(text, images)))
    return found


def hash_row(token: str, dimension: int, seed: int = 0) -> NDArray[np.float32]:
    """A unit vector that depends on the token's spelling alone, the same on every machine."""
    digest = hashlib.sha256(f"{seed}:{token}".encode()).digest()
    rng = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "little")))
    row = rng.standard_normal(dimension).astype(np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def untrained(weights: Mapping[str, float], dimension: int = 128, seed: int = 0) -> NgramBase:
    """A base whose rows are hash vectors of length ``weights[token]``: a random projection of a bag of n-grams."""
    vocabulary = (UNKNOWN, *sorted(weights))
    rows = np.zeros((len(vocabulary), dimension), dtype=np.float32)
    for place, token in enumerate(vocabulary[1:], start=1):
        rows[place] = hash_row(token, dimension, seed) * weights[token]
    return NgramBase(vocabulary, rows)


def untrained_from_texts(texts: Sequence[str], dimension: int = 128, seed: int = 0) -> NgramBase:
    """An untrained base over the n-grams of ``texts``, weighted by inverse document frequency."""
    found = count_tokens(texts)
    weights = {token: float(np.log1p(len(texts) / count)) for token, count in found.items()}
    return untrained(weights, dimension, seed)


def write_ngram(base: NgramBase, model_dir: Path, notes: Mapping[str, str] | None = None) -> None:
    """Writes ``base`` with int8 rows as a directory that sentence-transformers and the light runtime load."""
    peak = np.abs(base.rows).max(axis=1)
    weights = np.where(peak > 0, peak / 127, 1).astype(np.float32)
    rows = np.rint(base.rows / weights[:, None]).astype(np.int8)
    (model_dir / "1_Normalize").mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": rows, "weights": weights}, model_dir / WEIGHTS_FILE)
    (model_dir / WEIGHTS_FILE).chmod(
        0o644
    )  # safetensors makes it the owner's alone; a server may be another user
    (model_dir / TOKENIZER_FILE).write_text(tokenizer_json(base.vocabulary), encoding="utf-8")
    config = {
        "format": FORMAT,
        "dimension": base.rows.shape[1],
        "vocabulary": len(base.vocabulary),
        **(notes or {}),
    }
    _write_json(model_dir / CONFIG_FILE, config)
    _write_json(model_dir / "modules.json", _MODULES)
    _write_json(model_dir / "config_sentence_transformers.json", _SENTENCE_TRANSFORMERS)
    _write_json(model_dir / "1_Normalize" / "config.json", _NORMALIZE)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
