"""Uploaded tables (csv, xlsx) that cannot be bombs: sizes are checked before anything is unpacked or parsed."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chatbot.errors import InvalidUploadError

MIB = 1024 * 1024
_CHUNK = 64 * 1024
_ZIP = b"PK\x03\x04"
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """``ratio``: how many bytes one packed byte may become. Cells hold characters."""

    file_bytes: int = 10 * MIB
    unpacked_bytes: int = 100 * MIB
    ratio: int = 200
    entries: int = 1_000
    rows: int = 200_000
    columns: int = 100
    cell_characters: int = 10_000


Table = tuple[tuple[str, ...], ...]


class UploadGuard:
    """Reads tables out of untrusted bytes. Every fault is an ``InvalidUploadError`` that names file, place and way out."""

    def __init__(self, limits: UploadLimits | None = None) -> None:
        self._limits = limits or UploadLimits()

    def read_table(self, name: str, body: bytes) -> Table:
        """The rows of the csv, or of the first sheet of the xlsx, as texts; ``name`` is what the sender calls it."""
        self.check_size(name, body)
        if body.startswith(_ZIP):
            self.check_zip(name, body)
            return self._checked(name, _sheet(name, body, self._limits))
        return self._checked(name, _csv_rows(name, body))

    def check_size(self, name: str, body: bytes) -> None:
        """Raises when the file is empty or larger than allowed."""
        if not body:
            raise InvalidUploadError(f"{shown(name)} 是空的 → 选择有内容的文件")
        if len(body) > self._limits.file_bytes:
            raise InvalidUploadError(
                f"{shown(name)} 有 {_mb(len(body))}，最多 {_mb(self._limits.file_bytes)} → 分成几个文件"
            )

    def check_zip(self, name: str, body: bytes) -> None:
        """Raises for an archive that is broken, encrypted, nested, escapes its folder, or unpacks to too much.

        Sizes are counted while unpacking: what the archive says of itself is not believed.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                self._check_entries(name, archive)
        except InvalidUploadError:
            raise
        except _BROKEN as error:
            raise InvalidUploadError(
                f"{shown(name)} 不是完好的 xlsx（{type(error).__name__}）→ 重新另存一份"
            ) from error

    def _check_entries(self, name: str, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        if len(entries) > self._limits.entries:
            raise InvalidUploadError(
                f"{shown(name)} 里有 {len(entries)} 个文件，最多 {self._limits.entries} 个"
            )
        unpacked = 0
        for entry in entries:
            inner = entry.filename
            if inner.startswith(("/", "\\")) or ".." in inner.replace("\\", "/").split("/") or ":" in inner:
                raise InvalidUploadError(f"{shown(name)} 里的路径 {shown(inner)} 跑出了文件夹 → 重新另存一份")
            if entry.flag_bits & 1:
                raise InvalidUploadError(f"{shown(name)} 加了密 → 去掉密码再上传")
            unpacked = self._unpack(name, archive, entry, unpacked)

    def _unpack(self, name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacked: int) -> int:
        """Bytes unpacked so far, this entry included."""
        before, first = unpacked, True
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                if first and chunk.startswith(_ZIP):
                    raise InvalidUploadError(
                        f"{shown(name)} 里还有压缩包 {shown(entry.filename)} → 去掉附件再上传"
                    )
                first = False
                unpacked += len(chunk)
                own = unpacked - before
                if own > _CHUNK and own > self._limits.ratio * max(1, entry.compress_size):
                    raise InvalidUploadError(
                        f"{shown(name)} 里的 {shown(entry.filename)} 压缩得不正常 → 重新另存一份"
                    )
                if unpacked > self._limits.unpacked_bytes:
                    raise InvalidUploadError(
                        f"{shown(name)} 展开后超过 {_mb(self._limits.unpacked_bytes)} → 分成几个文件"
                    )
        return unpacked

    def _checked(self, name: str, rows: Iterable[tuple[str, ...]]) -> Table:
        limits, table = self._limits, []
        for number, row in enumerate(rows, 1):
            if number > limits.rows:
                raise InvalidUploadError(f"{shown(name)} 超过 {limits.rows} 行 → 分成几个文件")
            if len(row) > limits.columns:
                raise InvalidUploadError(
                    f"{shown(name)} 第 {number} 行有 {len(row)} 列，最多 {limits.columns} 列"
                )
            if any(len(cell) > limits.cell_characters for cell in row):
                raise InvalidUploadError(
                    f"{shown(name)} 第 {number} 行有一格超过 {limits.cell_characters} 字 → 改短"
                )
            table.append(row)
        return tuple(table)


def _csv_rows(name: str, body: bytes) -> Iterator[tuple[str, ...]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise InvalidUploadError(
            f"{shown(name)} 第 {line} 行不是 UTF-8 → 另存为 CSV UTF-8，或上传 xlsx"
        ) from error
    if "\0" in text:
        raise InvalidUploadError(f"{shown(name)} 含有 NUL 字符，不是文本 → 另存为 CSV UTF-8，或上传 xlsx")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield tuple(row)
    except csv.Error as error:
        raise InvalidUploadError(
            f"{shown(name)} 第 {reader.line_num} 行：{error} → 检查引号是否成对"
        ) from error


def _sheet(name: str, body: bytes, limits: UploadLimits) -> Iterator[tuple[str, ...]]:
    # openpyxl costs 0.2 s and 10 MB, and only uploads need it
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            for row in islice(sheet.iter_rows(values_only=True), limits.rows + 1):
                yield tuple(_text(cell) for cell in row[: limits.columns + 1])
        finally:
            book.close()
    except Exception as error:  # openpyxl raises whatever its XML made it stumble over
        raise InvalidUploadError(
            f"{shown(name)} 不是能读的 xlsx（{type(error).__name__}）→ 重新另存一份"
        ) from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def shown(name: str) -> str:
    """A name out of an upload for a message: short, in one line."""
    printable = "".join(char if char.isprintable() else "�" for char in name)
    return f"“{printable[:80]}”"


def _mb(size: int) -> str:
    return f"{size / MIB:.1f} MB"
