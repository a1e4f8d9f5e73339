"""Strict reading of an operator's text files: numbered lines, in bounded memory, nothing skipped in silence."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias
from urllib.parse import quote, unquote

from chatbot.errors import DataError

MAX_LINE_BYTES = 65_536
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_NOT_IN_NAMES = '/\\:*?"<>|%'

Report: TypeAlias = Callable[[DataError], None]
"""Told of each fault. One that returns lets the loader go on without what is faulty."""


def stop(fault: DataError) -> None:
    """The strict report: the first fault is raised."""
    raise fault


def numbered_lines(path: Path, report: Report = stop) -> Iterator[tuple[int, str]]:
    """The lines of ``path`` that hold anything, with their numbers from 1, without BOM and line end.

    At most ``MAX_LINE_BYTES`` of a line are ever in memory. ``report`` is told of every fault.

    Raises:
        DataError: The file is missing, empty, not UTF-8 (the message names the byte), or a line is too long.
    """
    empty, start, number = True, 0, 0
    try:
        with path.open("rb") as file:
            if short := _short(file):
                yield from short
                return
            while raw := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                text = _text(path, raw, number, start, report)
                start += len(raw) + (_skip_line(file) if len(raw) > MAX_LINE_BYTES else 0)
                if text is None or text.strip():
                    empty = False
                if text and text.strip():
                    yield number, text
    except OSError as error:
        report(_unreadable(path, error))
        return
    if empty:
        report(DataError(path, "文件是空的", hint="至少写一行，或删除这个文件"))


def _short(file: BinaryIO) -> list[tuple[int, str]]:
    """The lines of a file that fits into the memory for one, all at once; none if anything about it is unusual.

    The file is then at its start again.
    """
    raw = file.read(MAX_LINE_BYTES)
    if len(raw) < MAX_LINE_BYTES and not raw.startswith((_BOM, *_UTF16_BOMS)):
        with contextlib.suppress(UnicodeDecodeError):
            text = raw.decode("utf-8")
            file.seek(0)
            lines = text.split("\n")
            if "\r" in text:
                lines = [line.rstrip("\r") for line in lines]
            return [(place, line) for place, line in enumerate(lines, 1) if line and not line.isspace()]
    file.seek(0)
    return []


def _text(path: Path, raw: bytes, number: int, start: int, report: Report) -> str | None:
    """One line; ``None`` when it cannot be read, which was reported."""
    if len(raw) > MAX_LINE_BYTES:
        hint = "拆成多行，或检查换行符是否丢失"
        report(DataError(path, f"这一行超过 {MAX_LINE_BYTES} 字节", line=number, hint=hint))
        return None
    try:
        return _decoded(path, raw, number, start)
    except DataError as fault:
        report(fault)
        return None


def _skip_line(file: BinaryIO) -> int:
    """Reads to the end of a line that is too long; how many bytes that was."""
    skipped = 0
    while more := file.readline(MAX_LINE_BYTES):
        skipped += len(more)
        if more.endswith(b"\n"):
            break
    return skipped


def _decoded(path: Path, raw: bytes, number: int, start: int) -> str:
    if number == 1:
        if raw.startswith(_UTF16_BOMS):
            raise DataError(path, "不是 UTF-8（第 0 字节起是 UTF-16 标记）", line=1, hint="另存为 UTF-8")
        if raw.startswith(_BOM):
            raw, start = raw[len(_BOM) :], start + len(_BOM)
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        hint = "另存为 UTF-8（看起来是 GBK 编码）" if _is_gbk(raw) else "另存为 UTF-8"
        raise DataError(
            path, f"不是 UTF-8（第 {start + error.start} 字节）", line=number, hint=hint
        ) from error


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(path: Path, error: OSError) -> DataError:
    if isinstance(error, FileNotFoundError):
        return DataError(path, "文件不存在", hint="检查路径，或新建这个文件")
    if isinstance(error, IsADirectoryError):
        return DataError(path, "这是一个目录，不是文件", hint="检查路径")
    return DataError(path, f"无法读取（{error.strerror}）", hint="检查权限")


def folder_files(folder: Path, report: Report = stop) -> tuple[tuple[str, Path], ...]:
    """(decoded name, path) of every file of ``folder``, by name; hidden files are not operators' data.

    Raises:
        DataError: The folder is missing, or holds a folder.
    """
    if not folder.is_dir():
        report(DataError(folder, "目录不存在", hint="检查路径，或新建这个目录"))
        return ()
    files = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            report(DataError(path, "这里只能有文件，不能有目录", hint="名称里的 / 写成 %2F"))
            continue
        files.append((unquote(path.name, errors="strict"), path))
    return tuple(files)


def hidden_files(folder: Path) -> tuple[Path, ...]:
    """The files of ``folder`` that ``folder_files`` leaves out, so that a loader can report them."""
    return tuple(sorted(path for path in folder.iterdir() if path.name.startswith(".")))


def file_name(name: str) -> str:
    """``name`` as a file name: what file names cannot hold is percent-encoded, Chinese stays readable."""
    encoded = "".join(quote(char, safe="") if char in _NOT_IN_NAMES or char < " " else char for char in name)
    return "%2E" + encoded[1:] if encoded.startswith(".") else encoded
