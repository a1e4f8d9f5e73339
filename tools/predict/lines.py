"""The lines of the file that is predicted on, plain or packed, read by the block; the place reached can be kept."""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import length_hint
from pathlib import Path
from typing import IO

from chatbot.errors import DataError

_BLOCK = 2**16
"""So many bytes are read at once, about: whole lines, by the length of those before them."""
_UNREADABLE = (OSError, EOFError, zlib.error)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: bytes from the start of the (uncompressed) file, lines before it."""

    offset: int = 0
    line: int = 0


class Lines:
    """The lines of a file, plain or gzip, a block at a time; ``place`` stands behind the last one given.

    ``bad`` are the numbers of those that are not UTF-8, of the lines that were read and not yet taken.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad: list[int] = []
        self._offset = self._line = 0  # before the block that is being given
        self._block: list[bytes] = []
        self._left: Iterator[str] | Iterator[bytes] = iter(())
        try:
            self._disk = path.open("rb")
            packed = path.name.lower().endswith(".gz")
            self._file: IO[bytes] = (
                io.BufferedReader(gzip.GzipFile(fileobj=self._disk), 2**18) if packed else self._disk
            )
        except OSError as error:
            hint = "检查路径" if isinstance(error, FileNotFoundError) else "检查它是不是文件、有没有读权限"
            raise DataError(path, f"读不了输入（{error.strerror}）", hint=hint) from error

    @property
    def line(self) -> int:
        """So many lines were given."""
        return self._line + len(self._block) - length_hint(self._left)

    @property
    def place(self) -> Place:
        given = len(self._block) - length_hint(self._left)
        return Place(self._offset + sum(map(len, self._block[:given])), self._line + given)

    @property
    def read_bytes(self) -> int:
        return self._disk.tell() if self._file is not self._disk else self.place.offset

    def is_empty(self) -> bool:
        """Whether nothing (more) is there."""
        place = self.place
        self.seek(place)
        try:
            return not self._file.read(1) or bool(self._file.seek(place.offset) < 0)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error

    def seek(self, place: Place) -> None:
        self.bad.clear()
        try:
            self._file.seek(place.offset)
        except _UNREADABLE as error:
            raise self._unreadable(error) from error
        self._offset, self._line, self._block, self._left = place.offset, place.line, [], iter(())

    def raw(self) -> Iterator[bytes]:
        """Line by line."""
        for block in self._blocks():
            left = self._left = iter(block)
            yield from left

    def blocks(self) -> Iterator[Iterator[str]]:
        """Lines as text; of those that are not UTF-8 the numbers are in ``bad``."""
        for block in self._blocks():
            try:
                texts = list(map(bytes.decode, block))
            except UnicodeDecodeError:
                texts = [self._text(line, number) for number, line in enumerate(block, self._line + 1)]
            left = self._left = iter(texts)
            yield left

    def _blocks(self) -> Iterator[list[bytes]]:
        """Blocks of lines, of at least one: what is given of the last counts from ``_offset`` and ``_line``."""
        count = 1
        while True:
            place, block = self.place, list[bytes]()
            error: Exception | None = None
            try:
                block.extend(islice(self._file, count))
            except _UNREADABLE as found:
                error = found  # the lines before the damage are given, then it is told
            if block:
                self._offset, self._line, self._block = place.offset, place.line, block
                size = sum(map(len, block))
                if not place.line and block[0].startswith(_BOM):
                    block = [block[0].removeprefix(_BOM), *block[1:]]
                yield block
                count = max(1, min(2 * count, len(block) * _BLOCK // size))
            if error:
                raise self._unreadable(error) from error
            if not block:
                return

    def _text(self, line: bytes, number: int) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.bad.append(number)
            return line.decode(errors="surrogateescape")

    def take_bad_line(self, end: int) -> int:
        """The first line that is not UTF-8 of those before ``end``, or 0; none of them is told again."""
        found = next(iter(self.bad), end)
        while self.bad and self.bad[0] < end:
            del self.bad[0]
        return found if found < end else 0

    def close(self) -> None:
        self._file.close()
        self._disk.close()

    def _unreadable(self, error: Exception) -> DataError:
        said = getattr(error, "strerror", None) or str(error)
        return DataError(
            self._path, f"读不下去（{said}）", line=self.line + 1, hint="重新下载或重新压缩这个文件"
        )
