"""Questions about all that match: filter, superlative, count, group, average, and how they go on."""

import re
from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.plan import Clause, Condition, Not, Order, Path, Plan, keyword_level
from chatbot.planning.atoms import flat, paths_of
from chatbot.planning.carry import (
    goes_back,
    is_exclusion,
    leans,
    merged,
    moved,
    side_by_side,
    which_of_these,
    within,
    without,
)
from chatbot.planning.context import Context, besides
from chatbot.planning.decide import Decider
from chatbot.planning.follow import asks_whether
from chatbot.planning.parts import Parts, Ranking
from chatbot.planning.query import Planned, Query
from chatbot.planning.ranked import RankedPlanner
from chatbot.planning.read_parts import is_brand
from chatbot.planning.stray import stray

_TWO = 2
# These ask how, why or where, which no table answers.
_HOW_MANY = re.compile("什么|啥|几种|几个|几家|多少种|多少个")
_ROUGHLY = re.compile(
    "多少(?:钱|万)?(?:到|至|~|-)多少|(?:大概|大约|一般|通常|普遍|基本)(?:在|是|要|得|都)?(?:多少|几|什么价)"
)
_SOME = re.compile(
    r"(?:来|给|推荐|找|挑|选|看|列|整|弄|搞|拉|荐|介绍|扒)几(?:款|台|辆|个)"
)  # 来几台 counts nothing
_EACH = re.compile("各有?|分别有?|每[个种]有?")  # 宝马和奔驰各有多少款
_ADVICE = re.compile(
    "怎么(?!样)|如何|咋(?!样)|为什么|为啥|区别|在哪|哪里|哪儿|上哪|行不行|什么是|啥是|什么意思|一样吗|哪个好|好还是|还是.{0,6}好|保价|伤不伤"
)

_OF_SUCH = re.compile("的(?:车|款)?(?:还)?(?:有吗|有么|有没有|有没|有不)$")  # 不带天窗的有吗 asks for cars


class SetPlanner:
    """One step a kind of question; the first that fits is it."""

    def __init__(
        self,
        decider: Decider,
        winner: Callable[[Plan], str | None],
        found: Callable[[Plan], tuple[str, ...]],
    ) -> None:
        """``winner`` gives the entity that a superlative finds, ``found`` all that a filter finds."""
        self._decider, self._winner, self._found = decider, winner, found
        self._ranked = RankedPlanner(decider, winner)

    def plan(self, parts: Parts, context: Context) -> Planned:
        """A query over the graph's entities, or ``None``."""
        if parts.categories and not parts.attributes:
            return None
        ignored = parts.scan.unknown if stray(parts) else ()
        if parts.loose or _ADVICE.search(parts.text) or (parts.scan.unknown and not ignored):
            return None
        named = [t for t in parts.things if not (t.referred or t.negated or is_brand(t.clause))]
        listed = parts.has("list") and parts.has("head")  # v8的车有哪些
        wide = parts.rankings and any(not t.single for t in named)
        if any(t.single for t in named) and not wide and not listed:
            return None
        leaning = leans(parts, context.plan)
        if not leaning and goes_back(
            parts, context
        ):  # of the list, one row of which was spoken of in between
            context, leaning = replace(context, plan=context.listed), True
        if context.entities and self._about_focus(parts, context):
            return self._verify(parts, context)
        said = self._decider.clauses(replace(parts, things=tuple(t for t in parts.things if not t.referred)))
        conditions = said
        if leaning and context.plan:
            said = moved(context.plan, said, parts.text)
            conditions = merged(
                _without_seen(context), () if parts.has("any") else said, parts, self._decider.together
            )
            if parts.has("any"):
                told = [atom.path for atom in parts.atoms]
                conditions = without(conditions, [*told, *(p for paths in parts.attributes for p in paths)])
        if not leaning and which_of_these(parts, context):
            conditions = (*within(side_by_side(context)), *conditions)
        query = self._side_by_side(parts, conditions) or self._choose(
            parts, context, conditions, said, leaning
        )
        if query is None:
            return None
        kept = tuple(c for c in conditions if c not in flat(said)) if leaning else ()
        solid = len(parts.atoms) > 1 or any(atom.kind == "quantity" for atom in parts.atoms)
        solid = solid or parts.has("head") or any(rank.strength == "most" for rank in parts.rankings)
        spoken = bool(parts.things or parts.atoms)
        solid = solid or (spoken and parts.has("buy"))  # 推荐个电车吧 recommends no friend
        solid = solid or (spoken and parts.has("list", "count", "typical", "average"))
        solid = solid or (spoken and parts.text.endswith(("的吗", "的么", "的没", "的没有", "的不", "的吧")))
        return replace(query, kept=kept, solid=solid, ignored=ignored)

    @staticmethod
    def _about_focus(parts: Parts, context: Context) -> bool:
        """是四驱吗, 40万够吗, 都有天窗吗 of what is in focus; 有四驱的吗 asks of all."""
        several = len(context.entities) > 1
        if parts.things or not parts.atoms or parts.has("which", "head", "buy", "count"):
            return False
        if any(rank.strength == "more" for rank in parts.rankings):
            return False  # 有便宜点的吗，还要七座
        if parts.has("list") and not several:
            return False
        if several and context.plan and context.plan.op not in ("compare", "verify"):
            return False
        said = parts.text.rstrip("呢呀啊哈吧哦")
        features = all(atom.kind == "feature" for atom in parts.atoms)
        asks = parts.has("enough") or (features and parts.has("exists"))
        asks = asks or any(w in said for w in ("吗", "是不是", "么")) or said.endswith(("不", "没", "没有"))
        return asks and not said.endswith(("的吗", "的么", "的没", "的有吗", "的有么", "的有没有", "的有没"))

    def _side_by_side(self, parts: Parts, conditions: tuple[Clause, ...]) -> Query | None:
        """两台25款的差多少: as many as are said meet the conditions, and these are compared."""
        counted = parts.limit or parts.has("pair", "those")
        if not (parts.atoms or parts.things) or not conditions or not (counted and parts.has("compare")):
            return None
        names = self._found(Plan("filter", (), (), conditions))
        plan = self._decider.compare(parts, names) if len(names) == (parts.limit or _TWO) else None
        return Query(plan, parts.scan, carried=names) if plan else None

    def _verify(self, parts: Parts, context: Context) -> Planned:
        plan = self._decider.verify(parts, *context.entities)
        return Query(plan, parts.scan, carried=context.entities) if plan else None

    def _choose(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...],
        said: tuple[Clause, ...], leaning: bool,
    ) -> Query | None:  # fmt: skip
        for step in (self._ranked.of_the_first, self._others, self._relative):
            if query := step(parts, context, conditions):
                return query
        if ranked := self._ranked.plan(parts, context, conditions, anew=bool(said) or not leaning):
            return ranked
        scan = parts.scan
        if (
            parts.has("typical", "average") or asks_range(parts) or (parts.has("buy") and parts.attributes)
        ) and (plan := self._decider.aggregate(parts, conditions)):
            return Query(plan, scan)
        if (
            parts.has("count")
            and _EACH.search(parts.text)
            and (plan := self._decider.counted_each(conditions))
        ):
            return Query(plan, scan)
        if (
            parts.has("count", "total")
            and not _SOME.search(parts.text)
            and not parts.attributes
            and not parts.has("which")
            and (conditions or parts.has("head", "total"))
        ):
            return Query(Plan("count", (), self._shown(conditions, parts), conditions), scan)
        listing = parts.has("list", "which", "count") or _HOW_MANY.search(parts.text)
        if listing and (plan := self._decider.group(parts, conditions)):
            return Query(plan, scan)
        return self._filter(parts, context, conditions, said, leaning)

    def _shown(self, conditions: tuple[Clause, ...], parts: Parts) -> tuple[Path, ...]:
        return self._decider.shown(conditions, parts)

    def _others(self, parts: Parts, context: Context, conditions: tuple[Clause, ...]) -> Query | None:
        """还有别的吗: what matches besides what was shown."""
        last = context.plan
        if parts.rankings and "剩下" in parts.text:
            return None  # of what is left
        if not parts.has("others") or last is None or not (context.shown or context.entities):
            return None
        if kinds := self._other_kinds(parts, last):
            return Query(replace(last, op="filter", conditions=kinds, limit=None), parts.scan)
        one = last.op == "superlative" and (last.limit or 1) == 1
        seen = context.entities if one and context.entities else context.shown or context.entities
        attributes = last.attributes or self._shown(conditions, parts)
        plan = Plan("filter", (), attributes, (*conditions, *besides(seen)), last.order)
        return Query(plan, parts.scan)

    def _other_kinds(self, parts: Parts, last: Plan) -> tuple[Clause, ...]:
        """还有别的品牌吗: the same, but not of the brand that was asked for."""
        paths = {path for paths in parts.attributes for path in paths}
        if any(path[-1] == "品牌" or path == keyword_level(1) for path in paths):
            paths.add(keyword_level(1))
        found = flat(last.conditions)
        about = [c for c in found if paths_of(c) & paths and not isinstance(c, Not)]
        return tuple(Not(c) if c in about else c for c in found) if about else ()

    def _relative(self, parts: Parts, context: Context, conditions: tuple[Clause, ...]) -> Query | None:
        """再便宜点: better than what is in focus; of a list, the better first."""
        rank = next((r for r in parts.rankings if r.strength == "more"), None)
        if rank is None or parts.has("which") or not all(is_brand(thing.clause) for thing in parts.things):
            return None
        focus = context.entities[:1] or self._worst(context.shown, rank)
        if not focus:  # all were shown: better ones may well be among those
            conditions = tuple(c for c in conditions if not is_exclusion(c))
        raw = self._decider.raw(focus[0], rank.path) if focus else None
        asks = parts.has("verify", "exists", "has") or asks_whether(parts)
        goes_on = parts.has("keep", "exists") or (context.entities and asks)
        if raw is None or (parts.atoms and not goes_on):
            return (
                Query(Plan("filter", (), (rank.path,), conditions, rank.order), parts.scan)
                if conditions
                else None
            )
        bound = Condition(rank.path, "<" if rank.order == "asc" else ">", raw)
        kept = tuple(c for c in conditions if not (paths_of(c) == {rank.path} and _floor(c, rank.order)))
        plan = Plan("filter", (), (rank.path,), (*kept, bound), rank.order)
        return Query(plan, parts.scan, carried=focus)

    def _worst(self, shown: tuple[str, ...], rank: Ranking) -> tuple[str, ...]:
        """Of a list the one that is furthest from what is wanted: 更便宜的 is cheaper than the dearest."""
        if len(shown) < 2:
            return shown
        order: Order = "desc" if rank.order == "asc" else "asc"
        worst = self._winner(Plan("superlative", shown, (rank.path,), order=order, limit=1))
        return (worst,) if worst else ()

    def _filter(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...],
        said: tuple[Clause, ...], leaning: bool,
    ) -> Query | None:  # fmt: skip
        scan = parts.scan
        bought = parts.has("buy") and (not parts.has("list", "which") or not conditions)
        bought = bought or (_asks_for_all(parts) and not conditions and context.empty)
        guiding = bought or (context.guiding and leaning and not parts.has("done", "list"))
        alone = context.empty  # 有HUD没, before any car was named
        if not self._is_filter(parts, said, leaning, alone) and not guiding:
            return None
        order = parts.rankings[0].order if parts.rankings else self._ranked.sorted(parts)
        attributes = self._shown(conditions, parts)
        if parts.rankings:
            attributes = tuple(dict.fromkeys((parts.rankings[0].path, *attributes)))
        last = context.plan
        if leaning and last and last.attributes and parts.has("upward", "downward") and not parts.attributes:
            attributes = last.attributes
        if leaning and last and last.op == "superlative" and not parts.rankings:
            return self._again(parts, last, conditions)
        if leaning and last and last.op == "nearest":
            return Query(replace(last, conditions=conditions), scan)
        same = ("呢" in parts.text and not parts.has("list")) or (
            parts.text.startswith("那") and not parts.has("list")
        )
        if leaning and last and last.op in ("count", "aggregate", "group") and same:
            return Query(replace(last, conditions=conditions), scan)
        op = "verify" if parts.has("exists") and not leaning and not parts.has("list") else "filter"
        plan = Plan(op, (), attributes, conditions, order)  # type: ignore[arg-type]
        return Query(plan, scan, guiding=guiding, listed=parts.has("done", "list"))

    @staticmethod
    def _again(parts: Parts, last: Plan, conditions: tuple[Clause, ...]) -> Query:
        """The same ranking under other conditions; a condition more lists all, best first."""
        if "呢" in parts.text or parts.has("swap", "wrong"):
            return Query(replace(last, conditions=conditions), parts.scan)
        order = last.order or "desc"
        return Query(Plan("filter", (), last.attributes, conditions, order), parts.scan)

    @staticmethod
    def _is_filter(parts: Parts, said: tuple[Clause, ...], leaning: bool, alone: bool) -> bool:
        if leaning:
            plain = bool(parts.rankings) and parts.text.rstrip("呢吧").endswith(("的", "点", "些"))
            return bool(said) or plain or parts.has("done", "any", "list", "sort", "upward", "downward")
        told = [atom for atom in parts.atoms if atom.kind != "feature"]
        if told:
            return True
        if parts.atoms:
            asks = parts.text.endswith(("吗", "没", "不", "么")) and not parts.has("head", "list")
            asks = asks and not (_OF_SUCH.search(parts.text) or (alone and parts.has("has", "exists")))
            return parts.has("has", "not", "list", "head", "exists", "which") and not asks
        if parts.rankings and said and "的" in parts.text:  # 省油的丰田
            return True
        versions = parts.has("count") and bool(parts.attributes)  # E6几个版本，都多少钱
        return bool(said or parts.has("total")) and (parts.has("list", "head", "buy") or versions)


def _asks_for_all(parts: Parts) -> bool:
    """你们有什么车: nothing but what there is; too many to list, so a choice is guided."""
    told = parts.atoms or parts.things or parts.rankings or parts.attributes or parts.categories
    return parts.has("list") and parts.has("head") and not (told or parts.scan.unknown)


def _without_seen(context: Context) -> Plan:
    """The query before; where nothing was left besides what had been shown, that counts again."""
    assert context.plan is not None
    if context.shown:
        return context.plan
    kept = tuple(c for c in flat(context.plan.conditions) if not is_exclusion(c))
    return replace(context.plan, conditions=kept)


def asks_range(parts: Parts) -> bool:
    """大概多少钱, 从多少到多少."""
    return _ROUGHLY.search(parts.text) is not None


def _floor(clause: Clause, order: str | None) -> bool:
    """Whether a bound points the same way as the one to come: it would only repeat or contradict it."""
    return isinstance(clause, Condition) and clause.op in ((">", ">=") if order == "asc" else ("<", "<="))
