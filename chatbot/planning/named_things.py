"""Questions about things that are named or pointed at: compare, verify, nearest, relative, or a look-up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import (
    NAME,
    Condition,
    Path,
    Plan,
    keyword_level,
    leaf_conditions,
)
from chatbot.planning.beside import Comparer
from chatbot.planning.beyond import asks_of_its_kind, beyond_focus, beyond_one
from chatbot.planning.called_so import other_kinds
from chatbot.planning.carry import is_exclusion, lists
from chatbot.planning.clauses import flat, paths_of
from chatbot.planning.context import Context, nearest_kin
from chatbot.planning.decide import Decider
from chatbot.planning.denied_things import is_left_out
from chatbot.planning.follow import Follower
from chatbot.planning.names_alone import names_alone, only_named
from chatbot.planning.other_measures import asks_a_measure, size_asked
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.ranked import far_apart
from chatbot.planning.read_parts import is_brand, is_series, is_year
from chatbot.planning.series_of_list import SeriesOfList, in_order, pointed_out, spoken_of
from chatbot.planning.several import SeveralPlanner, all_counted, all_of_them, side_by_side
from chatbot.planning.so_called import how_many_so_called, of_a_year
from chatbot.planning.the_one import ranked_by
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.whether import asks_by_how_much, asks_whether
from chatbot.regex import regex

_PAIR = 2
_NAMES_IT = regex("(?:是|叫)(?:哪|什么|啥)一?[个款台辆]?车?[啊呀呢]?$")
_BARE = regex("呢$")
_DONE_HOW = regex(
    "[住吃玩坐穿带走学练](?:得|的)?(?:啥|什么|咋样|怎么?样|哪[儿里]?)"
)  # 雨崩住啥样的 after its price
_OF_THE_LIST = regex("还有|有没有|^有.{0,3}比")
_DIFFERENCE = regex("(?:差|相差|差距)(?:了|得|有)?(?:多少|多大|多远|几何)(?!钱|万)")


Topics: TypeAlias = tuple[tuple[Path, ...], ...]


class NamedPlanner:
    """Built once for a planner."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        decider: Decider,
        beside: Comparer,
        several: SeveralPlanner,
        series: SeriesOfList,
    ) -> None:
        self.vocabulary, self._decider, self._beside = vocabulary, decider, beside
        self._several, self._series = several, series

    def of_the_series(self, parts: Parts, context: Context) -> Parts:
        """240turbo, 旗舰型 while a 思域 is spoken of: of the many that are called so those of that series."""
        near = context.near(self.vocabulary.graph)
        graph = self.vocabulary.graph
        near_it = (self.vocabulary.graph.kin(near), other_kinds(graph, near)) if near else ()
        things = tuple(_one_of(thing, near_it) for thing in parts.things)
        return replace(parts, things=things) if things != parts.things else parts

    def plan(self, parts: Parts, context: Context) -> Planned:
        """Questions about things: compare, verify, nearest, relative, or a look-up with references."""
        refused = bool(parts.things) and all(thing.negated for thing in parts.things)
        left_out = any(thing.negated and is_left_out(thing, parts.things) for thing in parts.things)
        if refused or left_out or far_apart(parts):
            return None
        return (
            of_a_year(parts, context, self._decider)
            or how_many_so_called(parts, context, self._decider)
            or self._same_of_a_year(parts, context)
            or self._series.plan(parts, context)
            or self._of_things(parts, context)
        )

    def _of_things(self, parts: Parts, context: Context) -> Planned:
        if better := beyond_one(parts, self._decider) or beyond_focus(parts, context, self._decider):
            return better
        things = self._narrowed(parts, context)
        entities = tuple(dict.fromkeys(name for t in things if t.single for name in t.names))
        several = all_of_them(parts, things)
        if not entities and not several:
            return self._several.plan(parts, things, context)
        if more := self._beside.widened(parts, context, things) or Follower.verified_of(
            parts, context, things
        ):
            return more
        if against := self._beside.against_focus(parts, context, things):
            return against
        if several:
            entities = tuple(dict.fromkeys(name for t in things for name in t.names))
        entities, whole = side_by_side(parts, things, entities, several=several)
        plan = self._about(parts, entities) if whole else None
        plan = self._still_wanted(plan, parts, context)
        if plan and plan.op == "compare" and self._of_the_last(parts, context):
            plan = replace(plan, attributes=context.attributes[:1])
        if plan:
            return Query(plan, parts.scan, carried=entities if parts.referred else ())
        if self._is_scope(parts, things):
            return None
        return self._asked(parts, context, things, entities)

    def _about(self, parts: Parts, entities: tuple[str, ...]) -> Plan | None:
        if first := self._first_of(parts, entities):
            return first
        if parts.text.count("比") > 1 and parts.rankings and (between := self._decider.between(parts)):
            return between
        compared = self._decider.compare(parts, entities)
        if compared:
            return compared
        if len(entities) != 1:
            return None
        if parts.has("nearest"):
            return self._decider.nearest(parts, entities[0])
        if parts.has("compare") and parts.rankings and "比" in parts.text and not asks_by_how_much(parts):
            return self._decider.relative(parts, entities[0], parts.rankings[0])
        if asks_whether(parts) and not parts.attributes:  # 按摩有没有, 天窗是什么 asks for both values
            return self._decider.verify(parts, entities[0])
        return None

    @staticmethod
    def _first_of(parts: Parts, entities: tuple[str, ...]) -> Plan | None:
        """三个里最便宜的呢: the one that ranks first of those pointed at; 三个里最便宜的 sets them side by side."""
        most = parts.rankings[0] if len(parts.rankings) == 1 else None
        told = parts.attributes or parts.atoms or parts.scan.unknown or parts.has("which", "compare", "much")
        if most is None or most.strength != "most" or told or not parts.text.endswith("呢"):
            return None
        if len(entities) <= _PAIR or not parts.referred:
            return None
        return Plan("superlative", entities, (most.path,), (), most.order, 1)

    @staticmethod
    def _still_wanted(plan: Plan | None, parts: Parts, context: Context) -> Plan | None:
        """还有比它便宜的吗: of the list that it is of, whose conditions still hold."""
        before = context.plan if lists(context.plan) else context.listed
        if (
            plan is None
            or before is None
            or plan.op != "filter"
            or not (parts.referred and _OF_THE_LIST.search(parts.text))
        ):
            return plan
        paths = {condition.attribute for condition in leaf_conditions(plan.conditions)}
        kept = (c for c in flat(before.conditions) if not paths_of(c) & paths and not is_exclusion(c))
        return replace(plan, conditions=(*kept, *plan.conditions))

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
            told = tuple(dict.fromkeys((*context.shown, *(known if is_brand(thing.clause) else ()))))
            if listed := pointed_out(thing, parts.text, told):
                things.append(replace(thing, names=listed, clause=None))
                continue
            of_those = is_year(thing.clause) and context.plan is not None and not context.entities
            if of_those and parts.attributes and (listed := in_order(thing.names, context.shown)):
                things.append(replace(thing, names=listed, clause=None))  # 2025的多少钱, of a list
            elif not thing.single and (offered := tuple(n for n in thing.names if n in context.offered)):
                things.append(replace(thing, names=offered))  # 25款的, of those to choose from
            elif (
                thing.single
                or all_counted(thing, parts)
                or is_brand(thing.clause)
                or of_those
                or not known
                or parts.has("versions")
                or asks_of_its_kind(thing, parts)
                or (_is_a_kind(thing, graph) and parts.atoms and parts.text.endswith("的", 0, thing.start))
            ):
                things.append(thing)
            else:
                near = spoken_of(thing, context) if is_series(thing.clause) else known
                names = self._kin_of_each(thing.names, context) or nearest_kin(graph, thing.names, near)
                spoken = tuple(name for name in names if name in context.recent)
                things.append(replace(thing, names=spoken if len(spoken) == 1 else names))
        return tuple(things)

    def _kin_of_each(self, names: tuple[str, ...], context: Context) -> tuple[str, ...]:
        """尊享版 after two 舒享版 of two years: the one of either year; none where no several of one series are spoken of."""
        told = context.shown if len(context.shown) > 1 and set(context.shown) <= set(context.recent) else ()
        several = context.entities or told
        known = self.vocabulary.graph.by_name
        if len(several) < _PAIR or len({known[name].keywords[:_PAIR] for name in several}) != 1:
            return ()
        near = {kin for one in several for kin in nearest_kin(self.vocabulary.graph, names, (one,))}
        return tuple(name for name in names if name in near)

    def _same_of_a_year(self, parts: Parts, context: Context) -> Query | None:
        """25款的 while two are compared: the same two, of that year."""
        last, thing = context.plan, parts.things[0] if len(parts.things) == 1 else None
        told = parts.atoms or parts.rankings or parts.attributes or parts.scan.unknown
        if last is None or last.op != "compare" or thing is None or told or not is_year(thing.clause):
            return None
        known = self.vocabulary.graph.by_name
        of_year: list[str] = []
        for name in last.entities:
            words = known[name].keywords
            same = (other for other in thing.names if known[other].keywords[:_PAIR] == words[:_PAIR])
            of_year += [other for other in same if known[other].keywords[-1] == words[-1]]
        if thing.negated or len(of_year) != len(last.entities) or len(set(of_year)) < len(of_year):
            return None
        return Query(replace(last, entities=tuple(of_year)), parts.scan, carried=context.entities)

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
        topics = parts.topics or parts.categories
        topics = self._and_told(topics, parts, context)
        groups = tuple((name,) for name in entities) if pair else tuple(t.names for t in things)
        if not topics and (parts.scan.unknown or _DONE_HOW.search(parts.text)):
            return None  # 这车能飞吗: what was asked before is no answer to what is not understood
        if not topics and asks_a_measure(parts.text):
            topics = size_asked(parts.text, self.vocabulary.concepts)
        elif not topics:
            topics = self._as_before(parts, context, things)
        referred = parts.referred or parts.has("wrong")
        spoken_of = bool(context.entities or context.offered or context.recent)
        named = names_alone(parts.scan) if spoken_of else context.empty and only_named(parts.scan)
        needed = needed or (not topics and named)  # 雅致, 想看看E6长续航
        return Asked(groups, topics, parts.scan, needed, referred) if topics or needed else None

    def _as_before(self, parts: Parts, context: Context, things: tuple[Thing, ...]) -> Topics:
        """What was asked before; of 最省油的那款, and of one of a list, what it was told by, which shows that it is so."""
        spans = [(thing.start, thing.end) for thing in things if thing.referred]
        told = tuple((path,) for path in ranked_by(parts.scan.links, spans))
        goes_on = parts.text.endswith("呢") or only_named(parts.scan)  # 那就探索版吧 takes it
        earlier = context.before if goes_on and not parts.scan.asides else ()
        asked = context.attributes or tuple(p for p in earlier if self._has(things, p))
        before = tuple((path,) for path in asked)
        one = things[0].names if len(things) == 1 and things[0].single else ()
        if one and _NAMES_IT.search(parts.text) and not (before and self._decider.raw(one[0], before[0][0])):
            before = tuple((path,) for path in self._decider.usual(one)[:1])  # it is asked which one that is
        ranked = context.plan.attributes if context.plan and lists(context.plan) else ()
        if told and (_NAMES_IT.search(parts.text) or (ranked and set(asked) <= {*ranked, *told[0]})):
            return told
        most = any(link.degree and link.degree.strength == "most" for link in parts.scan.links)
        return tuple(dict.fromkeys((*told, *before))) if most else before

    def _has(self, things: tuple[Thing, ...], path: Path) -> bool:
        """Whether any of them has it on record."""
        return any(self.vocabulary.has(name, path) for thing in things for name in thing.names)

    @staticmethod
    def _and_told(topics: Topics, parts: Parts, context: Context) -> Topics:
        """``topics`` and what the values in the text are of, but for those that only say which car: 混动的那个精英版呢."""
        if parts.scan.unknown:
            return topics
        asked = [atom for atom in parts.atoms if atom.kind == "feature" or not parts.attributes]
        if context.attributes and parts.text.endswith("呢"):  # 它质保呢 asks for it
            asked = [atom for atom in asked if atom.kind == "feature" and _BARE.match(parts.text, atom.end)]
        told = (atom.path for atom in asked if atom.path[0] != NAME[0])  # 2.0t的 of a name asks for nothing
        return tuple(dict.fromkeys((*topics, *((path,) for path in told))))


def _one_of(thing: Thing, series: Sequence[tuple[str, ...]]) -> Thing:
    """``thing`` as those of the first of ``series`` that has any, where cars of several go by its name."""
    if thing.referred or not _of_many(thing):
        return thing
    named = set(thing.names)
    found = next((names for names in series if 0 < len(named.intersection(names)) < len(named)), ())
    names = tuple(name for name in thing.names if name in found)
    return replace(thing, names=names, clause=None) if names else thing


def _of_many(thing: Thing) -> bool:
    """Whether it is named by a version or a piece of a name that cars of several series go by."""
    clause = thing.clause
    if thing.single or is_year(clause) or is_brand(clause):
        return False
    return not (isinstance(clause, Condition) and clause.attribute == keyword_level(2))


def _is_a_kind(thing: Thing, graph: KnowledgeGraph) -> bool:
    """Whether it names what several makers have: the 洗衣机 of 能手机控制的洗衣机, which is no series of one of them."""
    makers = {graph.by_name[name].keywords[0] for name in thing.names}
    return len(makers) > 1 and is_series(thing.clause)
