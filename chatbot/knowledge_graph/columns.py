"""The graph by columns: for each leaf attribute who has it, its distinct texts, and what these were read as.

A column keeps a code per entity into its distinct texts, and reads every distinct text once; a condition is
decided on the texts and spread by code. All arrays may be memory-mapped (``snapshot.py``).
"""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.strings import Offsets, Strings
from chatbot.regex import regex

Int: TypeAlias = NDArray[np.int32]
Float: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

FLAG_CODE: Mapping[str | None, int] = {None: 0, "yes": 1, "no": 2, "optional": 3}
_WITHIN, _BETWEEN = "\1", "\2"
_UNLIMITED = regex(
    "不限(?:制|年龄|面积|人数|时间)?|(?:无|没有)(?:年龄|面积|人数)?限制|全年龄段?|所有年龄段?|老少皆宜"
)


def how_many(mask: Mask) -> int:
    """How many are in ``mask``; a fifth of the time of ``mask.sum()``."""
    return int(np.count_nonzero(mask))


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """What a measure is: which part, which dimension, and the unit it is shown in (its most frequent one).

    ``factor``: a number in ``unit`` times ``factor`` is in the dimension's base unit.
    """

    label: str
    dimension: str
    unit: str
    factor: str


@dataclass(frozen=True)
class Column:
    """One attribute. ``rows``/``codes`` (m): entity index, ascending, and distinct text; keywords repeat rows.

    ``sections``: the paths it is gathered from, ``path`` first; ``section_of`` (m): which of them an entity has it
    at, where there are several.

    ``flags`` (d): one ``FLAG_CODE`` a text. Measures (k), in reading order: ``text_of`` its text, ``group_of`` its
    group, ``low``/``high`` in base units. ``texts``/``normal``/``plain`` (d): raw, normalised, and normalised
    without marks.
    """

    path: Path
    sections: tuple[Path, ...]
    rows: Int
    codes: Int
    section_of: Int
    flags: NDArray[np.int8]
    text_of: Int
    group_of: Int
    low: Float
    high: Float
    groups: tuple[MeasureGroup, ...]
    strings: tuple[Strings, Strings, Strings]
    first_text: int

    @property
    def distinct(self) -> int:
        return len(self.flags)

    @cached_property
    def texts(self) -> list[str]:
        return self._texts(0)

    @cached_property
    def normal(self) -> list[str]:
        return self._texts(1)

    @cached_property
    def plain(self) -> list[str]:
        return self._texts(2)

    @cached_property
    def unlimited(self) -> Mask:
        """Which distinct texts say that there is no limit."""
        return np.array([_UNLIMITED.fullmatch(text) is not None for text in self.plain], np.bool_)

    @cached_property
    def mostly_ranges(self) -> bool:
        """Whether most of the measures that entities have are ranges, with one end or two."""
        held = np.bincount(self.codes, minlength=self.distinct)[self.text_of]
        return bool(2 * held[self.low != self.high].sum() > held.sum())

    def equal_to(self, wanted: str) -> Mask:
        """Which distinct texts are ``wanted`` (normalised), with or without their marks."""
        found = np.zeros(self.distinct, np.bool_)
        found[self._codes_of.get(wanted, [])] = True
        return found

    def containing(self, wanted: str) -> Mask:
        """Which distinct texts hold ``wanted`` (normalised), with or without their marks; one pass over all of them."""
        found = np.zeros(self.distinct, np.bool_)
        block, starts = self._block
        at = block.find(wanted)
        while 0 <= at < len(block):
            code = bisect_right(starts, at) - 1
            found[code] = True
            at = block.find(wanted, starts[code + 1])
        return found

    @cached_property
    def _codes_of(self) -> Mapping[str, list[int]]:
        codes: dict[str, list[int]] = {}
        for code, both in enumerate(zip(self.normal, self.plain, strict=True)):
            for text in dict.fromkeys(both):
                codes.setdefault(text, []).append(code)
        return codes

    @cached_property
    def _block(self) -> tuple[str, list[int]]:
        """All texts in one, and where each begins; no normalised text holds the marks between them."""
        pieces = [f"{a}{_WITHIN}{b}{_BETWEEN}" for a, b in zip(self.normal, self.plain, strict=True)]
        return "".join(pieces), list(accumulate(map(len, pieces), initial=0))

    def _texts(self, which: int) -> list[str]:
        return self.strings[which].slice(self.first_text, self.first_text + self.distinct)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The parts its values have, ``""`` for none."""
        return tuple(dict.fromkeys(group.label for group in self.groups))

    @cached_property
    def main(self) -> MeasureGroup | None:
        """The group that most entities have; of equals the first read."""
        if not self.groups:
            return None
        per_text = np.bincount(self.codes, minlength=self.distinct)
        weights = np.bincount(
            self.group_of, weights=per_text[self.text_of].astype(np.float64), minlength=len(self.groups)
        )
        return self.groups[int(np.argmax(weights))]

    def group(self, dimension: str, label: str) -> MeasureGroup | None:
        """A group of the dimension, of the part if one is named."""
        return next(
            (g for g in self.groups if g.dimension == dimension and (not label or g.label == label)), None
        )

    def code_at(self, row: int) -> int | None:
        """The distinct text of an entity, or ``None`` when it has none."""
        at = int(self.rows.searchsorted(np.int32(row)))  # of the same type, or the column is copied
        return int(self.codes[at]) if at < len(self.rows) and self.rows[at] == row else None

    def path_at(self, row: int) -> Path:
        """Where an entity that has it has it in its file."""
        if len(self.sections) == 1:
            return self.path
        return self.sections[int(self.section_of[self.rows.searchsorted(np.int32(row))])]

    def text_at(self, row: int) -> str | None:
        """The raw text of an entity, or ``None`` when it has none."""
        code = self.code_at(row)
        return None if code is None else self.strings[0][self.first_text + code]

    def measures(self, dimension: str, label: str = "") -> tuple[Float, Float, Mask]:
        """For each distinct text its first measure of ``dimension`` (and part): low, high, whether it has one."""
        wanted = [
            i
            for i, group in enumerate(self.groups)
            if group.dimension == dimension and (not label or group.label == label)
        ]
        low, high = np.zeros(self.distinct), np.zeros(self.distinct)
        has = np.zeros(self.distinct, np.bool_)
        chosen = np.flatnonzero(np.isin(self.group_of, wanted))[
            ::-1
        ]  # the first in reading order is written last
        at = self.text_of[chosen]
        low[at], high[at], has[at] = self.low[chosen], self.high[chosen], True
        return low, high, has


@dataclass(frozen=True, slots=True)
class Block:
    """All columns in one set of arrays; ``*_start`` (columns + 1) say where each begins."""

    rows: Int
    codes: Int
    section_of: Int
    flags: NDArray[np.int8]
    text_of: Int
    group_of: Int
    low: Float
    high: Float
    row_start: Offsets
    section_start: Offsets
    text_start: Offsets
    measure_start: Offsets


@dataclass(frozen=True)
class Columns:
    """Every column of a graph, self-contained: execution needs neither the files nor ``KnowledgeGraph``.

    ``version`` names the graph's files and the units they were read with. ``sections``: the paths of each column
    (``sections.py``), nearly always one.
    """

    version: str
    names: tuple[str, ...]
    files: tuple[str, ...]
    sections: tuple[tuple[Path, ...], ...]
    groups: tuple[tuple[MeasureGroup, ...], ...]
    block: Block
    strings: tuple[Strings, Strings, Strings]

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Entity name → its row."""
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """One path for each column: that by which it goes wherever several stand for it."""
        return tuple(sections[0] for sections in self.sections)

    @cached_property
    def _index(self) -> Mapping[Path, int]:
        return {path: index for index, sections in enumerate(self.sections) for path in sections}

    def head(self, path: Path) -> Path:
        """The path by which the column of ``path`` goes; ``path`` itself where there is none."""
        index = self._index.get(path)
        return path if index is None else self.sections[index][0]

    def places(self, path: Path) -> tuple[Path, ...]:
        """All paths that the attribute at ``path`` stands at, ``path`` first."""
        index = self._index.get(path)
        others = () if index is None else self.sections[index]
        return (path, *(other for other in others if other != path))

    def below(self, category: Path) -> tuple[Path, ...]:
        """The attributes that stand at a path below ``category``."""
        depth = len(category)
        return tuple(s[0] for s in self.sections if any(path[:depth] == category for path in s))

    @cached_property
    def _made(self) -> dict[Path, Column]:
        return {}

    def column(self, path: Path) -> Column | None:
        """The column of a leaf attribute, or ``None``; made when first asked for."""
        made = self._made.get(path)
        index = self._index.get(path)
        if made is None and index is not None:
            head = self.sections[index][0]
            made = self._made.get(head) or self._make(head, index)
            self._made[head] = self._made[path] = made
        return made

    def resolve(self, path: Path) -> tuple[Column, str] | None:
        """The column and the part that ``path`` names: a leaf, or a leaf and the label of one of its parts."""
        column = self.column(path)
        if column:
            return column, ""
        column = self.column(path[:-1]) if len(path) > 1 else None
        return (column, path[-1]) if column and path[-1] in column.labels else None

    def _make(self, path: Path, index: int) -> Column:
        block = self.block
        rows = slice(int(block.row_start[index]), int(block.row_start[index + 1]))
        sections = slice(int(block.section_start[index]), int(block.section_start[index + 1]))
        texts = slice(int(block.text_start[index]), int(block.text_start[index + 1]))
        measures = slice(int(block.measure_start[index]), int(block.measure_start[index + 1]))
        return Column(
            path, self.sections[index], block.rows[rows], block.codes[rows], block.section_of[sections], block.flags[texts],
            block.text_of[measures], block.group_of[measures], block.low[measures], block.high[measures],
            self.groups[index], self.strings, texts.start,
        )  # fmt: skip
