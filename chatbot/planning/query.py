"""What the planner makes of an utterance."""

from typing import Literal, TypeAlias

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Clause, Path, Plan
from chatbot.planning.scan import Scan

RefusalCode = Literal[
    "unknown_entity", "unknown_subject", "no_such_kind", "no_attribute", "wrong_dimension", "nothing_to_point_at"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A plan to execute. ``also`` is a second one of the same message (最快的和最便宜的).

    ``carried`` are the entities and ``kept`` the conditions taken from earlier turns; ``guiding`` asks for the next choice;
    ``asked_for`` is what is wanted of the one that ranks first. ``solid``: more than a word or two says that it
    is a query. ``ignored`` words were not understood and are left out. ``place``: only the one at this place of the ranking is wanted (第二便宜).
    ``weighing``: which is best was asked and by what was not; ``also`` are then the rankings that people choose by.
    """

    plan: Plan
    scan: Scan
    also: tuple[Plan, ...] = ()
    carried: tuple[str, ...] = ()
    kept: tuple[Clause, ...] = ()
    guiding: bool = False
    listed: bool = False
    solid: bool = True
    place: int = 0
    asked_for: tuple[Path, ...] = ()
    ignored: tuple[str, ...] = ()
    weighing: bool = False

    @property
    def score(self) -> float:
        return self.scan.score


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up of named things. ``topics`` are the attributes, each the places it may stand in.

    ``needed``: reading the text as it stands, without the conversation, would not see it. ``referred``:
    the things are pointed at, not named.
    """

    entities: tuple[tuple[str, ...], ...]
    topics: tuple[tuple[Path, ...], ...]
    scan: Scan
    needed: bool = True
    referred: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no plan: ``subject`` in the user's words, ``attribute`` where one is concerned."""

    code: RefusalCode
    subject: str
    scan: Scan
    attribute: Path = ()


Planned: TypeAlias = Query | Asked | Refusal | None
