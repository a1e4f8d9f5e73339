"""The lines of a feature file by memory map: what is copied is never parsed."""

import mmap
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from chatbot.errors import DataError
from chatbot.faq_modules.features import read_header

_HINT = "用 python -m tools rebuild-index --config <配置> 重建"
_BREAKS = re.compile(r"[\t\n\r]")
_BLOCK = 1 << 24
_LINE_END, _TAB, _TABS = 10, 9, 2
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
        found: dict[bytes, Span] = {}
        for keys, spans in self.blocks():
            found.update(zip(keys, spans, strict=True))
        return found

    def __iter__(self) -> Iterator[tuple[bytes, Span]]:
        """Key and span of each line, in order; the span includes the line's end."""
        for keys, spans in self.blocks():
            yield from zip(keys, spans, strict=True)

    def blocks(self) -> Iterator[tuple[list[bytes], list[Span]]]:
        """The same, many lines at once: their keys, and their spans.

        Raises:
            DataError: a line is not ``paraphrase ⇥ label ⇥ numbers``.
        """
        whole, number = self._map, 2
        start, size = whole.find(b"\n") + 1, len(whole)
        while start < size:
            stop = whole.find(b"\n", min(start + _BLOCK, size)) + 1 or size
            keys, ends = self._bounds(start, stop, number)
            starts = [start, *ends[:-1]]
            spans = list(zip(starts, ends, strict=True))
            yield [whole[first:last] for first, last in zip(starts, keys, strict=True)], spans
            start, number = stop, number + len(ends)

    def _bounds(self, start: int, stop: int, number: int) -> tuple[list[int], list[int]]:
        """Where the key of each whole line between ``start`` and ``stop`` ends, and where the line does.

        Raises:
            DataError: a line, the first being line ``number``, has not two Tabs, or no end.
        """
        block = np.frombuffer(self._map, dtype=np.uint8, offset=start, count=stop - start)
        ends, tabs = np.flatnonzero(block == _LINE_END), np.flatnonzero(block == _TAB)
        in_line = np.bincount(ends.searchsorted(tabs), minlength=len(ends))
        faulty = np.flatnonzero(in_line != _TABS)
        if len(faulty) or not len(ends) or ends[-1] != len(block) - 1:
            line = number + (int(faulty[0]) if len(faulty) else len(ends))
            raise DataError(self.path, "不是“相似问⇥编号⇥特征”", line=line, hint=_HINT)
        keys: list[int] = (tabs[1::_TABS] + (start + 1)).tolist()
        return keys, (ends + (start + 1)).tolist()

    def numbers(self, span: Span) -> bytes:
        """The numbers of the line at ``span``, separated by commas."""
        return self._map[span[0] : span[1]].rsplit(b"\t", 1)[1].rstrip(b"\r\n")

    def close(self) -> None:
        """Let go of the file."""
        self.block.release()
        self._map.close()
