"""The archive: a tar.gz of two trees, ``data/`` (the configuration's folder) and ``state/``, and a manifest at its end.

Reading trusts nothing: plain files only, names that stay inside, sizes and SHA-256 as in the manifest, bounded in count
and bytes.
"""

import hashlib
import io
import json
import os
import tarfile
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from chatbot.errors import ChatbotError

MANIFEST = "manifest.json"
ROOTS = ("data", "state")
FORMAT = 1
MOST_FILES = 500_000
MOST_BYTES = 64 * 2**30
_MOST_MANIFEST_BYTES = 256 * 2**20
_CHUNK = 2**20


class BackupError(ChatbotError):
    """A backup that cannot be made, or an archive that cannot be used: names the place and the way out."""

    code = "backup_failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: its name there, size in bytes, SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive holds. ``config`` is the configuration's name within ``data/``; ``left_out`` says what is not in it."""

    config: str
    made_at: str
    app_version: str
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...] = ()
    format: int = FORMAT


def write_archive(output: Path, files: Iterable[tuple[str, Path]], about: Manifest) -> Manifest:
    """Write ``files`` (name in the archive, place on the disk) to ``output`` in one piece; the manifest as written.

    Raises:
        BackupError: a file or the disk failed; ``output`` is untouched then.
    """
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as tar:
                entries = tuple(_add(tar, name, place) for name, place in files)
                whole = Manifest(about.config, about.made_at, about.app_version, entries, about.left_out)
                text = json.dumps(asdict(whole), ensure_ascii=False).encode("utf-8", "surrogateescape")
                tar.addfile(_info(MANIFEST, len(text), time.time()), io.BytesIO(text))
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(output)
    except OSError as error:
        raise BackupError(f"{output}: 备份没有写成（{error}）→ 检查文件权限和磁盘空间") from error
    finally:
        beside.unlink(missing_ok=True)
    return whole


class _Hashing:
    """Reads through to ``file`` and hashes what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, place: Path) -> Entry:
    with place.open("rb") as file:
        found = os.fstat(file.fileno())
        hashing = _Hashing(file)
        tar.addfile(_info(name, found.st_size, found.st_mtime), hashing)
    return Entry(name, found.st_size, hashing.hash.hexdigest())


def _info(name: str, size: int, changed: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(changed), 0o600
    return info


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack into the empty ``folder`` and check everything; what is there afterwards is what was backed up.

    Raises:
        BackupError: not an archive of ours, damaged, or one that would write outside ``folder``.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            found, text = _unpack_members(archive, tar, folder)
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeError) as error:
        raise BackupError(f"{archive}: 读不出来（{error}）→ 换一份备份") from error
    manifest = _manifest(archive, text)
    if sorted(found, key=lambda entry: entry.path) != sorted(manifest.entries, key=lambda entry: entry.path):
        raise BackupError(f"{archive}: 内容与清单不符，文件已损坏或被改过 → 换一份备份")
    return manifest


def _unpack_members(archive: Path, tar: tarfile.TarFile, folder: Path) -> tuple[list[Entry], bytes]:
    found, text, names, total = list[Entry](), b"", set[str](), 0
    for member in tar:
        total += max(0, member.size)
        if len(names) >= MOST_FILES or total > MOST_BYTES:
            raise BackupError(f"{archive}: 文件太多或太大 → 这不像一份备份")
        if member.name in names:
            raise BackupError(f"{archive}: {member.name} 出现了两次 → 换一份备份")
        names.add(member.name)
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise BackupError(f"{archive}: {member.name} 不是普通文件 → 备份里不会有链接或设备，换一份备份")
        if member.name == MANIFEST:
            text = source.read(_MOST_MANIFEST_BYTES)
            continue
        target = folder / safe_name(archive, member.name)
        found.append(_write(member, source, target))
    return found, text


def _write(member: tarfile.TarInfo, source: IO[bytes], target: Path) -> Entry:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        for chunk in iter(lambda: source.read(_CHUNK), b""):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    os.utime(target, (member.mtime, member.mtime))
    return Entry(member.name, member.size, digest.hexdigest())


def safe_name(archive: Path, name: str) -> PurePosixPath:
    """``name`` as a path below one of ``ROOTS``.

    Raises:
        BackupError: it is absolute, climbs, or is below none of them.
    """
    path = PurePosixPath(name)
    odd = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name
    if odd or len(path.parts) < 2 or path.parts[0] not in ROOTS:
        raise BackupError(f"{archive}: 里面的路径 {name!r} 不对 → 这不是 chatbot backup 写的文件")
    return path


def _manifest(archive: Path, text: bytes) -> Manifest:
    try:
        fields = json.loads(text.decode("utf-8", "surrogateescape"))
        entries = tuple(Entry(**entry) for entry in fields.pop("entries"))
        manifest = Manifest(**{**fields, "entries": entries, "left_out": tuple(fields["left_out"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BackupError(
            f"{archive}: 没有可读的清单 → 这不是 chatbot backup 写的文件，或没有写完"
        ) from error
    if manifest.format != FORMAT:
        raise BackupError(f"{archive}: 格式是 {manifest.format}，这里只认识 {FORMAT} → 用写它的版本来恢复")
    return manifest


def tree(folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """The plain files below ``folder``, by their path within it; links to files count as files."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            file = Path(place) / name
            if file.is_file():
                yield PurePosixPath(file.relative_to(folder).as_posix()), file
