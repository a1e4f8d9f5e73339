"""FAQ retrieval: the configured modules in order, then the choice."""

from collections.abc import Sequence
from pathlib import Path

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.choice import choose
from chatbot.faq_modules.context import ModuleContext, build_modules
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, load_dataset
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
    dataset: FaqDataset, encoder: Encoder, *, modules: Sequence[str] = DEFAULT_MODULES
) -> FaqRetriever:
    """A retriever over ``dataset``, its features computed here.

    Raises:
        ConfigError: A module name that is not known.
    """
    corpus = build_corpus(dataset)
    context = ModuleContext(dataset, corpus, encoder, encoder.encode(corpus.texts))
    return FaqRetriever(corpus, build_modules(modules, context), f"{corpus.version}-{encoder.fingerprint}")


def open_retriever(
    folder: Path,
    encoder: Encoder,
    *,
    label_map: Path | None = None,
    features: Path | None = None,
    modules: Sequence[str] = DEFAULT_MODULES,
) -> FaqRetriever:
    """The retriever of the FAQ in ``folder``.

    Raises:
        DataError: The folder is not what the contract says.
        ConfigError: A module name that is not known.
    """
    return build_retriever(load_dataset(folder, label_map), encoder, modules=modules)
