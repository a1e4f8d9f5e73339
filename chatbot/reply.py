"""What goes into a turn and what comes out: the public shapes of the contract as frozen dataclasses."""

from typing import Literal

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Plan

AnswerType = Literal["answer", "clarify", "recommend", "chitchat", "handoff", "fallback"]
AnswerSource = Literal["faq", "kg", "chitchat", "guide", "none"]


@dataclass(frozen=True, slots=True)
class Message:
    """One validated user message. ``rows_limit`` is how many table rows the reply may hold (1-1000).

    ``picture`` is base64; it is looked at before the dialogue, which never sees it.
    """

    sent: str
    session_id: str
    trace_id: str
    rows_limit: int = 20
    picture: str = ""


@dataclass(frozen=True, slots=True)
class FaqEvidence:
    """The paraphrase that matched and the file the answer stands in."""

    question: str
    label: int
    matched: str
    score: float
    module: str
    file: str
    source: Literal["faq", "chitchat"] = "faq"


@dataclass(frozen=True, slots=True)
class GraphEvidence:
    """The leaf the value was read from, raw text as in the file."""

    entity: str
    path: tuple[str, ...]
    value: str
    file: str
    source: Literal["kg"] = "kg"


@dataclass(frozen=True, slots=True)
class PictureEvidence:
    """What ``service`` saw in the picture: its label, what that is called here, how likely it is (0 to 1)."""

    label: str
    name: str
    score: float
    service: str
    source: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class IntentEvidence:
    """The operator's intent that was heard: how likely it is, the example most like what was said, and its file and line."""

    intent: str
    action: str
    matched: str
    score: float
    file: str
    source: Literal["intent"] = "intent"


Evidence = FaqEvidence | GraphEvidence | PictureEvidence | IntentEvidence


@dataclass(frozen=True, slots=True)
class Row:
    """One entity of a table, with the raw values of the attributes asked for."""

    entity: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The decision of one turn, before the edge adds session, trace, version and time."""

    answer: str
    answer_type: AnswerType
    answer_source: AnswerSource
    state: str
    confidence: float = 0.0
    entities: tuple[str, ...] = ()
    attribute: str | None = None
    evidence: tuple[Evidence, ...] = ()
    plan: Plan | None = None
    rows: tuple[Row, ...] | None = None
    rows_total: int | None = None
    suggestions: tuple[str, ...] = ()
    why: str = ""
    degraded: bool = False
    kb_version: str = ""
