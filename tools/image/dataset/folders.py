"""A folder of pictures: ``your_image_dir/label_1/a.jpg``; pictures at the top have no label and are there to be predicted."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from chatbot.errors import DataError
from tools.image.dataset.records import Fault, ImageRow, Place, RowError

LABEL = re.compile(r"[A-Za-z0-9_-]+")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")
ENDINGS = frozenset(
    ".jpg .jpeg .jpe .jfif .png .bmp .dib .tif .tiff .gif .webp .ppm .pgm .pbm .pnm .jp2 .avif .ico .tga .pcx".split()
)
"""What Pillow reads by itself, by the usual endings."""


def folder_rows(folder: Path) -> Iterator[ImageRow | Fault]:
    """Pictures at the top first, then each label's, by name. Files and folders whose name begins with a dot are no data.

    Raises:
        DataError: no such folder, or nothing in it.
    """
    found = False
    for entry in _listed(folder):
        found = True
        yield from _labelled(folder, entry) if entry.is_dir() else iter([_picture(folder, entry, None)])
    if not found:
        raise DataError(folder, "目录是空的", hint="放成 目录/标签/图片.jpg")


def checked_name(name: str, what: str) -> str:
    """A dataset's or task's name.

    Raises:
        RowError: not 1–30 of letters, digits, ``_``, ``-``, or begins with neither letter nor digit.
    """
    if not NAME.fullmatch(name):
        raise RowError(f"{what}“{name}”不合规则", "1–30 个英文字母、数字、_、-，以字母或数字开头")
    return name


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """Files before folders, each by name."""
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        raise DataError(folder, f"读不了目录（{error.strerror}）", hint="检查路径与权限") from error
    return sorted(shown, key=lambda entry: (entry.is_dir(), entry.name))


def _labelled(folder: Path, label: os.DirEntry[str]) -> Iterator[ImageRow | Fault]:
    place = Place(label.path)
    if not LABEL.fullmatch(label.name):
        yield Fault(place, f"标签“{label.name}”不合规则", "目录名只用英文字母、数字、_、-")
        return
    if _leaves(folder, label.path):
        yield Fault(place, "是指到目录外面的链接", "把图片复制进来")
        return
    inner = _listed(Path(label.path))
    if not inner:
        yield Fault(place, "这个标签一张图片也没有", "放进图片，或删掉这个目录")
    for entry in inner:
        if entry.is_dir():
            yield Fault(Place(entry.path), "标签下面还有目录", f"把图片直接放在 {label.name}/ 下")
        else:
            yield _picture(folder, entry, label.name)


def _picture(folder: Path, entry: os.DirEntry[str], label: str | None) -> ImageRow | Fault:
    place = Place(entry.path)
    ending = os.path.splitext(entry.name)[1].lower()
    if ending not in ENDINGS:
        return Fault(place, f"不是图片（结尾 {ending or '没有'}）", "移走，或改成 .jpg、.png 等")
    if _leaves(folder, entry.path):
        return Fault(place, "是指到目录外面的链接", "把图片复制进来")
    try:
        address = os.path.relpath(entry.path, folder)
        address.encode()
    except UnicodeEncodeError:
        return Fault(Place(entry.path.encode(errors="replace").decode()), "文件名不是 UTF-8", "改名")
    return ImageRow(address, None if label is None else (label,), place)


def _leaves(folder: Path, path: str) -> bool:
    """Whether ``path`` lies outside ``folder`` once links are followed."""
    home = os.path.realpath(folder).rstrip("/") + "/"
    return not os.path.realpath(path).startswith(home)
