"""Opening the retriever of a FAQ folder from its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.choice import PRIOR
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE, read_choice, read_dual
from chatbot.faq_modules.context import Settings
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, load_dataset
from chatbot.faq_modules.features import Features, read_features
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, FaqRetriever, build_index, make_retriever


def open_retriever(
    folder: Path,
    encoder: Encoder,
    *,
    label_map: Path | None = None,
    dataset: FaqDataset | None = None,
    features: Path | None = None,
    modules: Sequence[str] = DEFAULT_MODULES,
    settings: Mapping[str, Settings] | None = None,
) -> FaqRetriever:
    """The retriever of the FAQ in ``folder``, with the vectors of the file ``features`` where one is named.

    ``dataset`` is the folder already read.

    The choice is the one that ``rebuild-index`` fitted and left in ``folder``; without it, the prior one.

    Raises:
        DataError: The folder, the features or the fitted choice are not what they should be.
        StaleIndexError: The features were made by another encoder.
        ConfigError: A module name that is not known.
    """
    corpus = build_corpus(dataset or load_dataset(folder, label_map))
    known = read_features(features, encoder.fingerprint) if features else None
    choice = read_choice(folder / CHOICE_FILE) if (folder / CHOICE_FILE).is_file() else PRIOR
    dual = read_dual(folder / EVIDENCE_FILE, corpus)
    index = build_index(corpus, corpus_vectors(corpus, encoder, known), choice, dual)
    return make_retriever(index, encoder, modules=modules, settings=settings)


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
