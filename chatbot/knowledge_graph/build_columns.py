"""Makes the columns of a graph: reads every distinct text of every attribute once."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import field

import numpy as np

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import FLAG_CODE, Block, Columns, MeasureGroup
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, Path, keyword_level
from chatbot.knowledge_graph.sections import gathered
from chatbot.knowledge_graph.strings import Strings
from chatbot.knowledge_graph.units import UnitTable
from chatbot.knowledge_graph.values import Measure, Value, parse_value, plain_text
from chatbot.normalization.text import normalize

FORMAT = 3  # of the columns and their snapshot; a change makes older snapshots stale


@dataclass(slots=True)
class _Draft:
    """A column while it is being made: ``rows``/``codes`` in step, ``texts`` maps a distinct text to its code.

    ``sections``: where each row has its value, of a column that gathers several paths.
    """

    rows: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)
    sections: list[int] = field(default_factory=list)

    def add(self, row: int, text: str) -> None:
        self.rows.append(row)
        self.codes.append(self.texts.setdefault(text, len(self.texts)))

    def cells(self) -> dict[int, str]:
        """Entity → raw text."""
        texts = list(self.texts)
        return {row: texts[code] for row, code in zip(self.rows, self.codes, strict=True)}


def columns_version(graph_version: str, units: UnitTable) -> str:
    """What the columns of these files read with these units are called; a folder name."""
    made_of = f"{FORMAT}\n{graph_version}\n{units.fingerprint}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def build_columns(graph: KnowledgeGraph, units: UnitTable) -> Columns:
    """All leaves of ``graph``, and its names and keywords under 实体, as columns in memory."""
    drafts: dict[Path, _Draft] = {}
    for row, entity in enumerate(graph.entities):
        for path, text in _cells(entity):
            draft = drafts.get(path)
            if draft is None:
                draft = drafts[path] = _Draft()
            draft.add(row, text)
    sections = _sections(drafts, units)
    drafts = {paths[0]: _together([drafts[path] for path in paths]) for paths in sections}
    values = [_read(path, draft, units) for path, draft in drafts.items()]
    groups = [_groups(path, column, units) for path, column in zip(drafts, values, strict=True)]
    texts = [text for draft in drafts.values() for text in draft.texts]
    normal = {text: normalize(text) for text in dict.fromkeys(texts)}
    plain = {text: normalize(plain_text(text)) if "(" in normal[text] else normal[text] for text in normal}
    return Columns(
        version=columns_version(graph.version, units),
        names=tuple(entity.name for entity in graph.entities),
        files=tuple(entity.file for entity in graph.entities),
        sections=sections,
        groups=tuple(groups),
        block=_block(list(drafts.values()), values, groups),
        strings=(
            Strings.of(texts),
            Strings.of([normal[text] for text in texts]),
            Strings.of([plain[text] for text in texts]),
        ),
    )


def _cells(entity: Entity) -> Iterable[tuple[Path, str]]:
    yield NAME, entity.name
    for level, word in enumerate(entity.keywords, 1):
        yield KEYWORDS, word
        yield keyword_level(level), word
    yield from entity.leaves.items()


def _sections(drafts: dict[Path, _Draft], units: UnitTable) -> tuple[tuple[Path, ...], ...]:
    """The paths of each column; nearly always one, for names that stand in one place only are read no further."""
    named = Counter(path[-1] for path in drafts if path[0] != NAME[0])
    several = [path for path in drafts if path[0] != NAME[0] and named[path[-1]] > 1]
    values = {
        path: dict(zip(drafts[path].texts, _read(path, drafts[path], units), strict=True)) for path in several
    }
    found = {paths[0]: paths for paths in gathered({path: drafts[path].cells() for path in several}, values)}
    return tuple(found.get(path, (path,)) for path in drafts if path in found or path not in values)


def _together(sections: list[_Draft]) -> _Draft:
    """One column of several: an entity's value is in the first that it has."""
    if len(sections) == 1:
        return sections[0]
    told: dict[int, tuple[str, int]] = {}
    for section, draft in enumerate(sections):
        for row, text in draft.cells().items():
            told.setdefault(row, (text, section))
    whole = _Draft()
    for row, (text, section) in sorted(told.items()):
        whole.add(row, text)
        whole.sections.append(section)
    return whole


def _read(path: Path, draft: _Draft, units: UnitTable) -> list[Value]:
    if path[0] == NAME[0]:
        return [Value(text, "text") for text in draft.texts]
    return [parse_value(text, path[-1], units) for text in draft.texts]


def _groups(path: Path, values: list[Value], units: UnitTable) -> tuple[MeasureGroup, ...]:
    """The kinds of measure in a column, in order of first appearance."""
    written: dict[tuple[str, str], Counter[str]] = {}
    for value in values:
        for measure in value.measures:
            written.setdefault(_key(measure), Counter())[measure.unit] += 1
    groups = []
    for (label, dimension), names in written.items():
        name = names.most_common(1)[0][0]
        unit = units.find(name) if name else None
        groups.append(MeasureGroup(label, dimension, name, str(unit.factor) if unit else "1"))
    return tuple(groups)


def _key(measure: Measure) -> tuple[str, str]:
    return measure.label, measure.dimension


def _block(drafts: list[_Draft], values: list[list[Value]], groups: list[tuple[MeasureGroup, ...]]) -> Block:
    text_of: list[int] = []
    group_of: list[int] = []
    low: list[float] = []
    high: list[float] = []
    measure_start = [0]
    for column, kinds in zip(values, groups, strict=True):
        index = {(group.label, group.dimension): i for i, group in enumerate(kinds)}
        for code, value in enumerate(column):
            for measure in value.measures:
                text_of.append(code)
                group_of.append(index[_key(measure)])
                low.append(measure.low)
                high.append(measure.high)
        measure_start.append(len(text_of))
    return Block(
        rows=np.array([row for draft in drafts for row in draft.rows], np.int32),
        codes=np.array([code for draft in drafts for code in draft.codes], np.int32),
        section_of=np.array([section for draft in drafts for section in draft.sections], np.int32),
        flags=np.array([FLAG_CODE[value.flag] for column in values for value in column], np.int8),
        text_of=np.array(text_of, np.int32),
        group_of=np.array(group_of, np.int32),
        low=np.array(low, np.float64),
        high=np.array(high, np.float64),
        row_start=np.cumsum([0, *(len(draft.rows) for draft in drafts)], dtype=np.int64),
        section_start=np.cumsum([0, *(len(draft.sections) for draft in drafts)], dtype=np.int64),
        text_start=np.cumsum([0, *(len(draft.texts) for draft in drafts)], dtype=np.int64),
        measure_start=np.array(measure_start, np.int64),
    )
