"""FAQ retrieval: the configured modules in order, then the choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.base import FaqCandidate, Matcher
from chatbot.faq_modules.choice import PRIOR, Choice, ChoiceModel
from chatbot.faq_modules.class_evidence import ClassEvidence, Dual, fit_dual, fits
from chatbot.faq_modules.context import ModuleContext, Settings, build_modules
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.lexical import LexicalIndex, build_lexical
from chatbot.faq_modules.signals import OWN_MODULE, SignalReader, SignalTable
from chatbot.normalization.text import content, normalize

DEFAULT_MODULES = ("feature_vector_faq_match", "fuzzy_closest_faq_match")
CANDIDATES = 12


@dataclass(frozen=True)
class FaqIndex:
    """Everything a retriever stands on: the texts, and what was computed from them offline."""

    corpus: Corpus
    vectors: NDArray[np.float32]
    lexical: LexicalIndex
    evidence: ClassEvidence | None
    choice: ChoiceModel = PRIOR


class FaqRetriever:
    """Standard questions for an utterance. Immutable, and safe to call from several threads."""

    def __init__(self, index: FaqIndex, modules: Sequence[Matcher], version: str) -> None:
        self._corpus, self._modules, self._version = index.corpus, tuple(modules), version
        names = tuple(module.name for module in modules)
        self._reader = SignalReader(index.corpus, index.lexical, index.evidence, names)
        self._latin = LatinDecoder(index.corpus.texts)
        self._choice = Choice(index.choice, self._reader.names)

    @property
    def version(self) -> str:
        """Names the data and the encoder that answer."""
        return self._version

    @property
    def questions(self) -> tuple[str, ...]:
        """The standard questions, in the order of the map."""
        return self._corpus.questions

    @property
    def corpus(self) -> Corpus:
        """The texts it searches."""
        return self._corpus

    @property
    def signal_names(self) -> tuple[str, ...]:
        """The columns of ``signals``."""
        return self._reader.names

    @property
    def choice(self) -> ChoiceModel:
        """The weights and thresholds it goes by."""
        return self._choice.model

    def retrieve(self, utterance: str, k: int = 10) -> tuple[FaqCandidate, ...]:
        """At most ``k`` candidates, best first; ``confidence`` is the probability that it is what was asked.

        Nothing for an utterance without a letter, a digit or a Chinese character.
        """
        text = self._latin.decode(normalize(utterance))
        if not content(text):
            return ()
        found = self._found(text, max(k, CANDIDATES))
        table = self._reader.read(text, found)
        probabilities = self._choice.probabilities(table)
        order = sorted(range(len(table.owners)), key=lambda i: (-probabilities[i], i))[:k]
        proposed: dict[int, FaqCandidate] = {}
        for one in chain.from_iterable(found):
            if one.label not in proposed or one.score > proposed[one.label].score:
                proposed[one.label] = one
        return tuple(self._candidate(table, i, float(probabilities[i]), proposed) for i in order)

    def signals(self, utterance: str) -> tuple[SignalTable, NDArray[np.float64]]:
        """All signals for ``utterance`` and the probabilities they give: for fitting, measuring and explaining."""
        text = self._latin.decode(normalize(utterance))
        table = self._reader.read(text, self._found(text, CANDIDATES))
        return table, self._choice.probabilities(table)

    def _found(self, text: str, k: int) -> list[Sequence[FaqCandidate]]:
        return [module.match(text, k) for module in self._modules]

    def _candidate(
        self, table: SignalTable, place: int, confidence: float, proposed: Mapping[int, FaqCandidate]
    ) -> FaqCandidate:
        corpus, owner = self._corpus, int(table.owners[place])
        label = corpus.labels[owner]
        if best := proposed.get(label):
            return FaqCandidate(label, best.question, best.matched, best.score, best.module, confidence)
        matched = corpus.originals[int(table.matched[place])]
        score = float(table.values[place, self._reader.cosine])
        return FaqCandidate(label, corpus.questions[owner], matched, score, OWN_MODULE, confidence)


def build_index(
    corpus: Corpus, vectors: NDArray[np.float32], choice: ChoiceModel = PRIOR, dual: Dual | None = None
) -> FaqIndex:
    """The index over ``corpus``, whose texts have ``vectors`` (texts, dimension).

    ``dual`` is what an earlier build of the same corpus fitted; without it, it is fitted here.
    """
    lexical, questions = build_lexical(corpus.texts), len(corpus.questions)
    evidence = None
    if fits(lexical, questions):
        dual = fit_dual(lexical, corpus.owners, questions) if dual is None else dual
        evidence = ClassEvidence(dual, lexical)
    return FaqIndex(corpus, vectors, lexical, evidence, choice)


def make_retriever(
    index: FaqIndex,
    encoder: Encoder,
    *,
    modules: Sequence[str] = DEFAULT_MODULES,
    settings: Mapping[str, Settings] | None = None,
    version: str = "",
) -> FaqRetriever:
    """The retriever over ``index``; ``settings`` are the modules' own, by module name.

    Raises:
        ConfigError: A module name that is not known.
    """
    context = ModuleContext(index.corpus, encoder, index.vectors, index.lexical)
    built = build_modules(modules, context, settings or {})
    return FaqRetriever(index, built, version or f"{index.corpus.version}-{encoder.fingerprint}")


def build_retriever(
    dataset: FaqDataset, encoder: Encoder, *, modules: Sequence[str] = DEFAULT_MODULES
) -> FaqRetriever:
    """A retriever over ``dataset``, everything computed here.

    Raises:
        ConfigError: A module name that is not known.
    """
    corpus = build_corpus(dataset)
    return make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder, modules=modules)
