"""Which of all that match rank first: 最便宜的三款, 排第二的, 倒数第一, both far ends, and what is asked of the one."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from chatbot.knowledge_graph.plan import Clause, Order, Plan
from chatbot.planning.concepts import trims
from chatbot.planning.context import Context, besides
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts, Ranking
from chatbot.planning.query import Query
from chatbot.planning.read_parts import numeric
from chatbot.regex import regex

_WHOSE = regex("谁家|哪家|哪个(?:牌子|品牌)")
_BY_PRICE = regex("从便宜到贵|从贵到便宜")
_WHETHER = regex("带不带|有没有|支不支持|是不是|能不能|有没")
_FIRST_FEW = regex("前|top")
_TURNED: dict[Order | None, Order] = {"asc": "desc", "desc": "asc"}
_TIME = "时间"
_AS_WELL = regex("也(?:都)?(?:是|有|能|带|支持)(?:吗|么|嘛|不|没有?)$")
_PAIR = 2


class RankedPlanner:
    """Built once for a planner; ``winner`` gives the entity that a superlative finds."""

    def __init__(self, decider: Decider, winner: Callable[[Plan], str | None]) -> None:
        self._decider, self._winner = decider, winner

    def plan(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...], *, anew: bool
    ) -> Query | None:
        """A ranking of all that meet ``conditions``; ``anew``: not among the few that were listed before."""
        scan, parts = parts.scan, self._as_before(parts, context)
        most = any(r.strength == "most" for r in parts.rankings) or parts.reverse or parts.place
        most = most or _the_other_way(parts, context)
        if apart := self._far_apart(parts, conditions) or self._first_two_apart(parts, conditions):
            return apart
        if parts.rankings:
            if not (most or parts.limit or parts.has("which") or _WHOSE.search(parts.text)):
                return None
            ranked = self._superlative(parts, conditions, self._among(parts, context, anew=anew))
            last = context.plan.attributes if context.plan and context.plan.op == "superlative" else ()
            asks_on = parts.text.endswith("呢") or _AS_WELL.search(parts.text) is not None  # 低配也是吗
            another = len(context.entities) == 1 and asks_on and context.attributes != last
            goes_on = context.offered or another
            return _of_the_offered(ranked, context) if ranked and goes_on else ranked
        best = self._best(parts, conditions) if parts.limit or parts.place else None
        if best:
            place = parts.place if not parts.limit else 0
            return Query(replace(best, limit=parts.limit or parts.place), scan, place=place)
        if parts.reverse and parts.attributes:
            path = parts.attributes[0][0]
            timed = self._decider.vocabulary.dimension(path) == _TIME
            slow = timed and self._decider.better(path) == "asc"  # last in acceleration is the slowest
            plan = Plan("superlative", (), (path,), conditions, "desc" if slow else "asc", parts.limit or 1)
            return Query(plan, scan, place=parts.place)
        return None

    def _as_before(self, parts: Parts, context: Context) -> Parts:
        """第二快的 after 快充最快的 is by the time of charging, as the first was."""
        last, rank = context.plan, next(iter(parts.rankings), None)
        if last is None or last.op != "superlative" or not (parts.place and rank) or parts.attributes:
            return parts
        timed = self._decider.vocabulary.dimension
        path, order = last.attributes[0], last.order
        if (
            len(parts.rankings) > 1
            or timed(path) != _TIME
            or timed(rank.path) != _TIME
            or order != rank.order
        ):
            return parts
        return replace(parts, rankings=(replace(rank, path=path),))

    def _far_apart(self, parts: Parts, conditions: tuple[Clause, ...]) -> Query | None:
        """最贵的和最便宜的差多少: the two that rank first, either way, side by side."""
        most = far_apart(parts)
        if not most:
            return None
        path = most[0].path
        plans = (Plan("superlative", (), (path,), conditions, rank.order, 1) for rank in most)
        names = tuple(dict.fromkeys(name for name in map(self._winner, plans) if name))
        told = numeric(self._decider.vocabulary, parts.attributes) or self._decider.in_units(parts.text)
        told = told or tuple(
            rank.path for rank in parts.rankings if rank.path != path
        )  # 顶配比低配续航多多少
        paths = told or (path,)  # 顶配比最低配快几秒
        return Query(Plan("compare", names, paths), parts.scan) if len(names) == 2 else None

    def _first_two_apart(self, parts: Parts, conditions: tuple[Clause, ...]) -> Query | None:
        """最便宜两款差多少: the two that rank first, side by side."""
        rank = parts.rankings[0] if len(parts.rankings) == 1 else None
        asks = parts.limit == _PAIR and parts.has("compare") and rank is not None
        if not asks or rank is None or rank.strength != "most":
            return None
        names: tuple[str, ...] = ()
        for _ in range(_PAIR):
            best = self._winner(
                Plan("superlative", (), (rank.path,), (*conditions, *besides(names)), rank.order, 1)
            )
            names = (*names, best) if best else names
        told = numeric(self._decider.vocabulary, parts.attributes) or (rank.path,)
        return Query(Plan("compare", names, told), parts.scan) if len(names) == _PAIR else None

    def of_the_first(self, parts: Parts, context: Context, conditions: tuple[Clause, ...]) -> Query | None:
        """X7最低配有天窗吗: whether it holds for the one that ranks first."""
        most = [rank for rank in parts.rankings if rank.strength == "most"]
        behind = bool(most) and all(atom.start >= most[0].end for atom in parts.atoms)
        asks = parts.text.endswith(("吗", "么", "没有", "没", "不")) or (
            bool(most) and _WHETHER.search(parts.text, most[0].end) is not None
        )
        if len(most) != 1 or not parts.atoms or not behind or not asks:
            return None
        if parts.has("list", "head", "which", "count") or parts.text.endswith(("的吗", "的没有")):
            return None
        among = tuple(c for c in conditions if c not in self._decider.said(parts))
        best = self._winner(Plan("superlative", (), (most[0].path,), among, most[0].order, 1))
        plan = self._decider.verify(parts, best) if best else None
        return Query(plan, parts.scan) if plan else None

    def _best(self, parts: Parts, conditions: tuple[Clause, ...]) -> Plan | None:
        """续航前五, 油耗排行前3: the better first."""
        if not _FIRST_FEW.search(parts.text) and not parts.has("sort", "upward", "downward", "best"):
            return None
        path = next(iter(numeric(self._decider.vocabulary, parts.attributes)), None)
        if path is None and parts.limit and _BY_PRICE.search(parts.text):
            path = self._decider.price  # 从便宜到贵数前三台
        if path is None:
            return None
        order = self.sorted(parts) or self._decider.better(path)
        return Plan("superlative", (), (path,), conditions, order, parts.limit)

    def _among(self, parts: Parts, context: Context, *, anew: bool) -> tuple[str, ...]:
        """The few that are ranked; none where it is all that meet the conditions. 第二快的呢 is of those just told."""
        if anew and parts.place and context.plan is None and len(context.shown) > _PAIR:
            return context.shown
        return () if anew else self._listed(parts, context)

    @staticmethod
    def _listed(parts: Parts, context: Context) -> tuple[str, ...]:
        """The few that were ranked first: 哪个最便宜 asks among these, 最短的呢 after the longest among all."""
        last = context.plan
        turned = (
            last
            and last.attributes
            and {(r.path, r.order) for r in parts.rankings} == {(last.attributes[0], _TURNED.get(last.order))}
        )
        if turned:
            return ()
        few = last is not None and last.op == "superlative" and (last.limit or 1) > 1
        return context.shown if few and len(context.shown) > 1 else ()

    def _superlative(
        self, parts: Parts, conditions: tuple[Clause, ...], among: tuple[str, ...] = ()
    ) -> Query | None:
        plans = tuple(replace(p, entities=among) for p in self._decider.superlatives(parts, conditions))
        if parts.reverse:
            plans = tuple(replace(p, order="asc" if p.order == "desc" else "desc") for p in plans)
        ranked = {plan.attributes[0] for plan in plans}
        asked = tuple(paths[0] for paths in parts.attributes if paths[0] not in ranked)
        if parts.has("which"):  # 哪家SUV最便宜 asks which car
            asked = tuple(path for path in asked if self._decider.vocabulary.dimension(path))
        if not plans:
            return None
        if len(among) == _PAIR and len(plans) == 1 and not (parts.limit or parts.place):
            return Query(
                Plan("compare", among, plans[0].attributes, order=plans[0].order), parts.scan, carried=among
            )
        if parts.limit and asked and len(plans) == 1:  # 最便宜的三台续航分别多少
            plans = (replace(plans[0], attributes=(*plans[0].attributes, *asked)),)
        asked = asked if not parts.has("list") and len(plans) == 1 and not parts.limit else ()
        return Query(plans[0], parts.scan, also=plans[1:], asked_for=asked, place=parts.place)

    def sorted(self, parts: Parts) -> Order | None:
        """按续航排: the better first, or the larger where neither is better; 从低到高 says it."""
        if parts.has("upward", "downward"):
            return "asc" if parts.has("upward") else "desc"
        paths = [paths[0] for paths in parts.attributes] if parts.has("sort") else []
        return self._decider.better(paths[0]) if paths else None


def far_apart(parts: Parts) -> tuple[Ranking, ...]:
    """The two rankings of 最贵和最便宜差多少: one attribute, both ends; none where it is something else."""
    most = tuple(rank for rank in parts.rankings if rank.strength == "most")
    asks = parts.has("compare") or "多少" in parts.text
    if len(most) != 2 or not asks or parts.limit:
        return ()
    return most if most[0].path == most[1].path and most[0].order != most[1].order else ()


@cache
def _trim_words() -> frozenset[str]:
    return frozenset(word for words in trims().values() for word in words)


def ranks_versions(parts: Parts) -> bool:
    """高配呢, 入门款和顶配差多少: what is ranked are the versions of something, and not all there is."""
    return any(link.degree and link.text in _trim_words() for link in parts.scan.links)


def _of_the_offered(query: Query, context: Context) -> Query:
    """低配, where it was asked whose range one wants to know, and 高配呢 after that: that of the one that ranks first."""
    plan = query.plan
    told = query.asked_for or query.also or plan.op != "superlative" or (plan.limit or 1) > 1
    asked = () if told else tuple(path for path in context.attributes if path not in plan.attributes)
    return replace(query, asked_for=asked) if asked else query


def _the_other_way(parts: Parts, context: Context) -> bool:
    """便宜的呢 after the dearest."""
    last = context.plan
    plain = [rank for rank in parts.rankings if rank.strength == "plain"]
    same = last is not None and last.op == "superlative" and plain and plain[0].path in last.attributes
    return bool(same) and parts.text.endswith("的呢")
