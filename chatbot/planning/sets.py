"""Questions about all that match: filter, superlative, count, group, average, and how they go on."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.plan import Clause, Not, Path, Plan, keyword_level
from chatbot.planning.asked_sets import (
    asks_for_all,
    asks_from,
    asks_otherwise,
    asks_range,
    each_of_these,
    is_filter,
    is_solid,
    of_what_was_told,
    wants_some,
)
from chatbot.planning.carry import (
    goes_back,
    leans,
    lists,
    side_by_side,
    which_of_these,
    within,
    without_seen,
)
from chatbot.planning.clauses import flat, of_its_series, paths_of
from chatbot.planning.context import Context, besides
from chatbot.planning.decide import Decider
from chatbot.planning.going_on import GoingOn
from chatbot.planning.parts import Parts
from chatbot.planning.query import Planned, Query, Refusal
from chatbot.planning.ranked import RankedPlanner, ranks_versions
from chatbot.planning.relative import RelativePlanner
from chatbot.planning.stray import stray
from chatbot.planning.whether import asks_of_the_one, doubts, of_its_own_choice, put_plainly
from chatbot.regex import regex

_TWO = 2
_MOST_OF = regex(
    "(?:哪个|哪家|谁家|什么|哪种)(?:品牌|牌子|车系|级别|颜色|能源)?的?(?:车|suv|mpv|[\u4e00-\u9fff]{1,4}车)?(?:车型)?最[多少]"
)
_HOW_MANY = regex("什么|啥|几种|几个|几家|多少种|多少个")
# 天窗总有吧
_TAKEN_TO_BE_SO = regex(
    "(?:总|该|肯定|一定|起码|至少|好歹|也|都|会|当然|是)(?:还)?(?:有|带|配|支持|是)[了的]?吧$"
)
# what is looked for is told: a list, and no choice to be led through
_FINDS = regex("找(?![对个]象)|筛|查|搜|报一?下|列一?[下出]")
# 轴距有没有三米
_REACHES = regex("^[^,，]{2,6}(?:有没有|有无|能有|够)(?=[\\d一两二三四五六七八九十])[^的]*$")
_BOTH_ARE = regex(
    "(?:那|它们|他们|这俩|那俩|这车|全系|所有的?版本)*都(?:是|有|带|配|支持|能)"
)  # 都是四驱？ of the two spoken of
_IS_SO = regex("(?:是|属于)[^的]{1,8}的[吗么]$")
_WHICH_MOST = regex("(?:哪个|谁)(?:最|更|比较)?[^,，。的]{1,4}$")


def _of_a_kind(parts: Parts) -> bool:
    """Whether a value stands for the things that have it, behind what is said of them: SUV of 30万以内的SUV."""
    return any(atom.kind == "value" and parts.text[: atom.start].endswith("的") for atom in parts.atoms)


class SetPlanner:
    """One step a kind of question; the first that fits is it."""

    def __init__(
        self,
        decider: Decider,
        winner: Callable[[Plan], str | None],
        found: Callable[[Plan], tuple[str, ...]],
        relaxed: Callable[[Plan], Clause | None],
    ) -> None:
        """``winner`` gives what a superlative finds, ``found`` what a filter finds, ``relaxed`` what its nearest lack."""
        self._decider, self._winner, self._found = decider, winner, found
        self._ranked = RankedPlanner(decider, winner)
        self._relative = RelativePlanner(decider, winner)
        self._going_on = GoingOn(decider, found, relaxed)

    def plan(self, parts: Parts, context: Context) -> Planned:
        """A query over the graph's entities, or ``None``."""
        ignored = parts.scan.unknown if stray(parts) else ()
        kept_back = any(map(self._values_of, ignored))  # 永磁同步 is a value, though every one of them has it
        if kept_back or asks_otherwise(parts) or (parts.scan.unknown and not ignored):
            return None
        leaning = leans(parts, context.plan) or _has_chosen(parts, context)
        if not leaning and goes_back(parts, context):
            # of the list, one row of which was spoken of in between
            context, leaning = replace(context, plan=context.listed), True
        parts = put_plainly(parts, context)
        if context.entities and (self._about_focus(parts, context) or of_what_was_told(parts, context)):
            return self._verify(parts, context)
        said = self._decider.clauses(replace(parts, things=tuple(t for t in parts.things if not t.referred)))
        conditions = said
        if leaning and context.plan:
            said, conditions = self._going_on.conditions(parts, without_seen(context), said)
            if (
                context.plan.op == "superlative" and context.plan.limit == 1
            ):  # 低配也是吗, of the few that were ranked
                conditions = (*within(context.plan.entities), *conditions)
        if not (leaning or conditions or parts.has("head", "buy")) and context.offered and parts.rankings:
            conditions = within(context.offered)  # 最便宜的多少钱, of those that it was asked which is meant
        if not (leaning or conditions) and context.entities and ranks_versions(parts):
            conditions = of_its_series(context.entities[0], self._decider.vocabulary.graph)  # 高配呢
        if not (leaning or conditions) and context.entities and _WHICH_MOST.match(parts.text):
            return Refusal("nothing_to_point_at", parts.text[:2], parts.scan)  # of one alone; never of all
        if not leaning and which_of_these(parts, context):
            conditions = (*within(side_by_side(context)), *conditions)
        query = self._side_by_side(parts, conditions)
        query = query or self._choose(parts, context, conditions, said, leaning)
        kept = tuple(c for c in conditions if c not in flat(said)) if leaning else ()
        return replace(query, kept=kept, solid=is_solid(parts), ignored=ignored) if query else None

    def _values_of(self, piece: str) -> bool:
        return len(piece) > 1 and any(piece in text for text in self._decider.vocabulary.classifying_texts())

    def _about_focus(self, parts: Parts, context: Context) -> bool:
        """是四驱吗, 40万够吗, 都有天窗吗 of what is in focus; 有四驱的吗 asks of all."""
        several = len(context.entities) > 1
        if parts.things or not parts.atoms or parts.has("which", "head", "buy", "count"):
            return False
        if len(parts.atoms) > 1 and parts.has("exists", "list") and _of_a_kind(parts):
            return False  # 30万以内的SUV有吗
        anew = parts.has("exists") and 0 < sum(atom.negated for atom in parts.atoms) < len(parts.atoms)
        if anew or any(rank.strength == "more" for rank in parts.rankings):
            return False  # 不看轿车了，电动跑车有吗; 有便宜点的吗，还要七座
        if asks_of_the_one(parts, context):
            return True
        if doubts(parts, context) or of_its_own_choice(parts, context, self._decider.vocabulary.graph):
            return True
        listed = several and context.plan and context.plan.op not in ("compare", "verify")
        if listed or (parts.has("list") and not several):
            return False
        said = parts.text.rstrip("呢呀啊哈吧哦")
        features = all(atom.kind == "feature" for atom in parts.atoms)
        measured = all(atom.kind == "quantity" for atom in parts.atoms)
        if measured and parts.has("exists") and lists(context.plan):
            return False  # 30万以下有吗, after a list that came to one
        asks = parts.has("enough") or (features and parts.has("exists"))
        asks = asks or any(w in said for w in ("吗", "是不是", "么")) or said.endswith(("不", "没", "没有"))
        asks = asks or (parts.has("exists") and _REACHES.search(said) is not None)
        asks = asks or _TAKEN_TO_BE_SO.search(parts.text) is not None
        asks = asks or (
            context.plan is None and len(context.last(_TWO)) == _TWO and _BOTH_ARE.match(said) is not None
        )
        named = {paths[0] for paths in parts.attributes}  # 车漆有黑的吗
        if asks and several and named and all(atom.path in named for atom in parts.atoms):
            return True
        if _IS_SO.search(said) and not parts.has("exists"):
            return asks  # 天窗是全景的吗
        of_all = said.endswith(("的吗", "的么", "的没", "的有吗", "的有么", "的有没有", "的有没"))
        return asks and (not of_all or _said_of_one(said, parts, context))

    def _side_by_side(self, parts: Parts, conditions: tuple[Clause, ...]) -> Query | None:
        """两台25款的差多少: as many as are said meet the conditions, and these are compared."""
        counted = parts.limit or parts.has("pair", "those")
        if not (parts.atoms or parts.things) or not conditions or not (counted and parts.has("compare")):
            return None
        names = self._found(Plan("filter", (), (), conditions))
        plan = self._decider.compare(parts, names) if len(names) == (parts.limit or _TWO) else None
        return Query(plan, parts.scan, carried=names) if plan else None

    def _verify(self, parts: Parts, context: Context) -> Planned:
        both = context.plan is None and _BOTH_ARE.match(parts.text) is not None
        entities = context.last(_TWO) if both and len(context.entities) <= _TWO else context.entities
        plan = self._decider.verify(parts, *entities)
        return Query(plan, parts.scan, carried=entities) if plan else None

    def _choose(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...],
        said: tuple[Clause, ...], leaning: bool,
    ) -> Query | None:  # fmt: skip
        for step in (self._ranked.of_the_first, self._others, self._relative.plan):
            if query := step(parts, context, conditions):
                return query
        if ranked := self._ranked.plan(parts, context, conditions, anew=bool(said) or not leaning):
            return ranked
        scan = parts.scan
        if (
            (parts.has("typical", "average") or asks_range(parts) or (parts.has("buy") and parts.attributes))
            and not parts.has("sort")
            and (plan := self._decider.aggregate(parts, conditions, context.plan if leaning else None))
        ):
            return Query(plan, scan)
        if conditions and self._decider.price and asks_from(parts) and not parts.rankings:
            return Query(Plan("superlative", (), (self._decider.price,), conditions, "asc", 1), scan)
        each = each_of_these(parts, conditions) if parts.has("count") and not parts.attributes else None
        if each and (plan := self._decider.counted_each(each)):
            return Query(plan, scan)
        if (
            parts.has("count", "total")
            and not wants_some(parts)
            and not parts.attributes
            and not parts.has("which")
            and (conditions or parts.has("head", "total"))
        ):
            return Query(Plan("count", (), self._shown(conditions, parts), conditions), scan)
        listing = parts.has("list", "which", "count") or _HOW_MANY.search(parts.text)
        listing = listing or _MOST_OF.search(parts.text)
        of_one = context.recent and not (context.plan or conditions or parts.has("list", "which", "count"))
        if listing and not of_one and (plan := self._decider.group(parts, conditions)):
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
        if context.entities and any(rank.strength == "more" for rank in parts.rankings):
            return None  # 还有没有便宜点的, than the one spoken of
        if kinds := self._other_kinds(parts, last, flat(conditions)):
            return Query(replace(last, op="filter", conditions=kinds, limit=None), parts.scan)
        one = last.op == "superlative" and (last.limit or 1) == 1
        seen = context.entities if one and context.entities else context.shown or context.entities
        attributes = last.attributes or self._shown(conditions, parts)
        plan = Plan("filter", (), attributes, (*conditions, *besides(seen)), last.order)
        return Query(plan, parts.scan)

    def _other_kinds(self, parts: Parts, last: Plan, wanted: Sequence[Clause]) -> tuple[Clause, ...]:
        """还有别的品牌吗: the same, but not of the brand that was asked for; and what is ``wanted`` besides."""
        paths = {path for paths in parts.attributes for path in paths}
        if any(path[-1] == "品牌" or path == keyword_level(1) for path in paths):
            paths.add(keyword_level(1))
        found = flat(last.conditions)
        about = [c for c in found if paths_of(c) & paths and not isinstance(c, Not)]
        kept = (Not(c) if c in about else c for c in found if c in about or c in wanted)
        fresh = (c for c in wanted if c not in found)
        return tuple(dict.fromkeys((*kept, *fresh))) if about else ()

    def _filter(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...],
        said: tuple[Clause, ...], leaning: bool,
    ) -> Query | None:  # fmt: skip
        scan = parts.scan
        bought = parts.has("buy") and (not parts.has("list", "which") or not conditions)
        bought = bought or (asks_for_all(parts) and not conditions and context.empty)
        found = _FINDS.search(parts.text) and len(flat(conditions)) >= _TWO
        bought = bought and not (found or _has_chosen(parts, context))
        guiding = bought or (
            context.guiding
            and leaning
            and not (parts.has("done", "list") or parts.rankings or _has_chosen(parts, context))
        )
        # 有HUD没, before any car was named
        filters = is_filter(parts, said, leaning, context.empty) or _has_chosen(parts, context)
        if not filters and not guiding:
            return None
        order = parts.rankings[0].order if parts.rankings else self._ranked.sorted(parts)
        attributes = self._shown(conditions, parts)
        if parts.rankings:
            attributes = tuple(dict.fromkeys((*(rank.path for rank in parts.rankings), *attributes)))
        last = context.plan
        if leaning and last and last.attributes and parts.has("upward", "downward") and not parts.attributes:
            attributes = last.attributes
        if leaning and last and last.op == "superlative" and not parts.rankings:
            return self._again(parts, last, conditions)
        if leaning and last and last.op == "nearest":
            return Query(replace(last, conditions=conditions), scan)
        same = not parts.has("list") and ("呢" in parts.text or parts.text.startswith("那"))
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
        if asked := tuple(p[0] for p in parts.attributes if p[0] not in last.attributes):  # 松峦的油耗多少
            return Query(Plan("filter", (), asked, conditions), parts.scan)
        order = last.order or "desc"
        return Query(Plan("filter", (), last.attributes, conditions, order), parts.scan)


def _has_chosen(parts: Parts, context: Context) -> bool:
    """推荐一个 while a choice is being narrowed down: of those that are left, and no further question."""
    told = parts.atoms or parts.things or parts.rankings or parts.attributes or parts.scan.unknown
    return context.guiding and lists(context.plan) and parts.has("buy") and not told


def _said_of_one(said: str, parts: Parts, context: Context) -> bool:
    """四驱的吗, after what one thing costs; 有四驱的吗 asks of all."""
    last = context.plan
    ranked = last is not None and last.op == "superlative" and last.limit == 1
    one = len(context.entities) == 1 and (last is None or bool(last.entities) or ranked)
    return one and said.endswith(("的吗", "的么")) and not parts.has("exists")
