"""The fitted part of a rebuild: when to fit anew, on what, and publishing the two files that say so."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.encoders.base import Encoder
from chatbot.faq_modules.choice import ChoiceModel
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE, choice_json, dual_bytes, read_choice
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, labels_of, load_csv, load_dataset
from chatbot.faq_modules.large.index import LargeIndex
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, AnyIndex, FaqIndex, build_index
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.lexicon import load_lexicon, read_lines
from chatbot.normalization.text import normalize
from tools.index.fit import ENOUGH, TARGETS, FitData, Labelled, basis, fit_choice, too_few
from tools.index.graph_questions import graph_questions

DEVELOPMENT, NEGATIVES = "dev.csv", "out_of_scope.txt"
KEPT_CHANGES = 0.01
SOME_QUESTIONS = 300


@dataclass(frozen=True, slots=True)
class FittedChoice:
    """A choice and what was done for it: ``fitted``, ``kept``, or ``prior`` where there is too little to fit on."""

    model: ChoiceModel
    how: str
    index: AnyIndex


def choose_for(
    config: EngineConfig,
    dataset: FaqDataset,
    encoder: Encoder,
    index: AnyIndex,
    *,
    graph: KnowledgeGraph | None = None,
    changed: float = 1.0,
    target: float | None = None,
) -> FittedChoice:
    """The choice for ``dataset``, over which ``index`` is built, beside ``graph``.

    It is fitted anew unless nothing it depends on has changed, or nothing but at most ``KEPT_CHANGES`` of the paraphrases
    (``changed``, a share).

    Raises:
        DataError: ``dev.csv``, the small talk or ``out_of_scope.txt`` is faulty.
    """
    if isinstance(index, LargeIndex) and not _enough(config, dataset, index.corpus):
        return FittedChoice(too_few(0), "prior", index)  # what it would be fitted on need not be made
    data = fit_data(config, dataset, index.corpus, graph=graph, target=target)
    now = basis(index.version, encoder, config.faq_modules, data)
    old = _published(config.faq_data_dir)
    if old and (old.basis == now or (changed <= KEPT_CHANGES and _but_texts(old.basis) == _but_texts(now))):
        return FittedChoice(old, "kept", index)
    model = fit_choice(index, encoder, config.faq_modules, data)
    return FittedChoice(model, "prior" if model.origin.startswith("prior") else "fitted", index)


def choose_small_talk(config: EngineConfig, encoder: Encoder) -> FittedChoice | None:
    """The choice for the small talk, so that 车标是谁设计的 is not taken for 谁开发的你; ``None`` where all is as it was.

    It is fitted on its own paraphrases and on what is no small talk: ``out_of_scope.txt``, or without it some of the FAQ.

    Raises:
        DataError: the small talk or ``out_of_scope.txt`` is faulty.
    """
    folder = config.chitchat_data_dir
    if folder is None:
        return None
    corpus = build_corpus(load_dataset(folder))
    negatives = read_lines(config.lexicon_dir / NEGATIVES) if config.lexicon_dir else []
    data = FitData(negatives=tuple(text for _, text in negatives) or _some_questions(config))
    old = _published(folder)
    if old and old.basis == basis(corpus.version, encoder, DEFAULT_MODULES, data):
        return None
    index = build_index(corpus, encoder.encode(corpus.texts))
    model = fit_choice(index, encoder, DEFAULT_MODULES, data)
    return FittedChoice(model, "prior" if model.origin.startswith("prior") else "fitted", index)


def _some_questions(config: EngineConfig) -> tuple[str, ...]:
    paraphrases = load_dataset(config.faq_data_dir, config.faq_query_label_idx_map).paraphrases
    return tuple(one.text for one in paraphrases[:: max(1, len(paraphrases) // SOME_QUESTIONS)])


def _but_texts(basis: str) -> str:
    return basis.rpartition("-")[2]


def fit_data(
    config: EngineConfig,
    dataset: FaqDataset,
    corpus: Corpus,
    *,
    graph: KnowledgeGraph | None = None,
    target: float | None = None,
) -> FitData:
    """``dev.csv`` beside the questions, ``out_of_scope.txt`` of the lexicons, the small talk, questions for the graph."""
    talk = config.chitchat_data_dir
    negatives = read_lines(config.lexicon_dir / NEGATIVES) if config.lexicon_dir else []
    return FitData(
        development=_development(config.faq_data_dir / DEVELOPMENT, dataset, corpus),
        negatives=tuple(text for _, text in negatives),
        small_talk=tuple(p.text for p in load_dataset(talk).paraphrases) if talk else (),
        graph=graph_questions(graph, load_lexicon(config.lexicon_dir).attribute_synonyms) if graph else (),
        targets=tuple(sorted({*TARGETS, target})) if target is not None else TARGETS,
    )


def _enough(config: EngineConfig, dataset: FaqDataset, corpus: Corpus) -> bool:
    return len(_development(config.faq_data_dir / DEVELOPMENT, dataset, corpus)) >= ENOUGH


def _development(path: Path, dataset: FaqDataset, corpus: Corpus) -> Sequence[Labelled]:
    if not path.is_file():
        return ()
    rows = load_csv(path)
    place = {label: owner for owner, label in enumerate(corpus.labels)}
    labels = labels_of(rows, dataset, path)
    indexed = set(corpus.texts)  # a question that the index has word for word teaches the choice nothing
    return tuple(
        Labelled(row.text, place[label])
        for row, label in zip(rows, labels, strict=True)
        if normalize(row.text) not in indexed
    )


def _published(folder: Path) -> ChoiceModel | None:
    path = folder / CHOICE_FILE
    return read_choice(path) if path.is_file() else None


def publish_choice(found: FittedChoice, folder: Path) -> None:
    """Puts the choice, and the classifier where there is one, into ``folder``, each by one rename.

    Raises:
        OSError: the disk does not take it; what was there stays.
    """
    if found.how == "prior":
        return
    if isinstance(found.index, FaqIndex) and found.index.evidence is not None:
        replace_file(folder / EVIDENCE_FILE, dual_bytes(found.index.evidence.dual, found.index.corpus))
    if found.how == "fitted":
        replace_file(folder / CHOICE_FILE, choice_json(found.model).encode())


def replace_file(path: Path, data: bytes) -> None:
    """``path`` with the contents ``data``, on the disk, by one rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
