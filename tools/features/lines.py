"""The lines of a feature file by memory map: what is copied is never parsed."""

import mmap
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from chatbot.errors import DataError
from chatbot.faq_modules.features import read_header

_HINT = "用 python -m tools rebuild-index --config <配置> 重建"
_BREAKS = re.compile(r"[\t\n\r]")
Span = tuple[int, int]


def row_keys(rows: Sequence[tuple[str, int]]) -> list[bytes]:
    """How the line of each row (text, label) begins, up to its numbers.

    Raises:
        ValueError: a Tab or line break in a text would break its line.
    """
    if _BREAKS.search("".join([text for text, _ in rows])):
        broken = next(text for text, _ in rows if _BREAKS.search(text))
        raise ValueError(f"a paraphrase holds a Tab or a line break: {broken!r}")
    return [f"{text}\t{label}\t".encode() for text, label in rows]


class FeatureLines:
    """A feature file, mapped: ``spans[key]`` is where the line lies that begins with ``key``."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            DataError: the file is missing or a line is not ``paraphrase ⇥ label ⇥ numbers``.
        """
        self.path, self.header = path, read_header(path)
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.block = memoryview(self._map)

    @cached_property
    def spans(self) -> dict[bytes, Span]:
        """Where each line lies, by its key, in order."""
        return dict(self)

    def __iter__(self) -> Iterator[tuple[bytes, Span]]:
        """Key and span of each line, in order; the span includes the line's end."""
        whole, find = self._map, self._map.find
        start, number, size = find(b"\n") + 1, 2, len(self._map)
        while start < size:
            end = find(b"\n", start) + 1
            label = find(b"\t", start, end) + 1
            numbers = find(b"\t", label, end) + 1
            if not (end and label and numbers):
                raise DataError(self.path, "不是“相似问⇥编号⇥特征”", line=number, hint=_HINT)
            yield whole[start:numbers], (start, end)
            start, number = end, number + 1

    def numbers(self, span: Span) -> bytes:
        """The numbers of the line at ``span``, separated by commas."""
        return self._map[span[0] : span[1]].rsplit(b"\t", 1)[1].rstrip(b"\r\n")

    def close(self) -> None:
        """Let go of the file."""
        self.block.release()
        self._map.close()
