"""From ``--pretrain-model-name-or-path`` to the towers that are trained."""

import os
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from chatbot.encoders.load import module_types
from chatbot.encoders.ngram import CONFIG_FILE, UNKNOWN, load_ngram
from chatbot.errors import ConfigError
from tools.train_two_tower.general_words import general_tokens, token_weight
from tools.train_two_tower.m3e import m3e_small
from tools.train_two_tower.ngram_base import NgramBase, count_tokens, hash_row, untrained
from tools.train_two_tower.settings import TrainSettings
from tools.train_two_tower.towers import NgramTower, Tower

_HUB_SECONDS = 0.8


def towers(
    settings: TrainSettings, texts: Sequence[str], *, accept_licence: bool, device: str = "cpu"
) -> tuple[Tower, Tower]:
    """The query and document towers to train, one and the same if siamese.

    Raises:
        ConfigError: The base does not exist or cannot be had here.
        DataError: The base is damaged.
    """
    named = settings.pretrain_model_name_or_path
    if named == "ngram":
        return _ngram(_general_base(settings.embedding_size), settings, texts)
    model_dir = m3e_small(accept_licence=accept_licence) if named == "m3e-small" else Path(named)
    if (model_dir / CONFIG_FILE).is_file():
        return _ngram(_stored_base(model_dir), settings, texts)
    if model_dir.is_dir():
        if not (model_dir / "config.json").is_file():  # a bare transformer gets mean pooling
            module_types(model_dir)
    elif not _hub_answers():
        raise ConfigError(
            f"--pretrain-model-name-or-path {named}: no such directory, and no hub answers here"
            " → ngram, m3e-small, or a directory that holds the model"
        )
    from tools.train_two_tower.transformer_tower import (
        transformer_tower,  # 6 s and 400 MB that n-grams do not need
    )

    source = str(model_dir) if model_dir.is_dir() else named
    query = transformer_tower(source, settings, device)
    return query, query if settings.siamese else transformer_tower(source, settings, device)


def grown(base: NgramBase, texts: Sequence[str]) -> NgramBase:
    """``base`` with rows for the n-grams of ``texts`` that it lacks, in first weights."""
    known = set(base.vocabulary)
    new = sorted(token for token in count_tokens(texts) if token not in known and len(token) <= 4)
    if not new:
        return base
    scale = _scale(base)
    rows = [hash_row(token, base.rows.shape[1]) * token_weight(token) * scale for token in new]
    return NgramBase((*base.vocabulary, *new), np.concatenate([base.rows, np.stack(rows).astype(np.float32)]))


def _scale(base: NgramBase) -> float:
    """How long the base's character rows are beside first weights."""
    rows = {token: at for at, token in enumerate(base.vocabulary) if len(token) == 1}
    sample = sorted(rows)[:: max(1, len(rows) // 500)]
    lengths = [float(np.linalg.norm(base.rows[rows[token]])) / token_weight(token) for token in sample]
    return float(np.median(lengths))


def _general_base(dimension: int) -> NgramBase:
    return untrained({token: token_weight(token) for token in general_tokens()}, dimension)


def _stored_base(model_dir: Path) -> NgramBase:
    vocabulary, rows = load_ngram(model_dir).table()
    if vocabulary[0] != UNKNOWN:
        raise ConfigError(f"{model_dir}: the first n-gram is not {UNKNOWN} → train the directory again")
    return NgramBase(vocabulary, rows)


def _ngram(base: NgramBase, settings: TrainSettings, texts: Sequence[str]) -> tuple[Tower, Tower]:
    if base.rows.shape[1] != settings.embedding_size:
        raise ConfigError(
            f"--embedding-size {settings.embedding_size}: the n-gram base has {base.rows.shape[1]} dimensions"
            f" → set --embedding-size {base.rows.shape[1]}"
        )
    base = grown(base, texts)
    query = NgramTower(base, texts)
    return query, query if settings.siamese else NgramTower(base, texts)


def _hub_answers() -> bool:
    """Whether the hub's host takes a connection within a second; name look-ups have no time limit of their own."""
    host = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co")).hostname or "huggingface.co"
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        pool.submit(lambda: socket.create_connection((host, 443), _HUB_SECONDS).close()).result(_HUB_SECONDS)
    except (OSError, Late):
        return False
    finally:
        pool.shutdown(wait=False)
    return True
