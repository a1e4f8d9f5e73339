"""The large index of a rebuild: what the last one knows is taken over, the rest is computed, and all of it is staged."""

import contextlib
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.errors import DataError
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.features import parse_numbers
from chatbot.faq_modules.large.files import (
    VECTORS,
    digest,
    index_folder,
    index_folders,
    open_index,
    save_index,
)
from chatbot.faq_modules.large.index import LargeIndex, build_large_index
from chatbot.faq_modules.large.texts import coded, text_hashes
from chatbot.normalization.text import content
from tools.features.encoding import Encoded
from tools.features.export import to_disk
from tools.features.lines import Bounds, FeatureLines
from tools.features.matching import matched

LINES = "lines.npy"


@dataclass(frozen=True)
class Kept:
    """What is known without encoding: the last index, and by text what a rebuild has just made.

    ``corpus`` is that of the last index, its texts decoded; ``forms`` are normal forms of texts as they were written,
    ``rows`` places in the ``parts`` one after another. ``in_file``: there are some more vectors that stand in the new features alone, from a
    run that was interrupted, say.
    """

    previous: LargeIndex | None = None
    corpus: Corpus | None = None
    parts: list[NDArray[np.float32]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    in_file: bool = False

    def add(self, texts: Sequence[str], batch: Encoded) -> None:
        """``texts`` were encoded now, and this came of it."""
        first = sum(map(len, self.parts))
        self.parts.append(batch.vectors)
        self.rows.update(zip(texts, range(first, first + len(texts)), strict=True))
        self.forms.update(zip(texts, batch.forms, strict=True))

    @classmethod
    def of(cls, previous: LargeIndex | None) -> "Kept":
        """What ``previous`` knows."""
        if previous is None:
            return cls()
        texts, originals = previous.texts.every(), previous.originals.every()
        return cls(previous, replace(previous.corpus, texts=texts, originals=originals))


def previous_index(features: Path, encoder: Encoder) -> LargeIndex | None:
    """The large index of ``features`` as they are published, if there is one of this encoder that can be read."""
    try:
        index = open_index(index_folder(features))
    except DataError:
        return None
    same = index.fingerprint == encoder.fingerprint and index.vectors.shape[1] == encoder.dimension
    return index if same else None


def known_lines(features: Path) -> Bounds | None:
    """The bounds of the lines of ``features`` as they are published, where its large index remembers them."""
    try:
        bounds: Bounds = np.load(index_folder(features) / LINES, allow_pickle=False)
    except (DataError, OSError, ValueError):
        return None
    return bounds


def stage_index(
    features: Path, version: Path, corpus: Corpus, encoder: Encoder, kept: Kept, verified: Future[Bounds]
) -> tuple[LargeIndex, int]:
    """Build the index of ``version``, which will be published as ``features``, and put it where readers will look for it.

    Beside it stands how many of its texts are ``conflicting``. The bounds of the lines that are ``verified`` lie in it too, for the next rebuild.

    Raises:
        DataError: the disk does not take it; nothing that is in use is touched.
    """
    folder = index_folder(features, version)
    staged = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        staged.mkdir(parents=True)
        corpus = replace(corpus, texts=coded(corpus.texts))
        with ThreadPoolExecutor(2) as beside:  # the vectors are most of the bytes
            conflicts = beside.submit(conflicting, corpus)
            vectors, known = _vectors(staged / VECTORS, version, corpus, encoder, kept)
            checksum = beside.submit(_on_disk, staged / VECTORS)
            index = build_large_index(corpus, vectors, encoder, previous=kept.previous, known=known)
            np.save(staged / LINES, verified.result())
            save_index(index, staged, {VECTORS: checksum.result()})
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(staged, folder)
    except OSError as error:
        hint = "旧索引未动；腾出空间或改权限后重跑"
        raise DataError(folder, f"写不了：{error.strerror}", hint=hint) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return open_index(folder), conflicts.result()


def forget_indexes(features: Path, *used: Path) -> None:
    """Remove the large indexes of ``features`` but those in ``used``; who has them mapped keeps them until the end."""
    for folder in index_folders(features):
        if folder not in used:
            shutil.rmtree(folder, ignore_errors=True)


def published_folder(features: Path) -> Path | None:
    """The folder of the index of ``features`` as they are, whether it is there or not; ``None`` without features."""
    with contextlib.suppress(DataError):
        return index_folder(features)
    return None


def _on_disk(path: Path) -> str:
    """The digest of the file, once the disk has it."""
    to_disk(path)
    return digest(path)


def conflicting(corpus: Corpus) -> int:
    """How many texts, without marks, stand under two standard questions or more."""
    texts = coded(corpus.texts)
    bare = np.array([bool(content(chr(code))) for code in texts.alphabet.tolist()])[texts.chars]
    starts = np.concatenate([[0], np.cumsum(bare)])[texts.starts]
    hashes = text_hashes(texts.alphabet[texts.chars[bare]], starts)
    order = np.argsort(hashes, kind="stable")  # texts of a standard question stay together
    owners, hashes = corpus.owners[order], hashes[order]
    twice = (hashes[1:] == hashes[:-1]) & (owners[1:] != owners[:-1])
    return len(np.unique(hashes[1:][twice]))


def _vectors(
    path: Path, version: Path, corpus: Corpus, encoder: Encoder, kept: Kept
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The vectors of ``corpus`` in a file that is mapped, and the place of each of them in the last index, -1 for none."""
    shape = (len(corpus.texts), encoder.dimension)
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    vectors = mapped.view(np.ndarray)  # one row at a time, a map of numpy's own is slow
    places = matched(corpus.originals, kept.corpus.originals if kept.corpus else [])
    with path.open("rb+") as file:  # a full disk says so now, and not by a signal when the map is written
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    if kept.previous is not None:  # where there is none a row is written that is overwritten
        kept.previous.vectors.take(places, axis=0, out=vectors, mode="clip")
    left = np.flatnonzero(places < 0)
    missing = _just_made(corpus, left, kept, vectors)
    if missing and kept.in_file:
        missing = _from_file(version, corpus, missing, vectors)
    if missing:
        vectors[missing] = encoder.encode([corpus.originals[place] for place in missing])
    return vectors, places


def _just_made(
    corpus: Corpus, left: NDArray[np.int64], kept: Kept, vectors: NDArray[np.float32]
) -> list[int]:
    """Put the vectors that were made now into ``vectors``, for the places in ``left``; the places of no such vector."""
    found = (kept.rows.get(corpus.originals[place], -1) for place in left.tolist())
    rows = np.fromiter(found, dtype=np.int64, count=len(left))
    order = np.argsort(rows, kind="stable")
    bounds = np.cumsum([0, *map(len, kept.parts)])
    cuts = rows[order].searchsorted(bounds)
    for part, first, start, end in zip(
        kept.parts, bounds.tolist(), cuts.tolist(), cuts[1:].tolist(), strict=False
    ):
        vectors[left[order[start:end]]] = part[rows[order[start:end]] - first]
    missing: list[int] = left[rows < 0].tolist()
    return missing


def _from_file(version: Path, corpus: Corpus, missing: list[int], vectors: NDArray[np.float32]) -> list[int]:
    """Read the vectors of ``missing`` places that ``version`` has, into ``vectors``; the places it has not."""
    lines = FeatureLines(version)
    span_of = {key.partition(b"\t")[0].decode(): span for key, span in lines.spans.items()}
    left = []
    for place in missing:
        span = span_of.get(corpus.originals[place])
        if span is None:
            left.append(place)
        else:
            vectors[place] = parse_numbers(lines.numbers(span))
    lines.close()
    return left
