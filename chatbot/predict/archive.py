"""A model that comes as ``.tar.gz`` is unpacked once, beside the others, and only if nothing in it could do harm."""

import hashlib
import os
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from chatbot.errors import ModelError
from chatbot.predict.model_dir import FILE

MOST_FILES = 10_000
MOST_BYTES = 8 * 2**30
SUFFIXES = (".tar.gz", ".tgz")
_CHUNK = 2**20


def unpacked(model_path: Path, folder: Path) -> Path:
    """The directory of the model at ``model_path``: itself, or where its archive was unpacked below ``folder``.

    The same bytes are unpacked once. What is there is whole: it gets its name when the last file is written.

    Raises:
        ModelError: no such file, truncated, too large, or it holds a link, a device or a path that leads outside.
    """
    if model_path.is_dir() or not model_path.name.endswith(SUFFIXES):
        return model_path
    try:
        place = folder / _digest(model_path)
        if not place.is_dir():
            _unpack_to(model_path, folder, place)
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeError) as error:
        raise ModelError(f"{model_path}: 解不开（{error}）→ 重新下载或重新打包") from error
    return _root(place)


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()[:32]


def _unpack_to(archive: Path, folder: Path, place: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder))
    try:
        with tarfile.open(archive, "r:gz") as tar:
            _unpack(archive, tar, beside)
        try:
            beside.rename(place)
        except OSError:
            if not place.is_dir():  # another process may have been first
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _unpack(archive: Path, tar: tarfile.TarFile, folder: Path) -> None:
    total = 0
    for count, member in enumerate(tar, start=1):
        total += max(0, member.size)
        if count > MOST_FILES or total > MOST_BYTES:
            raise ModelError(f"{archive}: 文件太多或太大 → 只打包模型目录")
        target = folder / _safe(archive, member.name)
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise ModelError(f"{archive}: {member.name} 是链接或设备 → 只打包普通文件")
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, target)


def _copy(source: IO[bytes], target: Path) -> None:
    with target.open("xb") as file:
        shutil.copyfileobj(source, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _safe(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise ModelError(f"{archive}: 里面的路径 {name!r} 会写到目录外面 → 不要用来历不明的包")
    return path


def _root(place: Path) -> Path:
    """``place``, or the one folder in it, as archives of a folder have."""
    inside = [] if (place / FILE).exists() else list(place.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else place
