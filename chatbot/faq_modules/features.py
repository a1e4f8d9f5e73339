"""``query_features.out``: the exported features of the paraphrases. The text file is the truth; a cache beside it
only saves parsing, and is used only while it belongs to that very file.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from chatbot.errors import DataError, StaleIndexError
from chatbot.frozen import dataclass

_HEADER = re.compile(r"# encoder=(\S+) dimension=(\d+) count=(\d+)\s*")
_REBUILD = "用 python -m tools rebuild-index --config <配置> 重建"
_UNIT_TOLERANCE = 1e-3
CACHE_SUFFIX = ".cache"


@dataclass(frozen=True, slots=True)
class FeatureHeader:
    """The first line: whose features these are, their length, and how many."""

    fingerprint: str
    dimension: int
    count: int

    def line(self) -> str:
        return f"# encoder={self.fingerprint} dimension={self.dimension} count={self.count}\n"


@dataclass(frozen=True, slots=True)
class Features:
    """``vectors[i]`` (float32, unit length) belongs to ``texts[i]``, a paraphrase of ``labels[i]``."""

    header: FeatureHeader
    texts: Sequence[str]
    labels: Sequence[int]
    vectors: NDArray[np.float32]


def number_lines(vectors: NDArray[np.float32]) -> list[bytes]:
    """The features of each row, separated by commas; each number is the shortest that reads back as the same float32."""
    if not len(vectors):
        return []
    written = orjson.dumps(np.ascontiguousarray(vectors), option=orjson.OPT_SERIALIZE_NUMPY)
    return written[2:-2].split(b"],[")


def read_header(path: Path) -> FeatureHeader:
    """The first line of ``path``.

    Raises:
        DataError: the file is missing, or its first line is not a header.
    """
    with _opened(path) as lines:
        return _header(path, next(lines, ""))


def read_features(path: Path, fingerprint: str) -> Features:
    """All rows, from the cache where it belongs to this very file.

    Raises:
        StaleIndexError: made by another encoder than ``fingerprint``.
        DataError: a row that is not ``paraphrase ⇥ label ⇥ numbers``, or not as many as the header says.
    """
    header = check_encoder(path, fingerprint)
    return _from_cache(path, header) or _from_text(path, header)


def check_encoder(path: Path, fingerprint: str) -> FeatureHeader:
    """The first line of ``path``, which must be of the encoder ``fingerprint``.

    Raises:
        StaleIndexError: it is of another one.
        DataError: as ``read_header``.
    """
    header = read_header(path)
    if header.fingerprint != fingerprint:
        raise StaleIndexError(
            f"{path}: 特征由编码器 {header.fingerprint} 生成，现在的模型是 {fingerprint} → {_REBUILD}"
        )
    return header


def read_rows(path: Path) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    """The rows one by one, in bounded memory; faults as in ``read_features``."""
    with _opened(path) as lines:
        header = _header(path, next(lines, ""))
        for number, line in enumerate(lines, 2):
            yield _row(path, number, line, header.dimension)


def read_lines_raw(path: Path) -> Iterator[tuple[str, int, str]]:
    """(paraphrase, label, whole line) of every row, its numbers not parsed; faults as in ``read_features``."""
    with _opened(path) as lines:
        _header(path, next(lines, ""))
        for number, line in enumerate(lines, 2):
            text, _, rest = line.partition("\t")
            label = rest.partition("\t")[0]
            if not line.endswith("\n") or not label.lstrip("-").isdigit():
                raise DataError(path, "不是“相似问⇥编号⇥特征”", line=number, hint=_REBUILD)
            yield text, int(label), line


def _from_text(path: Path, header: FeatureHeader) -> Features:
    texts: list[str] = []
    labels: list[int] = []
    vectors = np.empty((header.count, header.dimension), dtype=np.float32)
    for text, label, vector in read_rows(path):
        if len(texts) < header.count:
            vectors[len(texts)] = vector
        texts.append(text)
        labels.append(label)
    if len(texts) != header.count:
        raise DataError(path, f"首行写着 {header.count} 行，实际有 {len(texts)} 行", line=1, hint=_REBUILD)
    lengths = np.linalg.norm(vectors, axis=1)
    if header.count and not (off := np.abs(lengths - 1)).max() <= _UNIT_TOLERANCE:
        worst = int(np.nan_to_num(off, nan=np.inf).argmax())
        raise DataError(path, f"向量长度是 {lengths[worst]:.4f}，应为 1", line=worst + 2, hint=_REBUILD)
    return Features(header, texts, labels, vectors)


def _row(path: Path, number: int, line: str, dimension: int) -> tuple[str, int, NDArray[np.float32]]:
    parts = line.rstrip("\r\n").split("\t")
    if len(parts) != 3:
        raise DataError(path, f"这一行有 {len(parts)} 列，应是 3 列", line=number, hint=_REBUILD)
    try:
        label = int(parts[1])
        vector = parse_numbers(parts[2])
    except ValueError as error:
        raise DataError(path, "编号或特征不是数字", line=number, hint=_REBUILD) from error
    if len(vector) != dimension:
        raise DataError(path, f"有 {len(vector)} 个特征，应是 {dimension} 个", line=number, hint=_REBUILD)
    return parts[0], label, vector


def parse_numbers(numbers: str | bytes) -> NDArray[np.float32]:
    """The features that ``number_lines`` wrote.

    Raises:
        ValueError: they are not numbers.
    """
    try:
        text = numbers.decode() if isinstance(numbers, bytes) else numbers
        return np.array(orjson.loads(f"[{text}]"), dtype=np.float32)
    except orjson.JSONDecodeError:  # not as JSON writes them (nan, 1., +1), and numbers all the same
        return np.array(text.split(","), dtype=np.float32)


def _header(path: Path, line: str) -> FeatureHeader:
    found = _HEADER.fullmatch(line)
    if not found:
        raise DataError(path, "首行应是 # encoder=… dimension=… count=…", line=1, hint=_REBUILD)
    return FeatureHeader(found.group(1), int(found.group(2)), int(found.group(3)))


class _opened:
    """The lines of a text file; its faults as ``DataError``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Iterator[str]:
        try:
            self._file = self._path.open(encoding="utf-8-sig", newline="\n")
        except OSError as error:
            raise DataError(self._path, f"读不了特征文件：{error.strerror}", hint=_REBUILD) from error
        return self._lines()

    def _lines(self) -> Iterator[str]:
        try:
            yield from self._file
        except UnicodeDecodeError as error:
            raise DataError(self._path, "不是 UTF-8", hint=_REBUILD) from error

    def __exit__(self, *_: object) -> None:
        self._file.close()


# -- the cache ---------------------------------------------------------------------------------------------


def cache_folder(path: Path) -> Path:
    """Where the cache of ``path`` lies: ``query_features.out.cache/``."""
    return path.with_name(path.name + CACHE_SUFFIX)


def refresh_cache(path: Path) -> None:
    """Bring the cache of ``path`` up to date; vectors of lines that the old cache knows are not parsed again.

    Raises:
        DataError: a line of ``path`` is faulty. OSError: the disk does not take it.
    """
    header = read_header(path)
    known = _cached_vectors(path, header.fingerprint)
    texts: list[str] = []
    labels: list[int] = []
    vectors = np.empty((header.count, header.dimension), dtype=np.float32)
    for place, (text, label, line) in enumerate(read_lines_raw(path)):
        texts.append(text)
        labels.append(label)
        vector = known.get(text)
        vectors[place] = _row(path, place + 2, line, header.dimension)[2] if vector is None else vector
    write_cache(path, texts, labels, vectors)


def _cached_vectors(path: Path, fingerprint: str) -> dict[str, NDArray[np.float32]]:
    """Vectors by paraphrase of whatever version the cache holds, when it is of this encoder and whole."""
    folder = cache_folder(path)
    try:
        if json.loads((folder / "identity.json").read_text())[3] != fingerprint:
            return {}
        vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        texts = (folder / "texts").read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError, IndexError):
        return {}
    return dict(zip(texts, vectors, strict=True)) if len(texts) == len(vectors) else {}


def write_cache(
    path: Path, texts: Sequence[str], labels: Sequence[int], vectors: NDArray[np.float32]
) -> None:
    """Write the cache of the text file ``path`` as it is now, complete or not at all.

    Raises:
        OSError: the disk does not take it; a cache is never needed, so the caller may go on.
    """
    folder = cache_folder(path)
    folder.mkdir(exist_ok=True)
    (folder / "identity.json").unlink(missing_ok=True)
    _put(folder / "vectors.npy", lambda file: np.save(file, np.ascontiguousarray(vectors)))
    _put(folder / "labels.npy", lambda file: np.save(file, np.asarray(labels, dtype=np.int64)))
    _put(folder / "texts", lambda file: file.write("\n".join(texts).encode()))
    about = json.dumps([*_identity(path), read_header(path).fingerprint]).encode()
    _put(folder / "identity.json", lambda file: file.write(about))


def _put(path: Path, write: Callable[[BinaryIO], object]) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _from_cache(path: Path, header: FeatureHeader) -> Features | None:
    folder = cache_folder(path)
    try:
        if json.loads((folder / "identity.json").read_text()) != [*_identity(path), header.fingerprint]:
            return None
        vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / "labels.npy", mmap_mode="r", allow_pickle=False)
        texts = (folder / "texts").read_text(encoding="utf-8").split("\n") if header.count else []
    except (OSError, ValueError):
        return None
    wanted = (header.count, header.dimension)
    if (
        vectors.shape != wanted
        or vectors.dtype != np.float32
        or not len(labels) == len(texts) == header.count
    ):
        return None
    return Features(header, texts, labels, vectors)


def _identity(path: Path) -> list[int]:
    """What changes with every write of a file: size, time of change, inode."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
