"""From an utterance and what the conversation has come to, to a typed plan; never a guess.

Deterministic: grammar and lexicon, no model. What is not explained well enough is no plan, and goes another way.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chatbot.knowledge_graph.execute import MAX_ROWS, Engine
from chatbot.knowledge_graph.plan import Condition, Plan
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.text import normalize
from chatbot.planning.atoms import AtomReader
from chatbot.planning.bind import Binder
from chatbot.planning.completing import Completer
from chatbot.planning.context import Context, nearest_kin
from chatbot.planning.decide import Decider
from chatbot.planning.follow import Follower, asks_whether
from chatbot.planning.guide import Guide
from chatbot.planning.links import ValueSense
from chatbot.planning.listen import Listener
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Asked, Planned, Query, Refusal
from chatbot.planning.ranked import far_apart
from chatbot.planning.read_parts import PartsReader, is_brand, is_year
from chatbot.planning.scan import Scan, Scanner, always
from chatbot.planning.sets import SetPlanner
from chatbot.planning.several import SeveralPlanner, all_of_them, names_alone, side_by_side
from chatbot.planning.stray import stray
from chatbot.planning.unknowns import (
    MODEL_LIKE,
    unknown_attribute,
    unknown_kind,
    unknown_make,
    unknown_measure,
    unknown_name,
    unknown_part,
    unknown_subject,
    unknown_version,
)
from chatbot.planning.versions import VersionReader
from chatbot.planning.vocabulary import Vocabulary
from chatbot.recent import Recent

EARLIER = 2  # things spoken of before that a version may be of
REMEMBERED = 512  # opening plans; whole turns that come again are remembered by the dialogue
_DIFFERENCE = re.compile("(?:差|相差|差距)(?:了|得|有)?(?:多少|多大|多远|几何)(?!钱|万)")
MIN_COVERAGE = 0.8
MAX_UNKNOWN = 3


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
    ) -> None:
        """``plain`` normalises an utterance and puts a dialect's words in plain wording."""
        self.engine, self.vocabulary = engine, vocabulary
        meant = set(vocabulary.finder.aliases.values())
        self._with_values = frozenset(senses for senses in meant if ValueSense in map(type, senses))
        binder = Binder(vocabulary, engine.directions)
        self._listener = Listener(vocabulary, Scanner(vocabulary, engine.units, decoder), binder, plain)
        self._reader = PartsReader(
            vocabulary, AtomReader(vocabulary, binder), self._winner, engine.directions
        )
        self._versions = VersionReader(vocabulary, self._found)
        self._decider = Decider(vocabulary, engine.directions)
        self._completer = Completer(vocabulary, self._decider)
        self.guide = Guide(vocabulary)
        self._follow = Follower(self._decider, self._winner)
        self._several = SeveralPlanner(engine, self._decider)
        self._sets = SetPlanner(self._decider, self._winner)
        self._openings: Recent[tuple[str, bool], tuple[Planned] | None] = Recent(REMEMBERED)

    def plan(self, utterance: str, context: Context, *, mend: Callable[[], bool] = always) -> Planned:
        """What is asked; ``None`` when it is nothing the graph's operators answer, or not surely so.

        ``mend`` says whether to look for typos in words that are not known. What opens a conversation is remembered:
        popular questions come again and again, in many courtesies.
        """
        if not context.empty:
            return self._explained(self._scan(utterance, context, mend), context).planned
        key = self._listener.asked(utterance), mend()
        known = self._openings.get(key, None)
        if known is None:
            known = (self._opening(self._listener.scan(key[0], mend=lambda: key[1]), context),)
            self._openings.keep(key, known)
        return known[0]

    def _opening(self, scan: Scan, context: Context) -> Planned:
        absent = self.vocabulary.lacks_make(scan.text) or self.vocabulary.lacks(scan.text)
        if _says_nothing_of_the_graph(scan) and not absent:
            return None  # what its parts are need not be worked out
        return self._explained(scan, context).planned

    def names_a_value(self, text: str) -> bool:
        """Whether a normalised ``text`` holds a value of the graph (增程, 四驱); one pass over it."""
        finder = self.vocabulary.finder
        if self._with_values.isdisjoint(finder.may_mean(text)):
            return False  # mostly: what overlaps need not be told apart
        senses = [sense for mention in finder.find(text) for sense in mention.targets]
        return ValueSense in map(type, senses)

    def explain(self, utterance: str, context: Context, *, mend: Callable[[], bool] = always) -> Explained:
        """The same, with the way there."""
        return self._explained(self._scan(utterance, context, mend), context)

    def _scan(self, utterance: str, context: Context, mend: Callable[[], bool]) -> Scan:
        asked, near = self._listener.asked(utterance), context.near(self.vocabulary.graph)
        scan = self._listener.scan(asked, mend=mend, near=near)
        for earlier in context.recent[:EARLIER] if scan.unknown and context.entities else ():
            again = self._listener.scan(asked, mend=mend, near=earlier)  # 逐风 of the R1 spoken of before
            scan = again if again.coverage > scan.coverage else scan
        whole = self._completer.same_kind(scan, context)
        return self._listener.scan(self._listener.asked(whole), mend=mend) if whole else scan

    def _explained(self, scan: Scan, context: Context) -> Explained:
        parts = self._versions.told(self._reader.read(scan, context), context)
        return Explained(scan, parts, self._decide(parts, context))

    def _winner(self, plan: Plan) -> str | None:
        rows = self.engine.run(plan).rows
        return rows[0].entity if rows else None

    def _found(self, plan: Plan) -> tuple[str, ...]:
        return tuple(row.entity for row in self.engine.run(plan, MAX_ROWS).rows)

    def _decide(self, parts: Parts, context: Context) -> Planned:
        scan = parts.scan
        if refusal := unknown_make(parts, self.vocabulary):
            return refusal
        if (
            refusal := unknown_name(parts)
            or unknown_version(parts, self.vocabulary)
            or unknown_part(parts, self.vocabulary)
        ):
            return refusal
        if refusal := unknown_kind(parts, self.vocabulary) or unknown_measure(parts):
            return refusal
        if _too_little_known(scan) and not stray(parts):
            return unknown_attribute(parts, self.vocabulary) or unknown_subject(parts)
        if parts.dangling:
            return Refusal("nothing_to_point_at", parts.dangling, scan)
        if parts.misfits:
            misfit = parts.misfits[0]
            return Refusal("wrong_dimension", misfit.phrase.text, scan, misfit.path)
        parts = self._completer.told(self._corrected(parts))
        return (
            self._named(parts, context)
            or self._follow.against_the_first(parts, context)
            or self._follow.continued(parts, context)
            or self._follow.verified_again(parts, context)
            or self._follow.near_focus(parts, context)
            or self._follow.of_focus(parts, context)
            or self._follow.of_those(parts, context)
            or self._sets.plan(parts, context)
            or unknown_attribute(parts, self.vocabulary)
            or unknown_subject(parts)
        )

    # -- what is named ------------------------------------------------------------------------------------

    @staticmethod
    def _corrected(parts: Parts) -> Parts:
        """不是A，是B: only B was meant."""
        wanted = tuple(thing for thing in parts.things if not thing.negated)
        if len(wanted) < len(parts.things) and wanted:
            parts = replace(parts, things=wanted, _roles=parts._roles | {"wrong"})
        paths = {atom.path for atom in parts.atoms if not atom.negated}
        kept = tuple(a for a in parts.atoms if not (a.negated and a.kind == "quantity" and a.path in paths))
        if len(kept) < len(parts.atoms):
            parts = replace(parts, atoms=kept, _roles=parts._roles | {"wrong"})
        return parts

    def _named(self, parts: Parts, context: Context) -> Planned:
        """Questions about things: compare, verify, nearest, relative, or a look-up with references."""
        refused = bool(parts.things) and all(thing.negated for thing in parts.things)
        if refused or far_apart(parts):
            return None
        things = self._narrowed(parts, context)
        entities = tuple(dict.fromkeys(name for t in things if t.single for name in t.names))
        several = all_of_them(parts, things)
        if not entities and not several:
            return self._several.plan(parts, things, context)
        swapped = self._follow.swapped(parts, context, things)
        if swapped:
            return Query(swapped, parts.scan, carried=context.entities)
        if more := self._follow.widened(parts, context, things):
            return more
        if against := self._follow.against_focus(parts, context, things):
            return against
        if several:
            entities = tuple(dict.fromkeys(name for t in things for name in t.names))
        entities, whole = side_by_side(parts, things, entities, several=several)
        plan = self._about(parts, entities) if whole else None
        if plan and plan.op == "compare" and self._of_the_last(parts, context):
            plan = replace(plan, attributes=context.attributes[:1])
        if plan:
            return Query(plan, parts.scan, carried=entities if parts.referred else ())
        if self._is_scope(parts, things):
            return None
        return self._asked(parts, context, things, entities)

    def _about(self, parts: Parts, entities: tuple[str, ...]) -> Plan | None:
        if parts.text.count("比") > 1 and parts.rankings and (between := self._decider.between(parts)):
            return between
        compared = self._decider.compare(parts, entities)
        if compared:
            return compared
        if len(entities) != 1:
            return None
        if parts.has("nearest"):
            return self._decider.nearest(parts, entities[0])
        if parts.has("compare") and parts.rankings and "比" in parts.text:
            return self._decider.relative(parts, entities[0], parts.rankings[0])
        if asks_whether(parts) and not parts.attributes:  # 按摩有没有, 天窗是什么 asks for both values
            return self._decider.verify(parts, entities[0])
        return None

    def _of_the_last(self, parts: Parts, context: Context) -> bool:
        """俩差多少: the difference in what was asked before; 差价 and 区别 say what they mean."""
        told = parts.attributes or parts.rankings or not all(thing.referred for thing in parts.things)
        measured = context.attributes and self.vocabulary.dimension(context.attributes[0])
        return bool(measured) and not told and _DIFFERENCE.search(parts.text) is not None

    def _narrowed(self, parts: Parts, context: Context) -> tuple[Thing, ...]:
        """Names of several things, narrowed by what the conversation speaks of; a brand stays a brand."""
        known = [*context.entities, *context.recent, *context.shown[:1]]
        graph = self.vocabulary.graph
        things = []
        for thing in parts.things:
            of_those = is_year(thing.clause) and context.plan is not None and not context.entities
            if not thing.single and (offered := tuple(n for n in thing.names if n in context.offered)):
                things.append(replace(thing, names=offered))  # 25款的, of those to choose from
            elif thing.single or is_brand(thing.clause) or of_those or not known or parts.has("versions"):
                things.append(thing)
            else:
                names = nearest_kin(graph, thing.names, known)
                things.append(replace(thing, names=names))
        return tuple(things)

    def _is_scope(self, parts: Parts, things: tuple[Thing, ...]) -> bool:
        """A brand that happens to have one car, in a question about many."""
        levels = [t.clause for t in things if isinstance(t.clause, Condition)]
        many = parts.has("list", "count", "head") or any(r.strength == "most" for r in parts.rankings)
        return len(levels) == len(things) and many and all(c.attribute[2:] == ("1",) for c in levels)

    def _asked(
        self, parts: Parts, context: Context, things: tuple[Thing, ...], entities: tuple[str, ...]
    ) -> Asked | None:
        """A look-up, where the plain reading would not see what is meant."""
        pair = (parts.has("pair", "those", "each") or all_of_them(parts, things)) and len(entities) > 1
        if any(a.kind == "quantity" for a in parts.atoms) or (not pair and len(things) > len(entities) > 0):
            return None
        needed = parts.scan.mended or parts.referred or pair or parts.has("wrong", "overview", "both", "told")
        if parts.scan.mended and parts.scan.unknown:
            return None
        if parts.rankings and parts.scan.unknown:
            return None
        topics = parts.attributes or tuple((rank.path,) for rank in parts.rankings)
        topics = topics or parts.categories
        if not parts.scan.unknown:
            topics = tuple(dict.fromkeys((*topics, *((atom.path,) for atom in parts.atoms))))
        groups = tuple((name,) for name in entities) if pair else tuple(t.names for t in things)
        if not topics and parts.scan.unknown:
            return None  # 这车能飞吗: what was asked before is no answer to what is not understood
        if not topics:
            topics = tuple((path,) for path in context.attributes)
        referred = parts.referred or parts.has("wrong")
        needed = needed or (
            not topics and bool(context.entities or context.offered) and names_alone(parts.scan)
        )  # 雅致
        return Asked(groups, topics, parts.scan, needed, referred) if topics or needed else None


def _too_little_known(scan: Scan) -> bool:
    return scan.coverage < MIN_COVERAGE or sum(map(len, scan.unknown)) > MAX_UNKNOWN


def _says_nothing_of_the_graph(scan: Scan) -> bool:
    """Too little is known of it, it names nothing, and nothing in it looks like a name: no plan and no refusal either."""
    names = any(link.entity or link.attribute or link.value or link.plays("head") for link in scan.links)
    names = names or any(link.degree and link.degree.strength == "most" for link in scan.links)  # 销量最高的
    return _too_little_known(scan) and not names and not any(map(MODEL_LIKE.search, scan.unknown))
