"""The operator's files for the editor: parsed once, and again when any of them has changed."""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from chatbot.config import EngineConfig
from chatbot.errors import NotThereError
from chatbot.faq_modules.answers import GENERAL
from chatbot.faq_modules.dataset import FaqDataset, load_dataset
from chatbot.faq_modules.lines import folder_files, numbered_lines
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.loader import load_graph
from chatbot.normalization.lexicon import read_lines, read_table
from chatbot.web.admin.knowledge import (
    AttributeRow,
    EntityRow,
    EntityView,
    LexiconView,
    PlacedText,
    QuestionRow,
    QuestionView,
)
from chatbot.web.admin.values import Corpus

_TABLES = ("attribute_synonyms.txt", "entity_aliases.txt", "directions.txt", "units.txt")
_EXAMPLES = 4
_ALIKE = 55.0


@dataclass(frozen=True)
class _Corpus:
    dataset: FaqDataset
    answers: dict[str, tuple[PlacedText, ...]]


class _Snapshot:
    """All files at one moment; each part is read when first asked for."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config

    @cached_property
    def corpora(self) -> dict[Corpus, _Corpus]:
        config = self._config
        found: dict[Corpus, _Corpus] = {
            "faq": _read_corpus(config.faq_data_dir, config.faq_query_label_idx_map)
        }
        if config.chitchat_data_dir:
            found["talk"] = _read_corpus(config.chitchat_data_dir, None)
        return found

    @cached_property
    def graph(self) -> KnowledgeGraph:
        return load_graph(self._config.knowledge_graph_data_dir)

    @cached_property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """Leaf attributes by their joined path."""
        return {"/".join(path): path for path, node in self.graph.tree.items() if path and node.is_leaf}

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """What the type-ahead chooses from, by kind."""
        words = {word for entity in self.graph.entities for word in entity.keywords}
        return {
            "question": [one.text for one in self.corpora["faq"].dataset.questions],
            "talk": [one.text for one in self.corpora["talk"].dataset.questions]
            if "talk" in self.corpora
            else [],
            "entity": [GENERAL, *(entity.name for entity in self.graph.entities), *sorted(words)],
            "attribute": list(self.paths),
        }


class FileLibrary:
    """A ``Library`` over the files that ``config`` names."""

    def __init__(self, config: EngineConfig) -> None:
        self._config, self._lock = config, threading.Lock()
        self._stamp: tuple[int, int] = (0, 0)
        self._snapshot = _Snapshot(config)

    def questions(self, search: str = "") -> Sequence[QuestionRow]:
        """Those that hold ``search`` in themselves or in a paraphrase."""
        wanted, found = search.casefold(), []
        for name, corpus in self._now().corpora.items():
            said: dict[int, list[str]] = {}
            for paraphrase in corpus.dataset.paraphrases:
                said.setdefault(paraphrase.label, []).append(paraphrase.text)
            for question in corpus.dataset.questions:
                texts = said.get(question.label, [])
                if any(wanted in text.casefold() for text in (question.text, *texts)):
                    answers = len(corpus.answers.get(question.text, ()))
                    found.append(QuestionRow(name, question.label, question.text, len(texts), answers))
        return found

    def question(self, corpus: Corpus, label: int) -> QuestionView:
        """As promised."""
        held = self._now().corpora.get(corpus)
        found = held.dataset.by_label.get(label) if held else None
        if held is None or found is None:
            raise NotThereError(f"没有编号 {label} 的标准问 → 可能刚被删掉，回到列表再找")
        said = tuple(
            PlacedText(one.text, one.file, one.line) for one in held.dataset.paraphrases if one.label == label
        )
        answers = held.answers.get(found.text, ())
        return QuestionView(QuestionRow(corpus, label, found.text, len(said), len(answers)), said, answers)

    def entities(self, search: str = "") -> Sequence[EntityRow]:
        """Those with ``search`` in their name."""
        wanted = search.casefold().split()
        return [
            EntityRow(entity.name, entity.keywords, len(entity.leaves), entity.file)
            for entity in self._now().graph.entities
            if all(word in entity.name.casefold() for word in wanted)
        ]

    def entity(self, name: str) -> EntityView:
        """As promised."""
        for entity in self._now().graph.entities:
            if entity.name == name:
                row = EntityRow(entity.name, entity.keywords, len(entity.leaves), entity.file)
                return EntityView(row, tuple(entity.leaves.items()))
        raise NotThereError(f"图谱里没有“{name}” → 回到列表再找")

    def attributes(self) -> Sequence[AttributeRow]:
        """As promised, depth first."""
        graph = self._now().graph
        folder = self._config.lexicon_dir
        synonyms = read_table(folder / "attribute_synonyms.txt") if folder else {}
        values: dict[tuple[str, ...], dict[str, None]] = {}
        for entity in graph.entities:
            for path, value in entity.leaves.items():
                values.setdefault(path, {}).setdefault(value[:40])

        def below(path: tuple[str, ...]) -> Iterator[AttributeRow]:
            for child in graph.tree[path].children:
                node = graph.tree[child]
                examples = tuple(values.get(child, {}))[:_EXAMPLES]
                known = synonyms.get(child[-1], ()) or synonyms.get(node.name, ())
                yield AttributeRow(
                    "/".join(child), child[-1], len(child), node.is_leaf, node.count, examples, known
                )
                yield from below(child)

        return list(below(()))

    def path(self, joined: str) -> tuple[str, ...]:
        """As promised: names may hold a ``/`` themselves."""
        known = self._now().paths.get(joined)
        return known or tuple(part.strip() for part in joined.split("/") if part.strip())

    def lexicons(self) -> Sequence[LexiconView]:
        """The text files of the lexicon folder."""
        folder = self._config.lexicon_dir
        return [_lexicon(path) for path in sorted(folder.glob("*.txt"))] if folder else []

    def lexicon(self, file: str) -> LexiconView:
        """As promised; only names of files that are there."""
        for view in self.lexicons():
            if view.file == file:
                return view
        raise NotThereError(f"词典目录里没有 {file[:80]} → 回到列表再找")

    def suggest(self, kind: str, typed: str, limit: int = 8) -> Sequence[str]:
        """Those that hold what was typed, then those that look like it."""
        names = self._now().names.get(kind, [])
        wanted = typed.strip().casefold()
        if not wanted:
            return names[:limit]
        found = sorted((name for name in names if wanted in name.casefold()), key=len)[:limit]
        if len(found) < limit:
            alike = process.extract(
                wanted,
                names,
                scorer=fuzz.partial_ratio,
                limit=limit,
                score_cutoff=_ALIKE,
                processor=str.casefold,
            )
            found = list(dict.fromkeys([*found, *(name for name, _, _ in alike)]))
        return found[:limit]

    def _now(self) -> _Snapshot:
        stamp = self._look()
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._snapshot = stamp, _Snapshot(self._config)
            return self._snapshot

    def _look(self) -> tuple[int, int]:
        """Number of files, and a hash of their times and sizes."""
        config = self._config
        faq, talk = config.faq_data_dir, config.chitchat_data_dir
        folders = [faq / "questions", faq / "answers", config.knowledge_graph_data_dir]
        folders += [talk / "questions", talk / "answers"] if talk else []
        files = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
        stats = [(path.name, stat.st_mtime_ns, stat.st_size) for path in files if (stat := _stat(path))]
        return len(stats), hash(tuple(stats))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _read_corpus(folder: Path, label_map: Path | None) -> _Corpus:
    answers: dict[str, list[PlacedText]] = {}
    for owner, path in folder_files(folder / "answers"):
        for number, line in numbered_lines(path):
            head, tab, text = line.partition("]\t")
            if tab and head.startswith("["):
                placed = PlacedText(text.strip(), f"answers/{path.name}", number, owner)
                answers.setdefault(head[1:], []).append(placed)
    first = {
        question: sorted(found, key=lambda one: one.owner != GENERAL) for question, found in answers.items()
    }
    return _Corpus(
        load_dataset(folder, label_map), {question: tuple(found) for question, found in first.items()}
    )


def _lexicon(path: Path) -> LexiconView:
    text = path.read_bytes().decode("utf-8-sig", "replace")
    comments = [line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")]
    rows = tuple(PlacedText(row, path.name, number) for number, row in read_lines(path))
    about = comments[0] if comments else ""
    return LexiconView(path.name, "table" if path.name in _TABLES else "words", about, rows, text)
