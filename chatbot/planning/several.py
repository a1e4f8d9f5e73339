"""Questions about a name that several entities go by: for each of them, from what to what, or which one is meant."""

from dataclasses import replace

from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Path, Plan, leaf_conditions
from chatbot.normalization.text import normalize
from chatbot.planning.asked_sets import asks_from, asks_range, is_such
from chatbot.planning.beyond import beside_offered
from chatbot.planning.called_so import stands_in
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.follow import DIFFERENCES
from chatbot.planning.names_alone import names_alone, only_names
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.read_parts import is_brand, is_ranged_over, is_year, numeric
from chatbot.planning.whether import asks_whether
from chatbot.regex import regex

_HOW_MANY = regex("几[个种]|多少[个种]")
_ALL_ARE = regex("都(?:是|有|用的?是?|[烧喝加带配装]的?)(?:什么|啥|哪[些几]?种?)")
_WEIGHED = regex(
    "还是[^,，。]{1,8}(?:更|比较)?(?:好|合适|值得?)[呢啊些]?$|怎么选|咋选|该选|选哪|买哪|哪个?好|谁好|哪个?值得|纠结|犹豫"
)
_OF_A_SET = (
    *("list", "count", "which", "compare", "typical", "average", "total", "buy"),
    *("others", "sort", "top", "upward", "downward", "reverse", "kth"),
)
_BOTH = 2
_BESIDE_IT = regex("(?:那|那么)?它?(?:和|跟|与|同).+比|(?:那|那么)?(?:和|跟|与|同|比).+呢$")
_COMPARES_ON = regex("(?:那|那么)?它?(?:和|跟|与|同|比).{1,12}?(?:(?:比|相比|对比)呢?|呢)")
MAX_EACH = 6  # cars of one series that a yes-or-no question is answered for one by one
MAX_NARROWED = 20
MAX_BESIDE = 3


class SeveralPlanner:
    """Built once for a planner."""

    def __init__(self, engine: Engine, decider: Decider) -> None:
        self._engine, self._decider = engine, decider

    def plan(self, parts: Parts, things: tuple[Thing, ...], context: Context) -> Planned:
        """What is asked of ``things``, none of which is one entity alone; ``None`` when it asks about a set."""
        if len(things) > 1 and is_ranged_over(things[-1], parts.scan.links, parts.text):
            things = things[:-1]  # 比X7便宜的手机: first it is asked than which of them
            parts = replace(parts, things=things)
        return (
            self._kinds(parts, things)
            or self._weighed(parts, things)
            or self._from(parts, things)
            or self._ranges(parts, things)
            or self._table(parts, things)
            or self._each(parts, things)
            or self._beside_focus(parts, things, context)
            or beside_offered(parts, things, context, self._decider)
            or self._which_one(parts, things)
            or self._there(parts, things)
            or self._of_several(parts, things, context)
        )

    def _kinds(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """松峦的车都是什么动力形式: of all cars of a brand or a series the values that there are, and how many have each."""
        if len(things) != 1 or not _ALL_ARE.search(parts.text) or not parts.attributes:
            return None
        if (
            parts.atoms
            or parts.rankings
            or parts.scan.unknown
            or numeric(self._decider.vocabulary, parts.attributes)
        ):
            return None
        scope = self._decider.scope(things[0])
        plan = self._decider.group(parts, (scope,)) if scope else None
        return Query(plan, parts.scan) if plan else None

    def _each(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """A型号有天窗吗: for each car of a series."""
        if len(things) != 1 or is_brand(things[0].clause) or len(things[0].names) > MAX_EACH:
            return None
        if parts.scan.unknown:
            return None  # it might have said which of them
        many = parts.has("list", "which", "count", "head") or parts.rankings
        if many or not asks_whether(parts):
            return None
        named_so = bool(parts.atoms) and all(_told_by_names(atom.clause) for atom in parts.atoms)
        plan = self._decider.verify(parts, *(() if named_so else things[0].names))
        if plan and named_so:  # RAV4有没有四驱的: those that are called so
            plan = replace(plan, conditions=self._decider.clauses(parts))
        return Query(plan, parts.scan) if plan else None

    def _weighed(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """帕萨特和雅阁怎么选: the cars of both with what people compare; which is better is not said."""
        wide = [thing for thing in things if not (thing.single or is_brand(thing.clause))]
        if (
            len(things) < _BOTH
            or len(wide) < len(things)
            or not (_WEIGHED.search(parts.text) or names_alone(parts.scan))
        ):
            return None
        ranked = [r for r in parts.rankings if not parts.text[r.start : r.end].endswith("好")]
        told = parts.attributes or ranked or parts.atoms or parts.scan.unknown
        scopes = tuple(scope for thing in things if (scope := self._decider.scope(thing)))
        names = tuple(name for thing in things for name in thing.names)
        if told or any(thing.negated or thing.referred for thing in things):
            return None
        return Query(Plan("filter", (), self._decider.usual(names)[:3], (AnyOf(scopes),)), parts.scan)

    def _from(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """凯美瑞多少钱起: the cheapest of those that go by the name."""
        told = parts.atoms or parts.rankings or parts.scan.unknown or len(parts.attributes) > 1
        scope = self._decider.scope(things[0]) if len(things) == 1 else None
        if told or scope is None or self._decider.price is None or not asks_from(parts):
            return None
        return Query(Plan("superlative", (), (self._decider.price,), (scope,), "asc", 1), parts.scan)

    def _ranges(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """迈腾和帕萨特差多少钱: of several cars each, from what to what."""
        wide = [self._decider.scope(thing) for thing in things if not thing.single]
        asks = parts.has("compare") or numeric(self._decider.vocabulary, parts.attributes)
        if (
            len(wide) < 2
            or len(wide) < len(things)
            or not asks
            or parts.has("which", "list", "count", "head")
        ):
            return None
        if parts.rankings and not parts.has("compare"):
            return None
        if parts.atoms or parts.scan.unknown or any(rank.strength == "most" for rank in parts.rankings):
            return None
        asked = numeric(self._decider.vocabulary, parts.attributes) or tuple(r.path for r in parts.rankings)
        path = next(iter(asked), self._decider.price)
        plans = [Plan("aggregate", (), (path,), (scope,)) for scope in wide if path and scope]
        return Query(plans[0], parts.scan, also=tuple(plans[1:])) if plans else None

    def _table(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """Q5L各版本价格, where they are too many to be told one by one."""
        scope = self._decider.scope(things[0]) if len(things) == 1 else None
        many = scope is not None and len(things[0].names) > MAX_EACH and not is_brand(things[0].clause)
        if not many or not parts.has("each") or not parts.attributes or parts.rankings or parts.atoms:
            return None
        paths = tuple(paths[0] for paths in parts.attributes)
        return Query(Plan("filter", (), paths, (scope,) if scope else ()), parts.scan)

    def _beside_focus(
        self, parts: Parts, things: tuple[Thing, ...], context: Context
    ) -> Query | Asked | None:
        """和Model 3比哪个远, 比S5呢: the one in focus beside the few of another series."""
        if len(things) != 1 or is_brand(things[0].clause):
            return None
        compared = context.plan is not None and context.plan.op == "compare"
        if parts.atoms or not (len(context.entities) == 1 or (compared and context.entities)):
            return None
        asks = parts.has("which") or _COMPARES_ON.fullmatch(parts.text)
        told = tuple(rank.path for rank in parts.rankings)
        told = told or numeric(
            self._decider.vocabulary, parts.attributes or tuple((p,) for p in context.attributes[:1])
        )
        if not asks or len(told) != 1:
            return None
        if not _BESIDE_IT.match(parts.text) or parts.scan.unknown or parts.has("head", "list", "buy"):
            return None
        others = things[0].names
        if len(others) >= MAX_EACH:  # of many those that have something to compare
            others = tuple(name for name in others if self._decider.raw(name, told[0]) is not None)
        if not 0 < len(others) < MAX_EACH:  # which of them, or that none has it on record
            return Asked((others or things[0].names,), (told,), parts.scan, needed=True)
        names = tuple(dict.fromkeys((*context.entities[:1], *others)))
        return Query(Plan("compare", names, told), parts.scan, carried=context.entities[:1])

    def _which_one(self, parts: Parts, things: tuple[Thing, ...]) -> Query | Asked | None:
        """跟S5尊享版差不多的, 比S5便宜的, where several cars are called that: it must be asked which."""
        leans_on = parts.has("nearest") or (parts.has("compare") and parts.rankings and "比" in parts.text)
        others = {thing.names: thing for thing in things if not is_brand(thing.clause)}
        named = list(others.values())  # 比宝马X3便宜的奔驰; 嫌Q3小，轴距比Q3长的
        if len(named) != 1 or not leans_on or self._decider.price is None:
            return None
        path = parts.rankings[0].path if parts.rankings else self._decider.price
        known = [name for name in named[0].names if self._decider.raw(name, path) is not None]
        if len(known) == 1 and (parts.rankings or parts.has("nearest")):  # no other has a value to lean on
            rest = replace(parts, things=tuple(thing for thing in parts.things if thing is not named[0]))
            plan = (
                self._decider.nearest(rest, known[0])
                if parts.has("nearest")
                else self._decider.relative(rest, known[0], parts.rankings[0])
            )
            return Query(plan, parts.scan) if plan else None
        return Asked((named[0].names,), ((path,),), parts.scan)

    def _there(self, parts: Parts, things: tuple[Thing, ...]) -> Query | None:
        """豪华型有吗: that there are some, and which; no look-up of what was asked before."""
        told = parts.attributes or parts.rankings or parts.atoms or parts.scan.unknown
        scope = self._decider.scope(things[0]) if len(things) == 1 and not things[0].clause else None
        if told or scope is None or not parts.has("exists") or parts.has("list", "count", "which", "others"):
            return None
        return Query(Plan("verify", (), (), (scope,)), parts.scan)

    def _of_several(self, parts: Parts, things: tuple[Thing, ...], context: Context) -> Asked | None:
        """A型号续航多少, 那B型号呢: an attribute of something that several cars are called."""
        asks = parts.has(*_OF_A_SET) or asks_range(parts)
        if len(things) != 1 or asks or parts.scan.unknown:
            return None
        if (
            is_brand(things[0].clause)
            and _HOW_MANY.search(parts.text)
            and not numeric(self._decider.vocabulary, parts.attributes)
        ):
            return None  # 云岚旗下几个车系
        if any(is_such(atom, parts) for atom in parts.atoms):
            return None  # 变频的空调
        names, features = things[0].names, _features(parts)
        if parts.atoms and not features:
            names = self._those_with(parts, names)
            if not names or is_brand(things[0].clause):
                return None
        said_again = {rank.path for rank in parts.rankings} <= {paths[0] for paths in parts.attributes}
        whether = asks_whether(parts) or said_again  # 费油吗，多少一百公里
        if parts.rankings and not (whether and all(r.strength == "plain" for r in parts.rankings)):
            return None
        if is_brand(things[0].clause) and context.plan:
            return None
        if is_year(things[0].clause) and context.plan and not context.entities and not parts.attributes:
            return None  # 25款的, of those that were listed
        topics = (*parts.topics, *features) or tuple((path,) for path in context.attributes)
        before = context.plan.attributes if context.plan else ()
        nothing_asked = not (before or context.attributes)  # 380的呢, when no more was named before
        alone = only_names(parts.scan) or (nothing_asked and names_alone(parts.scan))
        told = parts.has("told") and set(names) <= set(context.offered)  # 两驱的, of those to choose from
        alone = not topics and (alone or told)
        needed = (
            parts.scan.mended or alone or parts.has("overview", "both") or len(names) < len(things[0].names)
        )
        return Asked((names,), topics, parts.scan, needed=needed) if topics or alone else None

    def _those_with(self, parts: Parts, names: tuple[str, ...]) -> tuple[str, ...]:
        """揽境7座 of several: those with the value, or with its word in their names; none when it says nothing."""
        plain = all(atom.kind == "value" and not atom.negated for atom in parts.atoms)
        if not plain or not parts.attributes or len(names) > MAX_NARROWED:
            return ()
        met = {
            row.entity
            for row in self._engine.run(
                Plan("filter", names, (), self._decider.clauses(replace(parts, things=())))
            ).rows
        }
        words = [parts.text[atom.start : atom.end] for atom in parts.atoms]
        found = tuple(n for n in names if n in met or all(stands_in(normalize(n), word) for word in words))
        return found if len(found) < len(names) else ()


def _features(parts: Parts) -> tuple[tuple[Path, ...], ...]:
    """后排出风口 无线充 of S5尊享的后排出风口 无线充: features alone, of which none is said to be there or not."""
    plain = all(atom.kind == "feature" and not atom.negated for atom in parts.atoms)
    told = parts.has("has", "exists", "verify", "not") or asks_whether(parts)
    return tuple((atom.path,) for atom in parts.atoms) if plain and not told else ()


def _told_by_names(clause: Clause) -> bool:
    return any(condition.attribute == NAME for condition in leaf_conditions((clause,)))


def _beside_one(parts: Parts, things: tuple[Thing, ...], wide: list[Thing]) -> bool:
    """X7礼遇比Q5两驱乐享谁贵, where the Q5 is of two years: both of them beside the X7."""
    of_all = "比" in parts.text or DIFFERENCES.search(parts.text) is not None  # 区别在哪
    asks = parts.has("compare") and (of_all or not parts.has("which"))
    few = all(len(thing.names) <= MAX_BESIDE for thing in wide)
    return asks and few and len(things) > len(wide) and not parts.atoms and not parts.has("nearest")


def all_of_them(parts: Parts, things: tuple[Thing, ...]) -> bool:
    """A型号两款, T3三个版本: every car of that name, not one of them."""
    wide = [thing for thing in things if not thing.single]
    if parts.has("sort", "upward", "downward"):
        return False  # E6四款按零百排序
    if not wide or any(len(thing.names) > MAX_EACH or is_brand(thing.clause) for thing in wide):
        return False
    if _beside_one(parts, things, wide):
        return True
    return parts.has("pair", "those", "each") or parts.limit == sum(len(thing.names) for thing in wide)


def all_counted(thing: Thing, parts: Parts) -> bool:
    """两个活力版, B型号三款分别多少钱: as many are said as go by the name, so all of them are meant."""
    pair = len(thing.names) == _BOTH and parts.has("pair", "those")
    return pair or (parts.limit == len(thing.names) > 1 and not is_brand(thing.clause))


def side_by_side(
    parts: Parts, things: tuple[Thing, ...], entities: tuple[str, ...], *, several: bool
) -> tuple[tuple[str, ...], bool]:
    """What is compared or verified, and whether nothing that was named is left out of it."""
    wide = [t for t in things if not (t.single or t.negated or is_brand(t.clause))]
    few = all(len(t.names) <= MAX_BESIDE for t in wide)
    if wide and not several and few and len(entities) > 1:  # 宝马M2 of two years beside two others
        entities = tuple(dict.fromkeys(name for t in things for name in t.names))
    none_left = several or few or not wide
    whole = all(t.single for t in things) or (len(entities) > 1 and none_left) or parts.has("nearest")
    return entities, whole or (parts.has("compare") and bool(parts.rankings))
