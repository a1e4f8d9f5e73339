"""What is asked, once names are linked and what the session knows is carried over; and what came of it."""

from chatbot.faq_modules.base import FaqCandidate
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Plan
from chatbot.normalization.reader import Reading
from chatbot.planning.query import Query, Refusal
from chatbot.planning.scan import Scan
from chatbot.reply import AnswerSource, Evidence, FaqEvidence, Row

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One attribute asked for: the places in the tree it may stand in, best first."""

    paths: tuple[Path, ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question ready to be answered.

    ``groups`` holds, for each thing asked about, the entities that fit it (one, when it is clear).
    ``question`` is a standard question that was chosen or carried over. ``named`` says the message itself
    names an entity, ``topical`` that it names an attribute, ``referred`` that it points back. ``query`` is set when it is a planned query, and
    ``refusal`` when it is understood that it cannot be answered. ``scan`` is what the planner heard, where it planned a look-up.
    ``alike`` is how much what was said looks like the paraphrase that ``faq`` begins with, in percent; 100 is word for word. ``whole``: the names are part of what was asked of the FAQ.
    """

    reading: Reading
    groups: tuple[tuple[str, ...], ...] = ()
    topics: tuple[Topic, ...] = ()
    question: str | None = None
    faq: tuple[FaqCandidate, ...] = ()
    named: bool = False
    topical: bool = False
    entity_score: float = 1.0
    referred: bool = False
    query: Query | None = None
    refusal: Refusal | None = None
    scan: Scan | None = None
    alike: float = 0.0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the evidence it stands on. ``question`` is the standard question when it is an FAQ."""

    text: str
    source: AnswerSource
    confidence: float
    evidence: tuple[Evidence, ...]
    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    question: str | None = None
    plan: Plan | None = None
    rows: tuple[Row, ...] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class NeedEntity:
    """Several entities fit, or none was named: one must be chosen.

    ``evidence`` is the paraphrase that ``question`` was found by; its file is the folder of the entities' answers.
    """

    candidates: tuple[str, ...]
    attributes: tuple[Path, ...] = ()
    question: str | None = None
    evidence: tuple[FaqEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedAttribute:
    """A category was asked for: one of ``children`` must be chosen. ``entities`` are in focus."""

    path: Path
    children: tuple[Path, ...]
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedTopic:
    """An entity was named and nothing asked about it."""

    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What was asked is understood, but no file has it: the honest reply, and what could be asked instead."""

    entities: tuple[str, ...]
    attributes: tuple[Path, ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nothing is certain enough: the nearest standard questions, best first, perhaps none."""

    nearest: tuple[FaqCandidate, ...]
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """It is understood that this cannot be answered, and why."""

    refusal: Refusal


Outcome = Answered | NeedEntity | NeedAttribute | NeedTopic | Missing | Unsure | Refused
