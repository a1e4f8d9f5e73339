"""One version of everything the chatbot knows, as the dialogue sees it."""

from collections.abc import Sequence
from typing import Protocol

from chatbot.answering.type_ahead import LazyTypeAhead
from chatbot.faq_modules.base import FaqCandidate
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.intent import PhraseIntent
from chatbot.normalization.intent_model import IntentRecogniser
from chatbot.normalization.reader import Reader
from chatbot.planning.planner import Planner


class AuthoredAnswer(Protocol):
    """The words an operator wrote, and the file and line they stand in."""

    @property
    def text(self) -> str: ...

    @property
    def file(self) -> str: ...


class Answers(Protocol):
    """Who answers what: ``answers/<entity>`` first, then ``answers/通用``."""

    def answer_for(self, question: str, entity: str | None) -> AuthoredAnswer | None: ...

    def entities_answering(self, question: str) -> Sequence[str]: ...


class Retriever(Protocol):
    """Standard questions for an utterance, best first, with calibrated ``confidence``."""

    def retrieve(self, utterance: str, k: int = 10) -> tuple[FaqCandidate, ...]: ...

    def knows(self, utterance: str) -> bool:
        """Whether it is a paraphrase word for word, courtesies aside."""

    def may_reach(self, utterance: str, confidence: float) -> bool:
        """Whether the best of them may have ``confidence``; false is certain, and costs less than to look."""


class Related(Protocol):
    """Standard questions that whoever asked ``question`` may want to ask next; at most ``most``, nearest first."""

    def __call__(self, question: str, most: int) -> tuple[str, ...]: ...


def nothing_related(question: str, most: int) -> tuple[str, ...]:
    """Without an FAQ nothing is near anything."""
    return ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Immutable: a new version is a new object, and a turn uses the one it started with."""

    version: str
    graph: KnowledgeGraph
    reader: Reader
    planner: Planner
    faq: Retriever
    answers: Answers
    small_talk: Retriever
    small_talk_answers: Answers
    handoff: PhraseIntent
    cancel: PhraseIntent
    examples: tuple[str, ...]
    type_ahead: LazyTypeAhead | None = None
    intents: IntentRecogniser | None = None
    related: Related = nothing_related
