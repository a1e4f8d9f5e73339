"""What a plan found, typed: rows with raw values, what was left out and why, and what comes nearest."""

from typing import Literal

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.directions import Direction
from chatbot.knowledge_graph.plan import Clause, Path, Plan

NoteCode = Literal[
    "unknown_entity",  # ``subject`` is a name the graph does not have
    "unknown_attribute",  # the attribute is no leaf of the graph
    "wrong_dimension",  # ``subject`` was asked of an attribute measured in ``detail``
    "bad_value",  # ``subject`` cannot be compared the way the condition wants
    "contradiction",  # no value can meet all conditions on the attribute
    "part_assumed",  # the attribute has several parts; ``subject`` was taken
    "no_direction",  # nothing says which way the attribute is better; ``subject`` was assumed
    "optional",  # ``count`` more entities have it as an option only
    "too_deep",  # the conditions nest more than the limit
    "too_many",  # there are more conditions than ``count``
    "tie",  # ``count`` entities share the last place
    "empty_plan",  # ``subject`` names what the plan lacks
]
Answer = Literal["yes", "no", "unknown"]
Reason = Literal["missing", "incomparable"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know beside the rows; never an exception."""

    code: NoteCode
    attribute: Path = ()
    subject: str = ""
    detail: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One raw value and the leaf and file it stands in."""

    path: Path
    raw: str
    file: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An entity and, for each of the result's attributes in order, its cell or ``None`` where it has none."""

    entity: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Entities that could not be judged by ``attribute``: no value, or one of another kind or dimension.

    ``entities`` are the first few of ``count``.
    """

    attribute: Path
    reason: Reason
    count: int
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """When nothing matched: the rows that meet all conditions but ``relaxed``, closest to it first."""

    relaxed: Clause
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One distinct value and how many entities have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Range and average of an attribute over ``count`` entities, in ``unit``; ``lowest``/``highest`` hold the ends."""

    attribute: Path
    count: int
    low: float
    high: float
    mean: float
    median: float
    unit: str
    lowest: ResultRow
    highest: ResultRow


@dataclass(frozen=True, slots=True)
class Comparison:
    """One attribute side by side. ``values`` has one entry an entity: its number in ``unit`` (days, where that is ``DATE``), or ``None``.

    ``winners`` are the best by ``direction``, empty when neither way is better, fewer than two have a number, or
    all are equal. ``lead`` is how far the best is ahead of the next, ``spread`` from lowest to highest, both in
    ``unit`` (``None`` without two numbers). ``same``: all raw values are equal.
    """

    attribute: Path
    values: tuple[float | None, ...]
    unit: str
    direction: Direction | None
    winners: tuple[str, ...]
    lead: float | None
    spread: float | None
    same: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the plan's conditions hold for one entity; ``unknown`` when a value is missing or unreadable."""

    entity: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a plan found. ``rows`` are the first of ``total``; their cells follow ``attributes``.

    ``left_out`` counts by attribute, so that an entity may stand in several; ``left_out_total`` counts each once.
    """

    plan: Plan
    attributes: tuple[Path, ...] = ()
    rows: tuple[ResultRow, ...] = ()
    total: int = 0
    left_out: tuple[LeftOut, ...] = ()
    left_out_total: int = 0
    nearest: Nearest | None = None
    groups: tuple[Group, ...] = ()
    aggregate: Aggregate | None = None
    comparisons: tuple[Comparison, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[Note, ...] = ()
