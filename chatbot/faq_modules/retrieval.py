"""FAQ retrieval: the configured modules in order, then the choice."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.choice import choose
from chatbot.faq_modules.context import ModuleContext, build_modules
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, load_dataset
from chatbot.faq_modules.features import Features, read_features
from chatbot.normalization.text import normalize

DEFAULT_MODULES = ("feature_vector_faq_match", "fuzzy_closest_faq_match")


class FaqRetriever:
    """Standard questions for an utterance. Immutable, and safe to call from several threads."""

    def __init__(self, corpus: Corpus, modules: Sequence[Matcher], version: str) -> None:
        self._corpus, self._modules, self._version = corpus, tuple(modules), version

    @property
    def version(self) -> str:
        """Names the data and the encoder that answer."""
        return self._version

    @property
    def questions(self) -> tuple[str, ...]:
        """The standard questions, in the order of the map."""
        return self._corpus.questions

    def retrieve(self, utterance: str, k: int = 10) -> tuple[FaqCandidate, ...]:
        """At most ``k`` candidates, best first; ``confidence`` is the probability that it is what was asked."""
        text = normalize(utterance)
        found = [candidate for module in self._modules for candidate in module.match(text, k)]
        return choose(found, k)


def build_retriever(
    dataset: FaqDataset,
    encoder: Encoder,
    *,
    modules: Sequence[str] = DEFAULT_MODULES,
    features: Features | None = None,
) -> FaqRetriever:
    """A retriever over ``dataset``; paraphrases that are not in ``features`` are encoded here.

    Raises:
        ConfigError: A module name that is not known.
    """
    corpus = build_corpus(dataset)
    context = ModuleContext(dataset, corpus, encoder, _vectors(corpus, encoder, features))
    return FaqRetriever(corpus, build_modules(modules, context), f"{corpus.version}-{encoder.fingerprint}")


def _vectors(corpus: Corpus, encoder: Encoder, features: Features | None) -> NDArray[np.float32]:
    """One row a text of ``corpus``: from ``features`` where it is there, else encoded now (a standard question
    itself, or a paraphrase written since the index was built; ``rebuild-index --check`` counts those)."""
    if features is None:
        return encoder.encode(corpus.texts)
    place_of = {text: place for place, text in enumerate(features.texts)}
    places = np.fromiter((place_of.get(text, -1) for text in corpus.originals), dtype=np.int64)
    missing = np.flatnonzero(places < 0)
    vectors = np.empty((len(corpus.texts), encoder.dimension), dtype=np.float32)
    known = places >= 0
    vectors[known] = features.vectors[places[known]]
    if len(missing):
        vectors[missing] = encoder.encode([corpus.texts[place] for place in missing.tolist()])
    return vectors


def open_retriever(
    folder: Path,
    encoder: Encoder,
    *,
    label_map: Path | None = None,
    features: Path | None = None,
    modules: Sequence[str] = DEFAULT_MODULES,
) -> FaqRetriever:
    """The retriever of the FAQ in ``folder``, with the vectors of the file ``features`` where one is named.

    Raises:
        DataError: The folder or the features are not what the contract says.
        StaleIndexError: The features were made by another encoder.
        ConfigError: A module name that is not known.
    """
    dataset = load_dataset(folder, label_map)
    known = read_features(features, encoder.fingerprint) if features else None
    return build_retriever(dataset, encoder, modules=modules, features=known)
