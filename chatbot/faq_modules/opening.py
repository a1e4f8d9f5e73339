"""Opening the retriever of a FAQ folder from its files."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.errors import DataError
from chatbot.faq_modules.choice import PRIOR
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE, read_choice, read_dual
from chatbot.faq_modules.class_evidence import Dual
from chatbot.faq_modules.context import Settings
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import MAP_FILE, FaqDataset, StandardQuestion, load_dataset, load_label_map
from chatbot.faq_modules.features import Features, check_encoder, read_features
from chatbot.faq_modules.large.files import index_folder, open_index
from chatbot.faq_modules.large.index import LargeIndex, build_large_index, is_large
from chatbot.faq_modules.retrieval import (
    DEFAULT_MODULES,
    AnyIndex,
    FaqRetriever,
    build_index,
    make_retriever,
)

_LOG = logging.getLogger("chatbot.faq")


def open_retriever(
    folder: Path,
    encoder: Encoder,
    *,
    label_map: Path | None = None,
    dataset: FaqDataset | None = None,
    features: Path | None = None,
    modules: Sequence[str] = DEFAULT_MODULES,
    settings: Mapping[str, Settings] | None = None,
    respells: bool = True,
) -> FaqRetriever:
    """The retriever of the FAQ in ``folder``, with the vectors of the file ``features`` where one is named.

    ``dataset`` is the folder already read. ``respells``: a doubtful question is also read as what it may mean.

    The choice is the one that ``rebuild-index`` fitted and left in ``folder``; without it, the prior one.

    Raises:
        DataError: The folder, the features or the fitted choice are not what they should be.
        StaleIndexError: The features were made by another encoder.
        ConfigError: A module name that is not known.
    """
    choice = read_choice(folder / CHOICE_FILE) if (folder / CHOICE_FILE).is_file() else PRIOR
    index: AnyIndex | None = None
    if features:
        questions = dataset.questions if dataset else load_label_map(label_map or folder / MAP_FILE)
        index = published_index(features, encoder.fingerprint, questions)
    if index is None:
        corpus = build_corpus(dataset or load_dataset(folder, label_map))
        known = read_features(features, encoder.fingerprint) if features else None
        vectors = corpus_vectors(corpus, encoder, known)
        index = build_any_index(corpus, vectors, encoder, read_dual(folder / EVIDENCE_FILE, corpus))
    chosen = replace(index, choice=choice)
    return make_retriever(chosen, encoder, modules=modules, settings=settings, respells=respells)


def published_index(
    features: Path, fingerprint: str, questions: Sequence[StandardQuestion]
) -> LargeIndex | None:
    """The large index that ``rebuild-index`` made of the very file ``features``, mapped from the disk.

    ``None`` where there is none that can be used: the FAQ is not so large, its standard questions are no longer those of
    the index, or the index is damaged; the last two are logged.

    Raises:
        DataError: ``features`` cannot be read.
        StaleIndexError: It was made by another encoder.
    """
    folder = index_folder(features)
    if not folder.is_dir():
        return None
    check_encoder(features, fingerprint)
    try:
        index = open_index(folder)
    except DataError as error:
        _LOG.warning("%s；现在在内存里重建，比打开慢得多", error)
        return None
    wanted = [(question.text, question.label) for question in questions]
    if wanted != list(zip(index.corpus.questions, index.corpus.labels, strict=True)):
        _LOG.warning("%s: 标准问或编号已改动；现在在内存里重建 → 运行 rebuild-index", folder)
        return None
    plan = index.search.plan
    _LOG.info(
        "%s: %d paraphrases in %d lists, %d read, recall@1 %.3f",
        *(folder, len(index.texts), plan.lists, plan.probes, plan.recall_at_1),
    )
    return index


def build_any_index(
    corpus: Corpus, vectors: NDArray[np.float32], encoder: Encoder, dual: Dual | None = None
) -> AnyIndex:
    """The index over ``corpus``: exact, or by candidates where it is large."""
    if is_large(len(corpus.texts)):
        return build_large_index(corpus, vectors, encoder)
    return build_index(corpus, vectors, dual=dual)


def corpus_vectors(corpus: Corpus, encoder: Encoder, features: Features | None) -> NDArray[np.float32]:
    """One row a text of ``corpus``: from ``features`` where it is there, else encoded now.

    That is a standard question itself, or a paraphrase written since the index was built; ``rebuild-index --check``
    counts those.
    """
    if features is None:
        return encoder.encode(corpus.texts)
    place_of = {text: place for place, text in enumerate(features.texts)}
    places = np.fromiter((place_of.get(text, -1) for text in corpus.originals), dtype=np.int64)
    vectors = np.empty((len(corpus.texts), encoder.dimension), dtype=np.float32)
    known = places >= 0
    vectors[known] = features.vectors[places[known]]
    missing = np.flatnonzero(~known).tolist()
    if missing:
        vectors[missing] = encoder.encode([corpus.texts[place] for place in missing])
    return vectors
