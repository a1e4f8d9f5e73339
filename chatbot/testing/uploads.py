"""Test files that were uploaded: kept beside the state, under names that stay inside their folder."""

import re
from collections.abc import Sequence
from pathlib import Path

from chatbot.errors import InvalidUploadError, NotThereError, PublishError

FOLDER = "tests"
SUFFIXES = (".csv", ".xlsx", ".yaml", ".yml")
_NOT_IN_NAMES = re.compile(r"[^\w.()（）【】 +@-]+")


class UploadedTests:
    """The files in ``state_dir/tests``."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / FOLDER

    def names(self) -> Sequence[str]:
        """Of all files, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.suffix.lower() in SUFFIXES)

    def keep(self, name: str, content: bytes) -> Path:
        """Put ``content`` in place of what was there under this name.

        Raises:
            InvalidUploadError: no name of a test file.
            PublishError: the disk does not take it.
        """
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}")
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as error:
            raise PublishError(f"{path}: 存不了测试文件：{error.strerror} → 检查权限和空间") from error
        return path

    def find(self, name: str) -> Path:
        """A file that is there.

        Raises:
            InvalidUploadError: no name of a test file.
            NotThereError: there is none of that name.
        """
        path = self._path(name)
        if not path.is_file():
            raise NotThereError(f"没有测试文件 {path.name} → 重新上传")
        return path

    def _path(self, name: str) -> Path:
        safe = _NOT_IN_NAMES.sub("_", Path(name.replace("\\", "/")).name).lstrip(".")[-100:]
        if Path(safe).suffix.lower() not in SUFFIXES or Path(safe).stem == "":
            raise InvalidUploadError(f"“{name[:80]}”不是测试文件 → 用 CSV、XLSX 或 YAML")
        return self._folder / safe
