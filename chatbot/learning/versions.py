"""Versions of the operator's files: immutable, content-addressed, one swap to make any of them the live one.

``versions_dir`` holds ``objects/`` (contents by SHA-256), ``v12.json`` (which file had which content), ``current``
(the live version, written last: running services watch it) and, while files are swapped in, ``pending``.
"""

import contextlib
import difflib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from chatbot.errors import PublishError
from chatbot.faq_modules.features import refresh_cache
from chatbot.frozen import dataclass
from chatbot.learning.layout import FEATURES_KEY, Layout, file_hash
from chatbot.publish_lock import swapping

CURRENT, PENDING, OBJECTS = "current", "pending", "objects"
_MANIFEST = re.compile(r"v(\d+)\.json")
_SHOWN_BYTES = 1_000_000
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Version:
    """``files`` maps keys to SHA-256; ``parent`` is the version before, to which a roll-back leads."""

    name: str
    parent: str
    at_ms: int
    author: str
    note: str
    kb_version: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file that differs; ``text`` is a unified diff, empty for what is no text or is built."""

    key: str
    kind: Kind
    text: str


class Versions:
    """The versions of one configuration."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._folder = layout, layout.config.versions_dir

    def all(self) -> list[Version]:
        """The latest first."""
        if not self._folder.is_dir():
            return []
        found = [
            int(match[1]) for path in self._folder.iterdir() if (match := _MANIFEST.fullmatch(path.name))
        ]
        return [self.get(f"v{number}") for number in sorted(found, reverse=True)]

    def get(self, name: str) -> Version:
        """Raises ``PublishError`` when there is no such version, or its file is damaged."""
        if not _MANIFEST.fullmatch(f"{name}.json"):
            raise PublishError(f"{name[:32]!r} 不是版本号（v1、v2……）→ chatbot versions 列出全部")
        try:
            return Version(**json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise PublishError(f"没有版本 {name} → chatbot versions 列出全部") from error
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise PublishError(f"{self._folder / name}.json: 读不了：{error}") from error

    def current(self) -> Version | None:
        """The version that was published last; ``None`` before the first."""
        try:
            name = (self._folder / CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return self.get(name)

    def keep(self, files: Layout, *, parent: str, author: str, note: str, kb_version: str) -> Version:
        """Store the files of ``files`` as the next version; it is not live yet.

        Raises:
            PublishError: the disk does not take it.
        """
        try:
            hashes = {key: self._keep_object(path) for key, path in files.files().items()}
            taken = [
                int(match[1]) for path in self._folder.iterdir() if (match := _MANIFEST.fullmatch(path.name))
            ]
            name = f"v{max(taken, default=0) + 1}"
            version = Version(name, parent, time.time_ns() // 1_000_000, author, note, kb_version, hashes)
            shown = json.dumps(asdict(version), ensure_ascii=False, indent=1)
            _put(self._folder / f"{name}.json", shown.encode())
        except OSError as error:
            raise PublishError(f"{self._folder}: 存不了版本：{error.strerror} → 腾出空间或改权限") from error
        return version

    def install(self, version: Version, *, expected: Mapping[str, str] | None = None) -> None:
        """Make ``version`` the live one. Readers that go by ``publish_lock`` see the old files or the new.

        ``expected`` are the hashes that the live files must still have.

        Raises:
            PublishError: the live files are others by now, or the disk does not take it; nothing was changed.
        """
        try:
            with swapping(self._folder):
                live = self._layout.hashes()
                if expected is not None and live != dict(expected):
                    raise PublishError("知识库的文件在这期间被改过 → 重新证明（prove）后再发布")
                staged = self._stage(version, live)
                _put(self._folder / PENDING, version.name.encode())
                self._swap(version, live, staged)
        except OSError as error:
            raise PublishError(
                f"{self._folder}: 发布不了：{error.strerror} → 线上未动；腾出空间或改权限"
            ) from error
        with contextlib.suppress(OSError):
            refresh_cache(self._layout.path(FEATURES_KEY))

    def finish_interrupted(self) -> str:
        """Complete a swap that a crash cut short; its version's name, or empty when there was none."""
        pending = self._folder / PENDING
        if not pending.is_file():
            return ""
        try:
            with swapping(self._folder):
                if not pending.is_file():
                    return ""  # someone else has just completed it
                version = self.get(pending.read_text(encoding="utf-8").strip())
                live = self._layout.hashes()
                self._swap(version, live, self._stage(version, live))
        except OSError as error:
            raise PublishError(
                f"{pending}: 上次发布没有完成，也补不完：{error.strerror} → 改权限后重试"
            ) from error
        return version.name

    def diff(self, old: str, new: str) -> list[FileDifference]:
        """What ``new`` changes in ``old``, file by file."""
        before, after = self.get(old).files, self.get(new).files
        return list(self._differences(before, after))

    def unpublished(self) -> list[FileDifference]:
        """What was changed by hand since the current version; empty before the first version."""
        current = self.current()
        return list(self._differences(current.files, self._layout.hashes())) if current else []

    def content(self, digest: str) -> bytes:
        """The bytes of a stored file, or of a live one that is not stored yet."""
        try:
            return self._object(digest).read_bytes()
        except OSError:
            live = (path for path in self._layout.files().values() if file_hash(path) == digest)
            path = next(live, None)
            return path.read_bytes() if path else b""

    # -- inside ----------------------------------------------------------------------------------------------

    def _differences(self, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FileDifference]:
        for key in sorted({*before, *after}):
            old, new = before.get(key, ""), after.get(key, "")
            if old != new:
                kind: Kind = "changed" if old and new else "added" if new else "removed"
                yield FileDifference(key, kind, self._text_diff(key, old, new))

    def _text_diff(self, key: str, old: str, new: str) -> str:
        if key == FEATURES_KEY:
            return ""
        sides = [self.content(digest) if digest else b"" for digest in (old, new)]
        if max(map(len, sides)) > _SHOWN_BYTES or any(b"\0" in side for side in sides):
            return ""
        before, after = (side.decode("utf-8", "replace").splitlines() for side in sides)
        return "\n".join(difflib.unified_diff(before, after, f"a/{key}", f"b/{key}", lineterm="", n=1))

    def _object(self, digest: str) -> Path:
        return self._folder / OBJECTS / digest[:2] / digest[2:]

    def _keep_object(self, path: Path) -> str:
        content = path.read_bytes()
        digest = file_hash(path)
        if not (target := self._object(digest)).is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(target, content)
        return digest

    def _stage(self, version: Version, live: Mapping[str, str]) -> dict[str, Path]:
        """Every file that will change, written beside its place: the swap itself only renames."""
        staged: dict[str, Path] = {}
        try:
            for key, digest in version.files.items():
                if live.get(key) != digest:
                    target = self._layout.path(key)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    staged[key] = target.with_name(f".{target.name}.{version.name}")
                    _put(staged[key], self._object(digest).read_bytes())
        except OSError:
            for path in staged.values():
                path.unlink(missing_ok=True)
            raise
        return staged

    def _swap(self, version: Version, live: Mapping[str, str], staged: Mapping[str, Path]) -> None:
        for key in sorted(staged, key=lambda key: key == FEATURES_KEY):
            os.replace(staged[key], self._layout.path(key))
        for key in live.keys() - version.files.keys():
            self._layout.path(key).unlink(missing_ok=True)
        _put(self._folder / CURRENT, f"{version.name}\n".encode())
        (self._folder / PENDING).unlink(missing_ok=True)


def _put(path: Path, content: bytes) -> None:
    """``path`` with ``content``, on the disk, by one rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
