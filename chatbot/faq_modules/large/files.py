"""The folder of a large index: arrays that are mapped, not read, and ``index.json`` that says what they are.

It belongs to one ``query_features.out``, lies in the folder of its cache, and is named after the size and the time of that
very file: a reader finds the index of the text file it sees, or none.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import DataError
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.features import cache_folder
from chatbot.faq_modules.large.index import LargeIndex
from chatbot.faq_modules.large.texts import CodedTexts, ExactTexts, Lines
from chatbot.faq_modules.large.units import Units
from chatbot.faq_modules.large.vector_search import IvfSearch, SearchPlan

FORMAT = 1
ABOUT, LISTS, VECTORS = "index.json", "vectors.ivf", "vectors.npy"
_PREFIX = "large-"
_HINT = "运行 python -m tools rebuild-index --config <配置> 重建"
_Columns = TypeVar("_Columns", CodedTexts, ExactTexts, Units)


def index_folder(features: Path, version: Path | None = None) -> Path:
    """Where the large index of the file ``features`` lies or would lie: as it is now, or once ``version`` is in its place.

    Raises:
        DataError: there is no such file.
    """
    try:
        found = (version or features).stat()
    except OSError as error:
        raise DataError(features, f"读不了特征文件：{error.strerror}", hint=_HINT) from error
    return cache_folder(features) / f"{_PREFIX}{found.st_size:x}-{found.st_mtime_ns:x}"


def has_index(features: Path) -> bool:
    """Whether there is a large index of the file ``features`` as it is now, usable or not."""
    try:
        return index_folder(features).is_dir()
    except DataError:
        return False


def index_folders(features: Path) -> list[Path]:
    """The folders of all large indexes of ``features``, of other versions of it too, the newest last."""
    found = [path for path in cache_folder(features).glob(f"{_PREFIX}*") if path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def save_index(index: LargeIndex, folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write ``index`` into the existing ``folder``; vectors that lie there already are left as they are.

    ``known`` are the digests of files that lie there, by name, as far as they are known.

    Raises:
        OSError: the disk does not take it.
    """
    with ThreadPoolExecutor() as pool:  # each waits for the disk
        list(pool.map(lambda named: _save_array(folder, *named), _arrays(index)))
    if not (folder / VECTORS).exists():
        np.save(folder / VECTORS, np.ascontiguousarray(index.vectors))
    index.search.save(folder / LISTS)
    written = sorted(folder.iterdir())
    with ThreadPoolExecutor() as pool:
        given = known or {}
        digests = list(pool.map(lambda path: given.get(path.name) or digest(path), written))
    about = {
        "format": FORMAT,
        "version": index.version,
        "fingerprint": index.fingerprint,
        "plan": asdict(index.search.plan),
        "syllables": index.syllables,
        "files": {
            path.name: [path.stat().st_size, digest] for path, digest in zip(written, digests, strict=True)
        },
    }
    with (folder / ABOUT).open("w", encoding="utf-8") as file:
        json.dump(about, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())


def _save_array(folder: Path, name: str, array: NDArray[np.generic]) -> None:
    with (folder / f"{name}.npy").open("wb") as file:
        np.save(file, np.ascontiguousarray(array))
        os.fsync(file.fileno())


def open_index(folder: Path, *, thorough: bool = False) -> LargeIndex:
    """The index in ``folder``, mapped from the disk; ``thorough`` reads all of it and compares checksums.

    Raises:
        DataError: it is missing, damaged or not whole; the message says how to rebuild it.
    """
    with _faults(folder):
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
        for name, (size, checksum) in about["files"].items():
            if (folder / name).stat().st_size != size or (thorough and digest(folder / name) != checksum):
                raise ValueError(f"{name} 不完整")
        texts = _columns(folder, "text", CodedTexts)
        originals = Lines(_mapped(folder, "originals"), _mapped(folder, "original_starts"))
        questions = Lines(_mapped(folder, "questions"), _mapped(folder, "question_starts"))
        corpus = Corpus(
            questions=tuple(questions.every()),
            labels=tuple(_mapped(folder, "labels").tolist()),
            texts=texts,
            originals=originals,
            owners=_mapped(folder, "owners"),
        )
        plan = SearchPlan(**about["plan"])
        search = IvfSearch.open(folder / LISTS, _mapped(folder, "vectors"), _mapped(folder, "cells"), plan)
        return LargeIndex(
            corpus=corpus,
            texts=texts,
            originals=originals,
            chars=_columns(folder, "char", Units),
            sounds=_columns(folder, "sound", Units),
            syllables=tuple(about["syllables"]),
            exact=_columns(folder, "exact", ExactTexts),
            lengths=_mapped(folder, "lengths"),
            search=search,
            version=about["version"],
            fingerprint=about["fingerprint"],
        )


def _arrays(index: LargeIndex) -> Iterator[tuple[str, NDArray[np.generic]]]:
    questions = Lines.of(index.corpus.questions)
    yield from (("questions", questions.blob), ("question_starts", questions.starts))
    yield from (("originals", index.originals.blob), ("original_starts", index.originals.starts))
    yield from (("labels", np.array(index.corpus.labels, dtype=np.int64)), ("owners", index.corpus.owners))
    yield from (("lengths", index.lengths), ("cells", index.search.cells))
    for prefix, columns in (
        ("text", index.texts), ("char", index.chars), ("sound", index.sounds), ("exact", index.exact),
    ):  # fmt: skip
        for field in fields(columns):
            yield f"{prefix}_{field.name}", getattr(columns, field.name)


def _columns(folder: Path, prefix: str, kind: type[_Columns]) -> _Columns:
    return kind(*(_mapped(folder, f"{prefix}_{field.name}") for field in fields(kind)))


def _mapped(folder: Path, name: str) -> NDArray[Any]:
    found: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return found.view(np.ndarray)  # a plain view of the map: indexing an np.memmap costs 10 times as much


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(folder, f"索引不能用（{error}）", hint=_HINT) from error


def digest(path: Path) -> str:
    """The SHA-256 of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
