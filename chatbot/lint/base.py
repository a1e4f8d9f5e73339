"""A finding, a check, and what checks look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from chatbot.config import EngineConfig
from chatbot.encoders.base import Encoder
from chatbot.faq_modules.answers import GENERAL
from chatbot.faq_modules.dataset import ANSWERS, FaqDataset
from chatbot.faq_modules.lines import folder_files, numbered_lines
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.units import UnitTable
from chatbot.knowledge_source import build_reader
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.reader import Reader
from chatbot.normalization.text import normalize

Severity = Literal["fault", "notice"]


@dataclass(frozen=True, slots=True)
class Issue:
    """A ``fault`` must be mended, a ``notice`` looked at. ``mend`` says how; ``line`` 0 means the whole file."""

    severity: Severity
    check: str
    file: str
    line: int
    message: str
    mend: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """A line of ``answers/``; ``entity`` is empty for 通用."""

    question: str
    entity: str
    text: str
    file: str
    line: int


@dataclass(frozen=True)
class Subject:
    """A knowledge base that loads, as the checks see it.

    ``encoder`` is ``None`` where the configuration has none; ``today`` is what dates are held against.
    """

    config: EngineConfig
    dataset: FaqDataset
    graph: KnowledgeGraph
    lexicon: Lexicon
    units: UnitTable
    encoder: Encoder | None
    today: date

    def shown(self, path: Path) -> str:
        """``path`` as an operator looks for it: from the folder of the configuration."""
        return shown_path(self.config, path)

    def faq_file(self, relative: str) -> str:
        """A file below the FAQ folder."""
        return self.shown(self.config.faq_data_dir / relative)

    def graph_file(self, name: str) -> str:
        """A file of the graph."""
        return self.shown(self.config.knowledge_graph_data_dir / name)

    @cached_property
    def reader(self) -> Reader:
        """The linkers over the graph; most checks do without."""
        return build_reader(self.graph, self.lexicon, [one.text for one in self.dataset.paraphrases])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The paraphrases, normalised, in the dataset's order."""
        return tuple(normalize(paraphrase.text) for paraphrase in self.dataset.paraphrases)

    @cached_property
    def vectors(self) -> NDArray[np.float32] | None:
        """One unit vector a paraphrase, shape (paraphrases, dimension); ``None`` without an encoder."""
        return None if self.encoder is None else self.encoder.encode(self.texts)

    @cached_property
    def answers(self) -> tuple[WrittenAnswer, ...]:
        """Every answer line, in the order of the files."""
        return written_answers(self.config)


def shown_path(config: EngineConfig, path: Path) -> str:
    """``path`` as an operator looks for it: from the folder of the configuration."""
    base = config.source.parent
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def written_answers(config: EngineConfig) -> tuple[WrittenAnswer, ...]:
    """Every answer line of the FAQ, in the order of the files."""
    found = []
    for name, path in folder_files(config.faq_data_dir / ANSWERS):
        for number, line in numbered_lines(path):
            question, _, text = line.partition("\t")
            entity = "" if name == GENERAL else name
            found.append(
                WrittenAnswer(question.strip("[]"), entity, text.strip(), shown_path(config, path), number)
            )
    return tuple(found)


class Check(Protocol):
    """One kind of defect.

    Promises: reads only; the same knowledge base gives the same issues in the same order; every issue names a file
    and a way to mend it.
    """

    @property
    def name(self) -> str: ...

    def run(self, subject: Subject) -> Iterator[Issue]: ...
