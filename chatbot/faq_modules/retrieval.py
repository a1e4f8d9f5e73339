"""FAQ retrieval: the configured modules in order, then the choice."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.base import FaqCandidate, QuestionScores
from chatbot.faq_modules.choice import PRIOR, Choice, ChoiceModel
from chatbot.faq_modules.class_evidence import ClassEvidence, Dual, fit_dual, fits, may_fit, text_features
from chatbot.faq_modules.context import ModuleContext, Settings, build_modules
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset
from chatbot.faq_modules.large.candidates import CandidateReader
from chatbot.faq_modules.large.index import LargeIndex
from chatbot.faq_modules.large.modules import build_scorers
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.question_index import QuestionIndex
from chatbot.faq_modules.respelling import Respeller
from chatbot.faq_modules.restoring import RIGHT, Restorer
from chatbot.faq_modules.signals import SignalReader, SignalTable
from chatbot.frozen import dataclass
from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.text import has_content, normalize

DEFAULT_MODULES = ("feature_vector_faq_match", "fuzzy_closest_faq_match")
OWN_MODULE = "closest_choice"
DOUBTFUL = 0.6  # below it a slip is looked for: a question read aright is seldom so unlike all paraphrases
LATER = 0.87
"""How probable a way to read initials is, against the one before it: some way far down says by chance what is asked often."""


@dataclass(frozen=True)
class FaqIndex:
    """Everything a retriever stands on: the texts, and what was computed from them offline."""

    corpus: Corpus
    vectors: NDArray[np.float32]
    questions: QuestionIndex
    evidence: ClassEvidence | None
    choice: ChoiceModel = PRIOR

    @property
    def version(self) -> str:
        """Names the texts."""
        return self.corpus.version


class Reader(Protocol):
    """Reads the signals of a corpus: of every standard question, or of those that an utterance can mean."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the table."""

    def read(self, text: str) -> tuple[SignalTable, tuple[QuestionScores, ...]]:
        """The signals for a normalised ``text``, and the scores of each module, in the rows of the table."""

    def without_modules(self, text: str) -> SignalTable | None:
        """The same with every module's signal at 1, none of them asked; ``None`` where only they find the rows."""

    def knows(self, text: str) -> bool:
        """Whether a normalised ``text`` is a paraphrase word for word."""


class FaqRetriever:
    """Standard questions for an utterance. Immutable, and safe to call from several threads."""

    def __init__(
        self,
        corpus: Corpus,
        reader: Reader,
        choice: ChoiceModel,
        modules: Sequence[str],
        version: str,
        *,
        respells: bool = True,
    ) -> None:
        self._corpus, self._reader, self._version = corpus, reader, version
        self._modules = tuple(modules)
        self._latin = LatinDecoder(corpus.texts)
        self._respeller = Respeller(self._latin.model) if respells else None
        self._restorer = Restorer(self._latin.model)
        self._choice = Choice(choice, reader.names)

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
        return self.retrieve_heard(self.heard(utterance), k)

    def retrieve_heard(self, text: str, k: int = 10) -> tuple[FaqCandidate, ...]:
        """The same for what ``heard`` made of an utterance."""
        if not has_content(text):
            return ()
        read = self._read(text, k)
        owner_of, as_read = read.table.owners.item, read.text if read.text != text else ""
        return tuple(
            [
                self._candidate(row, owner_of(row), confidence, read.found, as_read)
                for confidence, row in read.likely
            ]
        )

    def knows(self, utterance: str) -> bool:
        """Whether it is a paraphrase word for word, courtesies aside."""
        return self._reader.knows(self.heard(utterance))

    def may_reach(self, text: str, confidence: float) -> bool:
        """Whether the best candidate for what was ``heard`` may have ``confidence``: a bound, at a third of the cost.

        False is certain; true only says to look.
        """
        if not has_content(text):
            return False
        ways = self._latin.decodings(text)
        table = self._reader.without_modules(text) if ways == (text,) else None
        if table is None or self._choice.at_most(table) >= confidence:
            return True
        if self._respeller is None:
            return False
        meant = self._respeller.respelled(text) != text
        return meant or (confidence <= RIGHT and self._restorer.restored(text) != text)

    def signals(self, utterance: str) -> tuple[SignalTable, NDArray[np.float32]]:
        """All signals for ``utterance`` and the probabilities they give: for fitting, measuring and explaining."""
        read = self._read(self.heard(utterance))
        return read.table, self._choice.probabilities(read.table) * np.float32(read.right)

    def heard(self, utterance: str) -> str:
        """What of ``utterance`` is searched for: normalised, without courtesies unless a paraphrase has them too."""
        text = normalize(utterance)
        asked = without_courtesies(text)
        return text if asked == text or self._reader.knows(text) else asked

    def _read(self, text: str, k: int = 1) -> "_Reading":
        """``text`` as ``heard``: its pinyin, and where all is doubtful a slip of it or what it may lack, read so that
        the most probable question is found."""
        ways = enumerate(self._latin.decodings(text))
        read = max(
            [self._as(way, k, LATER**place) for place, way in ways], key=_surest
        )  # of equals the first
        if self._respeller is None or _surest(read) >= DOUBTFUL:
            return read
        meant = self._respeller.respelled(read.text)
        if meant != read.text:
            read = max(read, self._as(meant, k, read.right), key=_surest)
        whole = text if _surest(read) >= DOUBTFUL else self._restorer.restored(text)
        return read if whole == text else max(read, self._as(whole, k, RIGHT), key=_surest)

    def _as(self, text: str, k: int, right: float = 1.0) -> "_Reading":
        table, found = self._reader.read(text)
        likely = self._choice.likely(table, k)
        if right < 1:
            likely = [(confidence * right, row) for confidence, row in likely]
        return _Reading(text, table, found, likely, right)

    def _candidate(
        self,
        row: int,
        owner: int,
        confidence: float,
        found: Sequence[QuestionScores],
        read_as: str,
    ) -> FaqCandidate:
        question, label = self._corpus.questions[owner], self._corpus.labels[owner]
        scores = [one.values.item(row) for one in found]
        highest = max(scores)
        for one, score, module in zip(found, scores, self._modules, strict=True):
            if score == highest and (matched := one.matched(row)) is not None:
                score = min(max(score, 0.0), 1.0)
                return FaqCandidate(label, question, matched, score, module, confidence, read_as)
        return FaqCandidate(label, question, question, 0.0, OWN_MODULE, confidence, read_as)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way of reading a question: its signals, the scores of each module, and the likeliest rows; ``right`` is how
    probable the way itself is."""

    text: str
    table: SignalTable
    found: tuple[QuestionScores, ...]
    likely: list[tuple[float, int]]
    right: float = 1.0


def _surest(read: _Reading) -> float:
    return read.likely[0][0] if read.likely else 0.0


AnyIndex = FaqIndex | LargeIndex


def build_index(
    corpus: Corpus,
    vectors: NDArray[np.float32],
    choice: ChoiceModel = PRIOR,
    dual: Dual | None = None,
    *,
    classified: bool | None = None,
) -> FaqIndex:
    """The index over ``corpus``, whose texts have ``vectors`` (texts, dimension).

    ``dual`` is what an earlier build of the same corpus fitted; without it, it is fitted here. ``classified`` says whether
    there is class evidence, where not the number of paraphrases is to say it.
    """
    size = len(corpus.questions)
    evidence = None
    if may_fit(len(corpus.texts), size) if classified is None else classified:
        features = text_features(corpus.texts, corpus.owners, size)
        if fits(features, size):
            evidence = ClassEvidence(
                fit_dual(features, corpus.owners, size) if dual is None else dual, features
            )
    questions = QuestionIndex(corpus.texts, corpus.owners, size)
    return FaqIndex(corpus, vectors, questions, evidence, choice)


def make_retriever(
    index: AnyIndex,
    encoder: Encoder,
    *,
    modules: Sequence[str] = DEFAULT_MODULES,
    settings: Mapping[str, Settings] | None = None,
    version: str = "",
    respells: bool = True,
) -> FaqRetriever:
    """The retriever over ``index``; ``settings`` are the modules' own, by module name.

    ``respells``: a doubtful question is also read as what it sounds like, and with what it may lack.

    Raises:
        ConfigError: A module name that is not known.
    """
    reader: Reader
    if isinstance(index, LargeIndex):
        scorers = build_scorers(modules, index, encoder, settings or {})
        reader = CandidateReader(index, encoder, scorers, index.choice.scope)
        names = [scorer.name for scorer in scorers]
        respells = False  # the bigrams are those of the first texts only: it would doubt what others say
    else:
        context = ModuleContext(index.corpus, encoder, index.vectors, index.questions)
        built = build_modules(modules, context, settings or {})
        reader = SignalReader(index.corpus, index.questions, index.evidence, built, index.choice.scope)
        names = [module.name for module in built]
    version = version or f"{index.version}-{encoder.fingerprint}"
    return FaqRetriever(index.corpus, reader, index.choice, names, version, respells=respells)


def build_retriever(
    dataset: FaqDataset, encoder: Encoder, *, modules: Sequence[str] = DEFAULT_MODULES
) -> FaqRetriever:
    """A retriever over ``dataset``, everything computed here.

    Raises:
        ConfigError: A module name that is not known.
    """
    corpus = build_corpus(dataset)
    return make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder, modules=modules)
