"""From what a row calls its picture to the picture's bytes, without leaving the places the operator named.

An address is a path, relative to the folder of the file that states it, or a URL of any scheme that fsspec knows. The
operator's table maps beginnings of addresses to folders or other URLs: ``oss://bucket/=data/``. What is mapped, and each
relative path, stays inside its folder: ``..``, absolute paths, backslashes and links that lead out are refused.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from chatbot.errors import ConfigError
from tools.image.dataset.records import ImageRow, RowError

LOCAL_SCHEMES = frozenset({"file", "local"})
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Roots:
    """The operator's table: (beginning of an address, folder or URL in its place); the longest that fits counts."""

    table: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, options: Sequence[str]) -> "Roots":
        """From ``--root "oss://bucket/=data/"``.

        Raises:
            ConfigError: an option that is not of this form, or one beginning twice.
        """
        table: dict[str, str] = {}
        for option in options:
            begin, equals, target = option.partition("=")
            if not begin or not equals or not target:
                raise ConfigError(f'--root {option}: 写得不对 → 写成 --root "oss://bucket/=data/"')
            if begin in table:
                raise ConfigError(f"--root {begin}: 写了两次 → 去掉一个")
            table[begin] = target
        return cls(tuple(sorted(table.items(), key=lambda pair: -len(pair[0]))))

    def resolve(self, address: str, base: Path) -> "Path | str":
        """The local file, or the URL for fsspec, that ``address`` means to a file in ``base``.

        Raises:
            RowError: it leaves its folder, or can mean nothing here.
        """
        if not address.strip() or "\0" in address:
            raise RowError(
                "图片的地址是空的" if not address.strip() else "图片的地址里有 NUL", "写上图片的路径或 URL"
            )
        for begin, target in self.table:
            if address.startswith(begin):
                return _joined(target, address[len(begin) :], address)
        scheme = scheme_of(address)
        if scheme in LOCAL_SCHEMES or ("://" in address and ("::" in address or not scheme)):
            raise RowError(
                f"{_short(address)} 可能指向本机的任意文件",
                '允许就加 --root "它的开头=目录/"，或写成普通的地址',
            )
        if not scheme:
            return _inside(base, address, address)
        return address


def scheme_of(address: str) -> str:
    """``oss`` of ``oss://…``; empty for a path."""
    scheme, separator, _ = address.partition("://")
    return scheme.lower() if separator and scheme.replace("+", "").replace("-", "").isalnum() else ""


def read_picture(row: ImageRow, roots: Roots, base: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of the picture of ``row``, of which the file stands in ``base`` (for a folder: the folder itself).

    Raises:
        RowError: nothing there, not allowed, larger than ``most`` bytes, or the store that has it cannot be reached.
    """
    return row.data if row.data is not None else read_address(row.address, roots, base, most)


def read_address(address: str, roots: Roots, base: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes at ``address``; as ``read_picture``."""
    found = roots.resolve(address, base)
    try:
        if isinstance(found, Path):
            with found.open("rb") as file:
                data = file.read(most + 1)
        else:
            data = _remote(found, most)
    except OSError as error:
        said = error.strerror or str(error) or type(error).__name__
        raise RowError(
            f"读不了 {_short(address)}（{said}）", "检查路径；换了地方就加 --root 旧前缀=新目录"
        ) from error
    if len(data) > most:
        raise RowError(f"{_short(address)} 大于 {most // 2**20} MiB", "缩小图片")
    return data


def _remote(url: str, most: int) -> bytes:
    try:
        import fsspec  # an optional extra; its own drivers are imported as a scheme asks for them
    except ImportError as error:
        raise RowError(f"读 {_short(url)} 要 fsspec", "pip install 'whitebox-chatbot[vision]'") from error
    scheme = scheme_of(url)
    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read(most + 1)
            return data
    except (ImportError, ValueError) as error:
        raise RowError(
            f"读不了 {scheme}:// 的地址（{error}）",
            f'下载到本地并加 --root "{scheme}://…/=目录/"，或安装它的 fsspec 驱动',
        ) from error
    except OSError:
        raise
    except Exception as error:  # each store's driver has errors of its own
        raise RowError(
            f"读不了 {_short(url)}（{type(error).__name__}: {error}）", "检查地址、网络和凭证"
        ) from error


def _joined(target: str, rest: str, address: str) -> Path | str:
    if scheme_of(target):
        _checked(unquote(rest), address)
        return target + rest
    return _inside(Path(target), rest, address)


def _inside(folder: Path, rest: str, address: str) -> Path:
    """``folder / rest``, if that is in ``folder`` with all links followed."""
    path = folder / _checked(rest, address)
    real, home = os.path.realpath(path), os.path.realpath(folder)
    if real != home and not real.startswith(home.rstrip("/") + "/"):
        raise RowError(
            f"{_short(address)} 是指到 {folder} 外面的链接", "把图片放进目录里，或给它的目录加 --root"
        )
    return path


def _checked(rest: str, address: str) -> str:
    path = PurePosixPath(rest)
    if path.is_absolute():
        raise RowError(f"{_short(address)} 是绝对路径", f'允许就加 --root "{path.parent}/={path.parent}/"')
    if ".." in path.parts or "\\" in rest:
        raise RowError(f"{_short(address)} 里有 .. 或反斜杠，会走出目录", "写成目录下的路径，用 / 分隔")
    return rest


def _short(address: str) -> str:
    text = address.encode(errors="replace").decode()
    return text if len(text) <= 200 else text[:200] + "…"
