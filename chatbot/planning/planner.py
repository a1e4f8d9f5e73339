"""From an utterance and what the conversation has come to, to a typed plan; never a guess.

Deterministic: grammar and lexicon, no model. What is not explained well enough is no plan, and goes another way.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.execute import MAX_ROWS, Engine
from chatbot.knowledge_graph.plan import Clause, Plan
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.product_words import ProductWords
from chatbot.normalization.text import normalize
from chatbot.planning.atoms import AtomReader
from chatbot.planning.bare_degrees import of_one_before, of_some_car
from chatbot.planning.beside import Comparer
from chatbot.planning.bind import Binder
from chatbot.planning.carry import lists, of_what_is_offered
from chatbot.planning.choosing import Chooser
from chatbot.planning.completing import Completer
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.denied_things import without_denied
from chatbot.planning.differences import by_a_value, differences, within_a_category
from chatbot.planning.follow import Follower, alone
from chatbot.planning.former_latter import named_again
from chatbot.planning.forms_of_names import of_its_form
from chatbot.planning.guide import Guide
from chatbot.planning.in_context import taken_up, with_nearest_rows, without_focus
from chatbot.planning.links import ValueSense
from chatbot.planning.listen import Listener
from chatbot.planning.measured import Measured
from chatbot.planning.named_things import NamedPlanner
from chatbot.planning.near_attributes import NearAttributes
from chatbot.planning.no_such_version import no_such_version
from chatbot.planning.of_parts import of_a_part
from chatbot.planning.only import only_some
from chatbot.planning.parts import Parts
from chatbot.planning.piece_of_one import against_that, called_that
from chatbot.planning.purposes import only_a_purpose
from chatbot.planning.query import Planned, Refusal
from chatbot.planning.question_marks import as_a_question, doubted
from chatbot.planning.read_parts import PartsReader
from chatbot.planning.refer import may_be_of, references
from chatbot.planning.roughly import of_its_own
from chatbot.planning.salvage import Salvage
from chatbot.planning.scan import Scan, Scanner, always
from chatbot.planning.series_of_list import SeriesOfList
from chatbot.planning.sets import SetPlanner
from chatbot.planning.several import SeveralPlanner
from chatbot.planning.sides import named_again as sides_again
from chatbot.planning.stray import says_nothing_of_the_graph, stray, too_little_known
from chatbot.planning.swapping import one_swapped, passed_over
from chatbot.planning.two_rankings import both
from chatbot.planning.unknowns import (
    nothing_meant,
    unknown_attribute,
    unknown_kind,
    unknown_make,
    unknown_measure,
    unknown_model,
    unknown_name,
    unknown_part,
    unknown_subject,
)
from chatbot.planning.versions import VersionReader
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.weighing import Weigher, asks_which_is_best, weighed_in
from chatbot.planning.years_beside import YearsBeside
from chatbot.recent import Recent

REMEMBERED = 512  # opening plans; whole turns that come again are remembered by the dialogue
_NO_WORDS = ProductWords(())
_GO_ON, _CHOOSE = (
    "没要求",
    "推荐个车",
)  # what comes of whom it is for alone, and of 哪个好 where none was spoken of


@dataclass(frozen=True, slots=True)
class Explained:
    """One utterance taken apart, for ``chatbot ask --explain``."""

    scan: Scan
    parts: Parts
    planned: Planned


class Planner:
    """Built once for a knowledge base; safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        vocabulary: Vocabulary,
        decoder: PinyinDecoder | None = None,
        plain: Callable[[str], str] = normalize,
        products: ProductWords = _NO_WORDS,
    ) -> None:
        """``plain`` normalises an utterance and puts a dialect's words in plain wording; ``products`` are what is sold."""
        self.engine, self.vocabulary, self.in_grammar = engine, vocabulary, products.in_grammar
        meant = set(vocabulary.finder.aliases.values())
        self._with_values = frozenset(senses for senses in meant if ValueSense in map(type, senses))
        price = next(iter(vocabulary.concepts.paths("价格")), None)
        measured = Measured(engine.columns, engine.units, price)
        binder = Binder(vocabulary, engine.directions, measured)
        self._listener = Listener(
            vocabulary,
            Scanner(vocabulary, engine.units, measured, decoder, products.in_grammar),
            binder,
            lambda said: products.in_grammar(plain(said)),
        )
        self._reader = PartsReader(
            vocabulary, AtomReader(vocabulary, binder), self._winner, engine.directions
        )
        self._versions = VersionReader(vocabulary, self._found)
        self._decider = Decider(vocabulary, engine.directions)
        self._completer = Completer(vocabulary, self._decider)
        self.guide = Guide(vocabulary)
        self._follow = Follower(self._decider)
        self._beside = Comparer(self._decider, self._winner)
        self._named = NamedPlanner(
            vocabulary,
            self._decider,
            self._beside,
            SeveralPlanner(engine, self._decider),
            SeriesOfList(vocabulary, self._decider, self._found),
        )
        self._sets = SetPlanner(self._decider, self._winner, self._found, self._relaxed)
        self._salvage = Salvage(vocabulary)
        self._years = YearsBeside(vocabulary)
        self._chooser = Chooser(self._decider, self._found)
        self._weigher = Weigher(self._decider, self._found)
        self._openings: Recent[tuple[str, bool], tuple[Planned] | None] = Recent(REMEMBERED)

    def plan(self, utterance: str, context: Context, *, mend: Callable[[], bool] = always) -> Planned:
        """What is asked; ``None`` when it is nothing the graph's operators answer, or not surely so.

        ``mend`` says whether to look for typos in words that are not known. What opens a conversation is remembered:
        popular questions come again and again, in many courtesies.
        """
        utterance = self._plainly(utterance, context)
        if not context.empty:
            planned = self._explained(self._scan(utterance, context, mend), context).planned
            if again := doubted(utterance, planned, context):
                return self._explained(self._scan(again, context, mend), context).planned or planned
            return planned
        key = self._listener.asked(utterance), mend()
        known = self._openings.get(key, None)
        if known is None:
            said = _CHOOSE if asks_which_is_best(key[0]) else key[0]
            known = (self._opening(self._listener.scan(said, mend=lambda: key[1]), context),)
            self._openings.keep(key, known)
        return known[0]

    def _opening(self, scan: Scan, context: Context) -> Planned:
        absent = self.vocabulary.lacks_make(scan.text) or self.vocabulary.lacks(scan.text)
        if says_nothing_of_the_graph(scan) and not absent:
            return None  # what its parts are need not be worked out
        if scan.text.count("最") > 1 and (twice := both(scan.text, self._anew, self._winner)):
            return replace(twice, scan=scan)
        return self._explained(scan, context).planned

    def _anew(self, text: str) -> Planned:
        """One part of an opening question by itself."""
        return self._explained(self._listener.scan(text), Context()).planned

    def pointed_at(self, utterance: str, context: Context) -> tuple[tuple[str, ...], str]:
        """What 第二款多久提车 points at in the conversation, and the rest of what is said; nothing where it names a thing.

        它, after a list of which none was picked, may be any of them.
        """
        scan = self._scan(utterance, context, lambda: False)
        if any(link.entity for link in scan.links):
            return (), scan.text
        meant = references(scan.links, scan.text, context, self._winner)
        used, rest, at = [scan.links[i] for i in sorted(meant.used)], "", 0
        for link in used:
            rest, at = rest + scan.text[at : link.start], link.end
        any_of_them = not context.entities and all(link.plays("it") for link in used)
        names = tuple(thing.names[0] for thing in meant.things)
        return (context.shown or names) if any_of_them else names, rest + scan.text[at:]

    @cached_property
    def near(self) -> NearAttributes:
        """What may be meant where no attribute is named; worked out when it is first needed."""
        return NearAttributes(self.vocabulary)

    def names_a_value(self, text: str) -> bool:
        """Whether a normalised ``text`` holds a value of the graph (增程, 四驱); one pass over it."""
        finder = self.vocabulary.finder
        if self._with_values.isdisjoint(finder.may_mean(text)):
            return False  # mostly: what overlaps need not be told apart
        senses = [sense for mention in finder.find(text) for sense in mention.targets]
        return ValueSense in map(type, senses)

    def explain(self, utterance: str, context: Context, *, mend: Callable[[], bool] = always) -> Explained:
        """The same, with the way there."""
        return self._explained(self._scan(self._plainly(utterance, context), context, mend), context)

    def _plainly(self, utterance: str, context: Context) -> str:
        """``utterance`` with what only its mark, and only the conversation, says of it."""
        return against_that(as_a_question(utterance), context, self.vocabulary.graph)

    def _scan(self, utterance: str, context: Context, mend: Callable[[], bool]) -> Scan:
        asked, near = self._listener.asked(utterance), context.near(self.vocabulary.graph)
        asked = named_again(self._years.beside(asked, context), context)
        asked = without_focus(asked, near)
        asked = of_its_form(asked, near, self.vocabulary.graph) if asked[:1].isascii() else asked
        if only_a_purpose(asked):
            said = _GO_ON if lists(context.plan) or context.listed else _CHOOSE
            return replace(self._listener.scan(said), asides=(asked,))
        asked = passed_over(asked, partial(self._listener.scan, near=near)) or asked
        scan = self._listener.scan(asked, mend=mend, near=near)
        for earlier in may_be_of(scan, context, self.vocabulary.graph):
            again = self._listener.scan(asked, mend=mend, near=earlier)  # 逐风 of the R1 spoken of before
            scan = again if again.coverage > scan.coverage else scan
        heard = replace(scan, text=asked, asides=()) if scan.asides else scan  # 不对，综合的
        graph = self.vocabulary.graph
        whole = self._completer.same_kind(heard, context) or called_that(heard, context, graph)
        return self._listener.scan(self._listener.asked(whole), mend=mend) if whole else scan

    def _explained(self, scan: Scan, context: Context) -> Explained:
        if what := weighed_in(scan.text):
            listed = self._explained(self._listener.scan(what), context)
            if weighed := self._weigher.of(listed.planned):
                return replace(listed, planned=weighed)
        context = taken_up(scan, context, self.vocabulary.graph)
        parts = self._versions.told(self._reader.read(scan, context), context)
        parts = sides_again(parts, context, self._found, self.vocabulary)
        parts = of_its_own(parts, context)
        context = of_what_is_offered(parts, context)
        planned = self._decide(parts, context) or self._salvage.plan(parts, context, self._decide)
        return Explained(scan, parts, planned)

    def _winner(self, plan: Plan) -> str | None:
        rows = self.engine.run(plan).rows
        return rows[0].entity if rows else None

    def _relaxed(self, plan: Plan) -> Clause | None:
        near = self.engine.run(plan).nearest
        return near.relaxed if near else None

    def _found(self, plan: Plan) -> tuple[str, ...]:
        return tuple(row.entity for row in self.engine.run(plan, MAX_ROWS).rows)

    def _decide(self, parts: Parts, context: Context) -> Planned:
        scan = parts.scan
        if first := one_swapped(parts, context, self.vocabulary) or self._weigher.plan(parts, context):
            return first
        told = self._named.of_the_series(self._completer.told(without_denied(parts), context), context)
        if refusal := (
            unknown_make(parts, self.vocabulary)
            or unknown_model(parts, self.vocabulary)
            or unknown_name(parts)
            or no_such_version(parts, told, context, self.vocabulary, self._found)
            or unknown_part(parts, self.vocabulary)
            or of_a_part(parts, self.vocabulary)
            or unknown_kind(parts, self.vocabulary)
            or unknown_measure(parts)
        ):
            return refusal
        if too_little_known(scan) and not stray(parts):
            return unknown_attribute(parts, self.vocabulary) or unknown_subject(parts)
        if dangling := parts.dangling or alone(parts, context):
            return nothing_meant(dangling, parts, context)
        if parts.misfits:
            misfit = parts.misfits[0]
            return Refusal("wrong_dimension", misfit.phrase.text, scan, misfit.path)
        parts = told
        context = with_nearest_rows(parts, context, self._winner)
        return (
            differences(parts, context, self._decider)
            or by_a_value(parts, context, self._decider)
            or within_a_category(parts, context, self._decider)
            or only_some(parts, context, self._decider)
            or self._chooser.plan(parts, context)
            or self._beside.against_the_first(parts, context)
            or self._beside.first_against(parts, context)
            or self._beside.without_one(parts, context)
            or self._named.plan(parts, context)
            or self._follow.of_the_first(parts, context)
            or self._follow.continued(parts, context)
            or self._follow.verified_again(parts, context)
            or self._follow.near_focus(parts, context)
            or self._follow.of_focus(parts, context)
            or self._follow.of_those(parts, context)
            or of_one_before(parts, context)
            or self._sets.plan(parts, context)
            or of_some_car(parts, context)
            or unknown_attribute(parts, self.vocabulary)
            or unknown_subject(parts)
        )
