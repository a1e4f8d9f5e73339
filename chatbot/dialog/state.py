"""The promise of a dialogue state, and the values that pass between states and the machine."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from chatbot.answering.inquiry import Inquiry, Outcome
from chatbot.answering.knowledge import Knowledge
from chatbot.changed import changed
from chatbot.faq_modules.base import FaqCandidate
from chatbot.messages import Language
from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.intent_model import Heard
from chatbot.normalization.reader import Reading
from chatbot.normalization.selection import choose
from chatbot.normalization.text import content, language_of, normalize
from chatbot.planning.context import Context
from chatbot.planning.query import Asked, Planned, Query, Refusal
from chatbot.reply import Reply
from chatbot.session.base import Memory

SMALL_TALK_MAX = 20
INTENT_MAX = 60  # characters: what is longer tells a story, and a person reads it better
_BETWEEN_NODES = "\x1f"  # no attribute's name holds it, unlike a slash
_EXPLAINED = 0.34
_BESIDE = 0.5
_CERTAIN = 0.99
_SURELY_FAQ = 0.9
_LIKELY_FAQ = 0.6
_QUERY_CUE = re.compile(
    r"[\d最更比]|[一二两三四五六七八九十百][多来几]?万|哪[款个些台辆]|suv|mpv|推荐|便宜|贵"
)
_RANKS = re.compile("最.{0,3}的")  # 油耗最底的: a slip in what is ranked
_NAME_LIKE = re.compile(r"[a-z]\d|\d[^\d\s]")  # 那e8呢 is no 88, 有9座的吗 no question of age
_MEASURED = re.compile(r"\d\D{0,2}以|suv|mpv")
_MAY_BE_EITHER = 4  # characters: what is so short may be small talk all the same


@dataclass(frozen=True, slots=True)
class DialogSettings:
    """What an operator may set of the dialogue."""

    faq_confidence_threshold: float = 0.4
    chitchat_confidence_threshold: float = 0.7
    faq_candidates: int = 10
    max_suggestions: int = 4
    handoff_text: str = ""


class Hearing:
    """One utterance against one knowledge version; each reading of it is worked out once, when first needed."""

    def __init__(
        self, utterance: str, knowledge: Knowledge, settings: DialogSettings, rows_limit: int = 20
    ) -> None:
        self.utterance, self.knowledge, self.settings = utterance, knowledge, settings
        self.rows_limit = rows_limit
        self._plans: dict[Context, Planned] = {}

    def planned(self, context: Context) -> Planned:
        """The query the utterance means after what the conversation has come to."""
        if context.empty and self._plain_standard_question:
            return None
        if context not in self._plans:
            plan = self.knowledge.planner.plan
            self._plans[context] = plan(self.utterance, context, mend=self.worth_mending)
        return self._plans[context]

    @property
    def planner_consulted(self) -> bool:
        """Whether the turn has asked the planner; a plain standard question is not put to it."""
        return bool(self._plans)

    @cached_property
    def text(self) -> str:
        return self.knowledge.reader.plain(self.utterance)

    @cached_property
    def reading(self) -> Reading:
        return self.knowledge.reader.read(self.utterance)

    @cached_property
    def faq(self) -> tuple[FaqCandidate, ...]:
        """Standard questions for the utterance without the entities it names."""
        question = self.reading.question
        if not content(question):
            return ()
        return self.knowledge.faq.retrieve(question, self.settings.faq_candidates)

    @property
    def side_by_side(self) -> tuple[str, str]:
        """The paraphrase that matched best and what was asked, both without courtesies and marks; empty without one."""
        if not self.faq:
            return "", ""
        return _bare(self.faq[0].matched), _bare(self.reading.question)

    @cached_property
    def verbatim(self) -> bool:
        """Whether it is a paraphrase word for word, but for the entities it names: the operator has said what it means."""
        matched, asked = self.side_by_side
        return bool(asked) and matched == asked

    def worth_mending(self) -> bool:
        """Whether to look for typos in a query: not where a standard question is likely, unless a car is named."""
        named = bool(self.reading.entities) or _MEASURED.search(self.reading.text) is not None
        return named or not self.likely_faq or _RANKS.search(self.reading.text) is not None

    @cached_property
    def surely_faq(self) -> bool:
        """A standard question beyond doubt, in words that no query is made of: nothing else need be tried."""
        reading = self.reading
        if reading.entities or reading.attributes or not self.faq:
            return False
        return self.faq[0].confidence >= _SURELY_FAQ

    @property
    def _plain_standard_question(self) -> bool:
        """A standard question that is no query: it has no word that one is made of, and names nothing of the graph; or
        an attribute, beside so much else that it is surely not that alone which is asked."""
        reading = self.reading
        if reading.entities or not self.likely_faq or _QUERY_CUE.search(reading.text):
            return False
        if reading.attributes and (
            reading.leftover < _BESIDE or self.faq[0].confidence < self._doubtless(reading)
        ):
            return False
        return not self.knowledge.planner.names_a_value(reading.text)

    @staticmethod
    def _doubtless(reading: Reading) -> float:
        """How sure a standard question must be beside an attribute; less so, where that is but like what was said."""
        return _SURELY_FAQ if any(link.score == 1 for link in reading.attributes) else _LIKELY_FAQ

    @property
    def likely_faq(self) -> bool:
        """A standard question more likely than not."""
        return bool(self.faq) and self.faq[0].confidence >= _LIKELY_FAQ

    @cached_property
    def small_talk(self) -> FaqCandidate | None:
        """The small talk it is, when it is that rather than a question."""
        said = self.reading.text
        if len(content(said)) > SMALL_TALK_MAX or self.reading.entities:
            return None
        if self.reading.attributes and self.reading.leftover <= _EXPLAINED:
            return None
        talk = self.knowledge.small_talk
        if self.likely_faq and len(content(said)) > _MAY_BE_EITHER and not talk.knows(said):
            return None
        least = self.settings.chitchat_confidence_threshold
        best = next(iter(talk.retrieve(said, 3)), None) if talk.may_reach(said, least) else None
        if best is None or best.confidence < least:
            return None
        if best.confidence >= _CERTAIN or not self.faq:
            return best
        asked = sum(
            one.confidence for one in self.faq
        )  # 能试驾吗 is one of several questions, and no 我试试你
        return best if best.confidence >= asked else None

    @cached_property
    def intent(self) -> Heard | None:
        """The operator's intent it has: word for word an example of one; or likely one, and no likely standard question."""
        intents, said = self.knowledge.intents, self.reading.question
        if intents is None or not content(said) or len(content(said)) > INTENT_MAX:
            return None
        if heard := intents.verbatim(self.text):
            return heard
        if self.likely_faq or (self.small_talk and self.small_talk.confidence >= _CERTAIN):
            return None
        heard = intents.recognise(said)
        surer = bool(heard and self.faq) and self.faq[0].confidence >= (heard.probability if heard else 0)
        return None if surer else heard

    @property
    def language(self) -> Language:
        """English for letters without any Chinese; Chinese for all else, pinyin included."""
        return language_of(self.reading.text)


def _bare(text: str) -> str:
    return content(without_courtesies(normalize(text)))


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
            memory.entities, memory.attributes, memory.recent, memory.shown, memory.plan,
            memory.guiding, memory.asked, self._offered,
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
    def _offered(self) -> tuple[str, ...]:
        """The entities to choose from, where it was asked which is meant."""
        pending = self.memory.pending
        if pending is None or pending.kind != "entity":
            return ()
        return tuple(o.value for o in pending.options if o.value in self.hearing.knowledge.graph.by_name)

    @property
    def small_talk(self) -> FaqCandidate | None:
        """Small talk, unless it is word for word none and goes on with a query: 还有别的吗."""
        talk = self.hearing.small_talk
        if talk is None:
            return None
        follows = not self.context.empty
        if talk.confidence >= _CERTAIN and not follows and not _NAME_LIKE.search(self.hearing.text):
            return talk
        planned = self.hearing.planned(self.context)
        unsure = planned is None or (isinstance(planned, Refusal) and planned.code == "no_attribute")
        return talk if unsure else None


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
