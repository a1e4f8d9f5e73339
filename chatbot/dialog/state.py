"""The promise of a dialogue state, and the values that pass between states and the machine."""

import re
from dataclasses import field
from typing import Protocol

from chatbot.answering.inquiry import Inquiry, Outcome
from chatbot.dialog.hearing import CERTAIN, Hearing
from chatbot.faq_modules.base import FaqCandidate
from chatbot.frozen import changed, dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import Plan
from chatbot.normalization.intent_model import Heard
from chatbot.normalization.selection import choose
from chatbot.planning.context import Context
from chatbot.planning.query import Asked, Query, Refusal
from chatbot.planning.read_parts import is_brand
from chatbot.reply import Reply
from chatbot.session.base import Memory

_BETWEEN_NODES = "\x1f"  # no attribute's name holds it, unlike a slash
_NAME_LIKE = re.compile(r"[a-z]\d|\d[^\d\s]")  # 那e8呢 is no 88, 有9座的吗 no question of age


@dataclass(frozen=True, slots=True)
class BadCase:
    """A turn that did not help, for the operator: why, and what was nearest."""

    reason: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn has come to so far. ``heard`` says the utterance has passed question intake; ``meant`` is the
    operator's intent that was acted on."""

    hearing: Hearing
    memory: Memory
    heard: bool = False
    inquiry: Inquiry | None = None
    outcome: Outcome | None = None
    meant: Heard | None = None

    @property
    def context(self) -> Context:
        """What the memory holds for the planner."""
        memory = self.memory
        return Context(
            memory.entities, memory.attributes, memory.recent, memory.shown, self._plan,
            memory.guiding, memory.asked, self._offered, memory.listed, () if memory.question else memory.before,
            memory.unheard,
        )  # fmt: skip

    @property
    def intent(self) -> Heard | None:
        """The operator's intent, unless an offered option is chosen, or a query is understood: that is never swallowed."""
        heard, pending = self.hearing.intent, self.memory.pending
        if heard is None or heard.verbatim:
            return heard
        if pending and choose(self.hearing.text, [option.text for option in pending.options]) is not None:
            return None
        return None if isinstance(self.hearing.planned(self.context), Query | Asked) else heard

    @property
    def _plan(self) -> Plan | None:
        """The last query; where one of a whole make must be picked first, not that of the make if a name is said: 奔驰呢."""
        pending, plan = self.memory.pending, self.memory.plan
        groups = pending is not None and pending.kind == "entity" and not self._offered_cars
        makes = plan is not None and len(plan.conditions) == 1 and is_brand(plan.conditions[0])
        if not (groups and makes and self.hearing.reading.entities):
            return plan
        scan = self.hearing.knowledge.planner.explain(self.hearing.utterance, Context()).scan
        return None if any(link.entity and not link.value for link in scan.links) else plan  # SUV is no name

    @property
    def _offered(self) -> tuple[str, ...]:
        """The entities to choose from, where it was asked which is meant."""
        pending, memory = self.memory.pending, self.memory
        if pending is None or pending.kind != "entity":
            asked = memory.attributes and not (memory.entities or memory.plan)
            return memory.shown if asked else ()  # which of them is still open
        values = [option.value for option in pending.options]
        groups = [value.split("|") for value in values]
        return self._offered_cars or _of_one_series(groups, self.hearing.knowledge.graph)

    @property
    def _offered_cars(self) -> tuple[str, ...]:
        """Those of the options that are single cars."""
        known, pending = self.hearing.knowledge.graph.by_name, self.memory.pending
        return tuple(option.value for option in (pending.options if pending else ()) if option.value in known)

    @property
    def small_talk(self) -> FaqCandidate | None:
        """Small talk, unless it is word for word none and goes on with a query: 还有别的吗."""
        talk = self.hearing.small_talk
        if talk is None:
            return None
        follows = not self.context.empty
        if talk.confidence >= CERTAIN and not follows and not _NAME_LIKE.search(self.hearing.text):
            return talk
        planned = self.hearing.planned(self.context)
        unsure = planned is None or (isinstance(planned, Refusal) and planned.code == "no_attribute")
        return talk if unsure else None


def _of_one_series(options: list[list[str]], graph: KnowledgeGraph) -> tuple[str, ...]:
    """Those of the series of which some part, a model year, was to be chosen: 2022款 or 2023款 of the 718."""
    leads = {tuple(words[:2]) for words in options if len(words) > 2}
    if len(leads) != 1 or any(len(words) <= 2 for words in options):
        return ()
    (lead,) = leads
    return tuple(entity.name for entity in graph.entities if entity.keywords[:2] == lead)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a state decided. Without a ``reply`` the turn goes on in ``next_state``.

    ``turn`` carries what was worked out and the memory to keep; only the machine stores it.
    """

    next_state: str
    turn: Turn
    reply: Reply | None = None
    bad_case: BadCase | None = None

    def remembering(self, **changes: object) -> "Decision":
        """The same decision with changes to the memory it keeps."""
        turn = self.turn
        memory = changed(turn.memory, **changes)
        turn = Turn(turn.hearing, memory, turn.heard, turn.inquiry, turn.outcome, turn.meant)
        return Decision(self.next_state, turn, self.reply, self.bad_case)


@dataclass(frozen=True, slots=True)
class Step:
    """The end of a turn: what is said, what is remembered, what the operator should see.

    ``turn`` is what it had come to, ``states`` those it went through, for whoever explains it.
    """

    reply: Reply
    memory: Memory
    bad_case: BadCase | None = None
    turn: Turn | None = field(default=None, compare=False)
    states: tuple[str, ...] = ()


class State(Protocol):
    """One state of the dialogue.

    Promises: ``handle`` changes nothing outside its result; the same turn gives the same decision; every
    reply that is not an answer carries suggestions.
    """

    @property
    def name(self) -> str: ...

    def handle(self, turn: Turn) -> Decision: ...


def option_value(path: tuple[str, ...]) -> str:
    """An attribute path as the value of an option."""
    return _BETWEEN_NODES.join(path)


def path_of(value: str) -> tuple[str, ...]:
    """The attribute path that an option's value stands for."""
    return tuple(value.split(_BETWEEN_NODES))
