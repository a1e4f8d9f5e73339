"""What is better than what is spoken of: 再便宜点的, 有大一点的吗, 便宜点的版本."""

from collections.abc import Callable

from chatbot.knowledge_graph.plan import Clause, Condition, Order, Plan
from chatbot.planning.bounds import bounds
from chatbot.planning.carry import is_exclusion
from chatbot.planning.clauses import of_its_series, paths_of
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts, Ranking
from chatbot.planning.query import Query
from chatbot.planning.read_parts import is_brand
from chatbot.planning.whether import asks_by_how_much, asks_whether
from chatbot.regex import regex

_OF_VERSIONS = regex("版本|[低高]?配置?(?:的|版)|的配置|款型")


class RelativePlanner:
    """Built once for a planner; ``winner`` gives the entity that a superlative finds."""

    def __init__(self, decider: Decider, winner: Callable[[Plan], str | None]) -> None:
        self._decider, self._winner = decider, winner

    def plan(self, parts: Parts, context: Context, conditions: tuple[Clause, ...]) -> Query | None:
        """再便宜点: better than what is in focus; of a list, the better first."""
        rank = next((r for r in parts.rankings if r.strength == "more"), None)
        if (
            rank is None
            or parts.has("which")
            or asks_by_how_much(parts)
            or not all(is_brand(thing.clause) for thing in parts.things)
        ):
            return None
        choosing = context.guiding and not context.entities
        focus = () if choosing else context.entities[:1] or self._worst(context.shown, rank)
        if not focus:  # all were shown: better ones may well be among those
            conditions = tuple(c for c in conditions if not is_exclusion(c))
        raw = self._decider.raw(focus[0], rank.path) if focus else None
        conditions = self._of_its_series(parts, context, conditions)
        asks = parts.has("verify", "exists", "has") or asks_whether(parts)
        goes_on = parts.has("keep", "exists") or (context.entities and asks)
        if raw is None or (parts.atoms and not goes_on):
            plan = Plan("filter", (), (rank.path,), conditions, rank.order)
            of_all = context.empty and parts.has("head") and not parts.attributes  # 便宜点的车有吗
            return Query(plan, parts.scan) if conditions or of_all or choosing else None
        bound = Condition(rank.path, "<" if rank.order == "asc" else ">", raw)
        kept = tuple(c for c in conditions if not (paths_of(c) == {rank.path} and bounds(c)))
        plan = Plan("filter", (), (rank.path,), (*kept, bound), rank.order)
        return Query(plan, parts.scan, carried=focus)

    def _worst(self, shown: tuple[str, ...], rank: Ranking) -> tuple[str, ...]:
        """Of a list the one that is furthest from what is wanted: 更便宜的 is cheaper than the dearest."""
        if len(shown) < 2:
            return shown
        order: Order = "desc" if rank.order == "asc" else "asc"
        worst = self._winner(Plan("superlative", shown, (rank.path,), order=order, limit=1))
        return (worst,) if worst else ()

    def _of_its_series(
        self, parts: Parts, context: Context, conditions: tuple[Clause, ...]
    ) -> tuple[Clause, ...]:
        """有便宜点的版本吗, of one car: of its series."""
        if len(context.entities) != 1 or parts.things or not _OF_VERSIONS.search(parts.text):
            return conditions
        return (*conditions, *of_its_series(context.entities[0], self._decider.vocabulary.graph))
