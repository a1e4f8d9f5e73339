"""How one reply came about, typed: what a terminal prints and a console may show. Nothing in it is worked out anew by either."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from chatbot.knowledge_graph.plan import Plan

LinkKind = Literal["entity", "attribute", "value", "degree", "quantity", "grammar", "name_part"]
PlannedKind = Literal["query", "look_up", "refusal", "none"]


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` of the text that the part it stands in names."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a part of the text may mean: ``meaning`` in Chinese; ``score`` in [0, 1], 1 as written.

    ``entities`` are the first few of ``entities_total`` that fit, ``paths`` the attributes, joined by ``/``, best first.
    """

    kind: LinkKind
    meaning: str
    spans: tuple[Span, ...]
    score: float
    entities: tuple[str, ...] = ()
    entities_total: int = 0
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """The linkers' reading. Spans are of ``text``: normalised, pinyin decoded.

    ``core`` is what is left without names, stop and question words; ``leftover`` the share of it that no link explains.
    """

    text: str
    core: str
    leftover: float
    links: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """The planner's reading. Spans are of ``text``, which may have been ``mended``: typos, homophones.

    ``coverage`` is the share of characters that links explain, ``unknown`` the pieces that none does.
    """

    text: str
    mended: bool
    coverage: float
    unknown: tuple[str, ...]
    links: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan and the same in Chinese."""

    text: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class PlannedShown:
    """What the planner made of it. ``consulted``: the turn asked it at all.

    ``carried`` are entities and ``kept`` conditions of earlier turns. A ``look_up`` names the entities that fit each
    thing and the attributes asked; a ``refusal`` says why in ``reason``.
    """

    kind: PlannedKind
    consulted: bool
    plans: tuple[PlanShown, ...] = ()
    carried: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    entities: tuple[tuple[str, ...], ...] = ()
    attributes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One condition: how many entities meet it ``alone``, how many it and those before it (``so_far``).

    ``undecided`` are those that it cannot judge, for want of a value that can be compared.
    """

    condition: str
    alone: int
    so_far: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Absent:
    """Who was left out by ``attribute``: the first few of ``count``."""

    attribute: str
    reason: Literal["missing", "incomparable"]
    count: int
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of a plan: ``first`` of ``total`` entities in order, who was left out, and what must be known beside."""

    plan: Plan
    text: str
    scope: int
    narrowing: tuple[Narrowing, ...]
    total: int
    first: tuple[str, ...]
    left_out: tuple[Absent, ...]
    left_out_total: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for a standard question: ``value`` × ``weight`` goes into its logit."""

    name: str
    value: float
    weight: float

    @property
    def share(self) -> float:
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class FaqShown:
    """A standard question; ``confidence`` is the calibrated probability, ``score`` the module's own similarity."""

    question: str
    label: int
    confidence: float
    matched: str
    module: str
    score: float
    exact: bool
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class FaqRanking:
    """The candidates for ``asked`` (what was said without the names in it); ``nothing`` is the probability of none.

    ``read_as`` is what was searched for, where it is not ``asked`` as it stands.
    """

    asked: str
    candidates: tuple[FaqShown, ...]
    nothing: float
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class IntentChance:
    """How likely an intent is; an empty name stands for none of them."""

    intent: str
    probability: float


@dataclass(frozen=True, slots=True)
class IntentsShown:
    """The operator's intents for ``asked``: the likeliest first, ``threshold`` what one must reach.

    ``heard`` is the intent that was acted on, ``matched`` the example most like it and ``file`` its place; else ``why`` none was.
    """

    asked: str
    chances: tuple[IntentChance, ...]
    threshold: float
    heard: str
    matched: str
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen and ``why``; ``states`` are those the turn went through.

    ``graph`` is how sure a look-up is, ``faq`` the best standard question, ``threshold`` what that must reach.
    """

    states: tuple[str, ...]
    answer_type: str
    answer_source: str
    confidence: float
    graph: float
    faq: float
    threshold: float
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One turn, step by step. ``carried`` is what the conversation brought along, in Chinese.

    ``intents`` is ``None`` where the operator has none.
    """

    utterance: str
    kb_version: str
    carried: tuple[str, ...]
    read: Read
    scanned: Scanned
    planned: PlannedShown
    executions: tuple[Execution, ...]
    faq: FaqRanking
    choice: Choice
    intents: IntentsShown | None = None

    def as_json(self) -> dict[str, object]:
        """One JSON object with the fields above; plans as in the contract."""
        shown = _plain(self)
        assert isinstance(shown, dict)
        return shown


def _plain(value: object) -> object:
    if isinstance(value, Plan):
        return value.as_json()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value
