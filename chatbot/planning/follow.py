"""Questions that go on about what the conversation speaks of, without naming it: 差多少, 油耗呢, 比旗舰版便宜多少."""

from dataclasses import replace

from chatbot.knowledge_graph.plan import Condition, Path, Plan
from chatbot.planning.asked_sets import asks_from
from chatbot.planning.bare_degrees import of_something_else
from chatbot.planning.beside import DIFFER
from chatbot.planning.carry import leans
from chatbot.planning.clauses import flat, paths_of
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider, measured_by
from chatbot.planning.money import says_money
from chatbot.planning.other_measures import size_asked
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.ranked import far_apart, ranks_versions
from chatbot.planning.whether import asks_whether
from chatbot.regex import regex

DIFFERENCES = regex("差在?哪|差啥|差什么|区别|不同|不一样|变化|差异")  # of all, not of what was asked last
_EXTENT = regex("车身?[长宽高]度?(?:呢|是?多少)[啊呀]?")
_BY_HOW_MUCH = regex(
    "^(?:那|那么)?(?:要|得|能|会)?(?:贵|便宜|快|慢|省)(?:了|出)?(?:多少|几[万千秒个])"
)  # 贵多少钱
_FEW = 10
_PAIR = 2
_ABOUT_SAME = regex("同|差不多|相近|接近|类似|相似|一个|相当|不相上下")
_BOTH = regex("都(?:是)?(?:多少|几|啥|什么|报)")
_TELLS_BOTH = regex("都[发给列说讲看查]")  # of one attribute: 油耗和价格都说下 is of both of these
_OF_EACH = regex("(?:各|分别)(?:是|要|有)?多少[呢啊呀]?$")  # 油耗各多少
_KINDS = regex("有?(?:几|多少)[种个][呢啊呀]?$")
_WHICH_OF_ITS = regex(
    "(?:那|都|去|在|能去|可以去|它)*有?(?:哪几?[个家种些]|几[个家种]|什么|啥)(?!车|[款台辆])"
)
_BARE_UNIT = regex("(?:那|要|得|能跑|是|大概)*(?:几秒|多少秒|几公里|多少公里|几万|几万块)(?:钱)?(?:呢|啊)?")
_HOW_MUCH_THEN = regex("(?:那|那么)?(?:到底|究竟|具体|实际|准确)?(?:是|有|要|得)?(?:多少|几)[啊呀呢]?")
_HOW_MANY = regex("(?:那|有|一共|总共|到底|具体)*(?:几|多少)[个颗台只块种](?:呢|啊|呀)?")  # after 有激光雷达
_HAS_IT_TOO = regex(
    "(?:也|就|是不是|应该|总|该|肯定)*(?:没有?|有没有|有|没带|不带|带不带|带|支持|不支持|能|不能|是|不是)(?:的)?"
    "(?:是吧|对吧|对不对|是不是|吧|吗|么|嘛|不|没|是吗|[?？])[啊呀]?$"
)
_OF_ALL = regex("(?:那|它们|他们)?(?:都|分别|各)")  # 都多少钱 of a list


def alone(parts: Parts, context: Context) -> str:
    """差多少 while one car is spoken of and none before it: the words that want a second one; else empty."""
    told = parts.things or parts.atoms or parts.rankings or parts.has("list", "which", "nearest")
    found = DIFFER.search(parts.text) if parts.has("compare") and not told else None
    one = (len(context.entities) == 1 and context.plan is None) or (
        context.plan and context.plan.op == "superlative"
    )
    return parts.text if found and one and len(context.last(0)) < _PAIR else ""


def _of_the_listed(parts: Parts, context: Context) -> bool:
    """最贵和最便宜差多少, 最便宜两款差多少: of all that matched."""
    most = any(rank.strength == "most" for rank in parts.rankings)
    return bool(far_apart(parts) and len(context.entities) < _PAIR) or bool(most and parts.limit)


def _is_so(parts: Parts) -> bool:
    """好停车不, beside 转弯半径多少: whether one thing is so, and not which of two is more."""
    plain = all(rank.strength == "plain" for rank in parts.rankings)
    return plain and asks_whether(parts) and not (parts.has("which") or _BY_HOW_MUCH.search(parts.text))


def _whether(last: Plan) -> Plan:
    """有激光雷达的, which was looked for, as a question of one: 另一个没有是吧; ``last`` where it was not just that."""
    wished = tuple(c for c in flat(last.conditions) if isinstance(c, Condition) and c.op == "has")
    return replace(last, op="verify", attributes=(), conditions=wished) if len(wished) == 1 else last


class Follower:
    """Built once for a planner."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    def of_focus(self, parts: Parts, context: Context) -> Asked | None:
        """轴具呢, 零百几秒: an attribute of what the conversation speaks of."""
        last = context.plan
        ranked = last is not None and last.op == "superlative" and (last.limit or 1) > 1
        of_all = ranked or _OF_ALL.match(parts.text)
        focus = context.entities or (context.shown[:_FEW] if of_all else ())
        if parts.things or parts.atoms or not focus:
            return None
        if _HOW_MANY.fullmatch(parts.text) and len(context.attributes) == len(focus) == 1:
            return Asked((focus,), (context.attributes,), parts.scan, referred=True)
        one = len(parts.attributes) == 1
        of_each = bool(parts.attributes) and _OF_EACH.search(parts.text) is not None
        of_each = of_each or (one and _TELLS_BOTH.search(parts.text) is not None)
        of_kinds = bool(parts.attributes) and len(focus) == 1 and self._asks_its_kinds(parts)
        lists = parts.has("list", "which") and not of_kinds
        if lists or parts.has("typical", "average", "others", "buy", "any", "nearest"):
            return None
        if (parts.has("count") and not (of_each or of_kinds)) or of_something_else(parts):
            return None
        topics = parts.attributes or parts.categories or self._its_size(parts)
        if not topics and not parts.rankings and _BARE_UNIT.fullmatch(parts.text):  # 几秒
            topics = tuple((path,) for path in self._decider.in_units(parts.text))
        if not topics and not parts.rankings and _HOW_MUCH_THEN.fullmatch(parts.text):
            topics = tuple((path,) for path in context.attributes[:1])
        each = parts.has("each") or of_each or _BOTH.search(parts.text)
        if parts.rankings:  # 费油不, 后备箱大不大, 快充各要多久
            plain = all(rank.strength == "plain" for rank in parts.rankings)
            degrees = tuple((rank.path,) for rank in parts.rankings)
            extent = _EXTENT.fullmatch(parts.text) is not None
            asks = plain and (asks_whether(parts) or bool(parts.attributes or each) or extent)
            topics = tuple(dict.fromkeys((*degrees, *parts.attributes))) if asks else ()
        if not topics:
            return None
        if each and len(context.entities) == 1 and context.recent:  # 油耗各是多少, 零百都多少
            focus = context.last(2)
        groups = tuple((name,) for name in focus)
        needed = parts.scan.mended or bool(parts.rankings) or focus != context.entities or parts.has("both")
        return Asked(groups, topics, parts.scan, needed=needed, referred=True)

    def _its_size(self, parts: Parts) -> tuple[tuple[Path, ...], ...]:
        plain = not (parts.rankings or parts.scan.unknown)
        return size_asked(parts.text, self._decider.vocabulary.concepts) if plain else ()

    def _asks_its_kinds(self, parts: Parts) -> bool:
        """颜色有几种, 多少钱有啥颜色, 哪几个分院能做 of one thing, whose value lists several: 羽白、深空灰."""
        found = (self._decider.columns.column(paths[0]) for paths in parts.attributes)
        several = any("、" in text for column in found if column for text in column.texts)
        of_all = parts.has("head") or parts.rankings or parts.scan.unknown
        which = _WHICH_OF_ITS.match if len(parts.attributes) == 1 else _WHICH_OF_ITS.search
        asks = _KINDS.search(parts.text) or (which(parts.text) and not of_all)
        return several and asks is not None

    @staticmethod
    def of_those(parts: Parts, context: Context) -> Query | None:
        """多少钱 after a list: that attribute of all that matched."""
        last = context.plan
        if last is None or last.op not in ("filter", "count", "verify", "superlative") or not last.conditions:
            return None
        if context.entities or last.entities:
            return None
        if parts.things or parts.atoms or parts.rankings or not parts.attributes or parts.scan.unknown:
            return None
        if parts.has(
            "list", "count", "typical", "average", "others", "buy", "any", "which", "nearest", "sort",
            "upward", "downward",
        ):  # fmt: skip
            return None
        paths = tuple(paths[0] for paths in parts.attributes)
        if asks_from(parts):  # 多少钱起
            lowest = Plan("superlative", (), paths[:1], last.conditions, "asc", 1)
            return Query(lowest, parts.scan, kept=last.conditions)
        return Query(Plan("filter", (), paths, last.conditions), parts.scan, kept=last.conditions)

    def near_focus(self, parts: Parts, context: Context) -> Query | None:
        """同价位的还有啥: close to the one that the conversation speaks of."""
        if not parts.has("nearest") or parts.things or len(context.entities) != 1 or parts.scan.unknown:
            return None
        if any(atom.kind == "quantity" for atom in parts.atoms) or not _ABOUT_SAME.search(parts.text):
            return None
        plan = self._decider.nearest(parts, context.entities[0])
        return Query(plan, parts.scan, carried=context.entities) if plan else None

    def verified_again(self, parts: Parts, context: Context) -> Query | None:
        """20万呢 after 30万够吗: the same question of the same things."""
        last = context.plan
        if last is None or last.op != "verify" or not last.entities or last.entities != context.entities:
            return None
        if parts.things or parts.rankings or not parts.text.endswith("呢"):
            return None
        plan = self._decider.verify(parts, *last.entities)
        return Query(plan, parts.scan, carried=last.entities) if plan else None

    @staticmethod
    def verified_of(parts: Parts, context: Context, things: tuple[Thing, ...]) -> Query | None:
        """第二款呢 after 第一个有激光雷达没: the same question of another."""
        last = context.plan
        again = parts.text.endswith("呢") or _HAS_IT_TOO.search(parts.text)
        if last is None or not again or not (last.entities or last.op == "filter"):
            return None
        last = _whether(last) if last.op == "filter" and not parts.text.endswith("呢") else last
        if last.op != "verify":
            return None
        if len(things) != 1 or not things[0].single or parts.attributes or parts.categories:
            return None
        asked = {path for clause in last.conditions for path in paths_of(clause)}
        since = context.attributes if context.plan and context.attributes != context.plan.attributes else ()
        if since and asked.isdisjoint(since):
            return None  # something else was asked since
        if parts.atoms or parts.rankings or parts.scan.unknown or parts.has("compare", "which", "list"):
            return None
        return Query(
            replace(last, entities=things[0].names),
            parts.scan,
            carried=things[0].names if parts.referred else (),
        )

    def continued(self, parts: Parts, context: Context) -> Planned:
        """差多少, 哪个便宜, 油耗呢: about the two or more things spoken of last."""
        if parts.things or parts.atoms or parts.has("list", "count", "typical", "average", "head", "others"):
            return None
        if _of_the_listed(parts, context) or self._of_the_series(parts, context):
            return None
        if any(rank.strength == "more" for rank in parts.rankings) and not parts.has("which", "compare"):
            return None
        most = any(rank.strength == "most" for rank in parts.rankings)
        comparing = context.plan is not None and context.plan.op == "compare"
        by_how_much = parts.has("which", "much") or _BY_HOW_MUCH.search(parts.text) is not None
        asks = parts.has("compare") or (parts.rankings and by_how_much and not _is_so(parts))
        asks = asks or (
            most and len(context.entities) > 1 and context.plan is None
        )  # 最贵的, of those just told
        goes_on = (
            comparing and len(context.entities) != 1
        )  # once one of them was picked, it is about that one
        if not (asks or (goes_on and (parts.attributes or parts.rankings))):
            return None
        if leans(parts, context.plan) and len(context.shown) > 1 and parts.has("which"):
            return None
        if most and not context.entities and context.plan is None and leans(parts, context.listed):
            return None  # 最便宜的是哪款, of the series that it was asked about which is meant
        entities = context.last(0)
        ranked = most and parts.has("which") and not (comparing or parts.has("compare"))
        if ranked and len(entities) > _PAIR and self._of_one_series(entities):
            rank = next(rank for rank in parts.rankings if rank.strength == "most")
            path = self._decider.told_of(entities, rank.path)
            return Query(
                Plan("superlative", entities, (path,), (), rank.order, 1), parts.scan, carried=entities
            )
        plan = self._decider.compare(parts, entities)
        if plan is None and comparing and len(entities) > 1:
            paths: tuple[Path, ...] = tuple(p[0] for p in parts.attributes)
            plan = Plan("compare", entities, paths) if paths else None
        whole = DIFFERENCES.search(parts.text) or says_money(parts.text) or measured_by(parts.text)
        if plan and context.attributes and not (parts.attributes or parts.rankings or whole):
            plan = replace(plan, attributes=context.attributes[:1])
        return Query(plan, parts.scan, carried=entities) if plan else None

    @staticmethod
    def of_the_first(parts: Parts, context: Context) -> Query | None:
        """最低配是手动还是自动, of two that were compared or told: what is asked of the one of them that ranks first."""
        most = [rank for rank in parts.rankings if rank.strength == "most"]
        asked = tuple(paths[0] for paths in parts.attributes if not most or paths[0] != most[0].path)
        together = context.plan is None or context.plan.op == "compare"
        entities = context.entities if together else ()
        if len(entities) < _PAIR or parts.things or parts.atoms or parts.scan.unknown:
            return None
        if len(most) != 1 or len(parts.rankings) > 1 or not asked:
            return None
        if parts.has("which", "compare", "much", "list", "head", "count", "typical", "average"):
            return None
        first = Plan("superlative", entities, (most[0].path,), (), most[0].order, 1)
        return Query(first, parts.scan, carried=entities, asked_for=asked)

    def _of_the_series(self, parts: Parts, context: Context) -> bool:
        """入门款是哪个, of the series that both are of, and not of the two."""
        most = any(rank.strength == "most" for rank in parts.rankings)
        asks = most and parts.has("which") and ranks_versions(parts)
        return asks and self._of_one_series(context.last(0))

    def _of_one_series(self, entities: tuple[str, ...]) -> bool:
        """B型号的油耗 told of its versions: a set, and no cars that were named to be set side by side."""
        known = self._decider.vocabulary.graph.by_name
        return len({known[name].keywords[:_PAIR] for name in entities}) == 1
