"""The lines of a feature file by memory map: what is copied is never parsed."""

import mmap
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import DataError
from chatbot.faq_modules.features import read_header

_HINT = "用 python -m tools rebuild-index --config <配置> 重建"
_BREAKS = re.compile(r"[\t\n\r]")
_BLOCK = 1 << 24
_LINE_END, _TAB, _TABS = 10, 9, 2
Span = tuple[int, int]
Bounds = NDArray[np.int64]
"""Of each line where it starts, where its key ends, and where it ends, its line end included: shape (lines, 3)."""


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
    """A feature file, mapped: ``keys`` are how its lines begin, ``bounds`` where they lie, ``spans`` both in one."""

    def __init__(self, path: Path, bounds: Bounds | None = None) -> None:
        """``bounds`` are those of all lines as they are remembered; where they are not of this very file, it is searched.

        Raises:
            DataError: the file is missing or a line is not ``paraphrase ⇥ label ⇥ numbers``.
        """
        self.path, self.header = path, read_header(path)
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.block = memoryview(self._map)
        self._known = bounds if bounds is not None and self._fit(bounds) else None

    def _fit(self, bounds: Bounds) -> bool:
        """Whether ``bounds`` follow one another from the first line to the end, each at the end of a line."""
        if bounds.shape != (self.header.count, 3) or not len(bounds):
            return False
        starts, _, ends = bounds.T
        edges = np.append(self._map.find(b"\n") + 1, ends)
        whole = np.frombuffer(self._map, dtype=np.uint8)
        in_order = np.array_equal(starts, edges[:-1]) and bool((np.diff(edges) > 0).all())
        return in_order and edges[-1] == len(whole) and bool((whole[ends - 1] == _LINE_END).all())

    @cached_property
    def spans(self) -> dict[bytes, Span]:
        """Where each line lies, by its key, in order."""
        starts, _, ends = self.bounds.T.tolist()
        return dict(zip(self.keys, zip(starts, ends, strict=True), strict=True))

    @property
    def keys(self) -> list[bytes]:
        """The key of each line, in order."""
        return self._lines[0]

    @property
    def bounds(self) -> Bounds:
        """The bounds of each line, in order."""
        return self._lines[1]

    @cached_property
    def _lines(self) -> tuple[list[bytes], Bounds]:
        if self._known is not None:
            return self._keys(self._known), self._known
        blocks = list(self.blocks())
        every = [bounds for _, bounds in blocks] or [np.zeros((0, 3), dtype=np.int64)]
        return [key for keys, _ in blocks for key in keys], np.concatenate(every)

    def blocks(self) -> Iterator[tuple[list[bytes], Bounds]]:
        """Many lines at once, in order: their keys, and their bounds.

        Raises:
            DataError: a line is not ``paraphrase ⇥ label ⇥ numbers``.
        """
        whole, number = self._map, 2
        start, size = whole.find(b"\n") + 1, len(whole)
        while start < size:
            stop = whole.find(b"\n", min(start + _BLOCK, size)) + 1 or size
            bounds = self._bounds(start, stop, number)
            yield self._keys(bounds), bounds
            start, number = stop, number + len(bounds)

    def _bounds(self, start: int, stop: int, number: int) -> Bounds:
        """Of each whole line between ``start`` and ``stop``.

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
        starts = np.concatenate([[0], ends[:-1] + 1])
        bounds: Bounds = np.stack([starts, tabs[1::_TABS] + 1, ends + 1], axis=1) + start
        return bounds

    def _keys(self, bounds: Bounds) -> list[bytes]:
        whole = self._map
        starts, ends, _ = bounds.T.tolist()
        return [whole[first:last] for first, last in zip(starts, ends, strict=True)]

    def numbers(self, span: Sequence[int]) -> bytes:
        """The numbers of the line whose start and end are the first and the last of ``span``, separated by commas."""
        return self._map[span[0] : span[-1]].rsplit(b"\t", 1)[1].rstrip(b"\r\n")

    def close(self) -> None:
        """Let go of the file."""
        self.block.release()
        self._map.close()
