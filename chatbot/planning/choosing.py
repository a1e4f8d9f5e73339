"""Which one to take: 那选哪个 of a series after one of its cars, and 中间价位的 of those that are looked at."""

from collections.abc import Callable

from chatbot.knowledge_graph.plan import Clause, Condition, Path, Plan
from chatbot.planning.carry import is_exclusion, lists
from chatbot.planning.clauses import flat, paths_of, the_series
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts
from chatbot.planning.query import Query
from chatbot.regex import regex

_WHICH = regex(
    "(?:那|那么|我|到底|究竟|就|该|应该|一般|你说|[,，])*(?:选|买|挑|入|入手|拿|提)"
    "(?:哪|哪一)(?:个|款|台|辆|种)(?:版本|配置)?(?:好|合适|划算|比较|更|呢|啊|呀|些|一点|点)*"
)
_MIDDLE = regex("(?:中间|居中|不高不低)(?:的)?(?:价位|价格|价钱|价)|(?:价位|价格|价钱)(?:中间|不高不低)")
_ASKED = ("list", "which", "exists", "buy", "head", "count", "keep")
_FEWEST = 3  # cars that have a middle


class Chooser:
    """Built once for a planner; ``found`` gives the entities that a plan finds."""

    def __init__(self, decider: Decider, found: Callable[[Plan], tuple[str, ...]]) -> None:
        self._decider, self._found = decider, found

    def plan(self, parts: Parts, context: Context) -> Query | None:
        """The query that helps to choose; ``None`` where nothing of the kind is asked."""
        return self._of_its_series(parts, context) or self._of_middle_price(parts, context)

    def _of_its_series(self, parts: Parts, context: Context) -> Query | None:
        """那选哪个 after one car, and no list: the versions of its series beside each other."""
        price, vocabulary = self._decider.price, self._decider.vocabulary
        alone = len(context.entities) == 1 and not context.recent and context.plan is None
        if not (alone and price and _WHICH.fullmatch(parts.text)) or context.listed or context.offered:
            return None
        kin = vocabulary.graph.kin(context.entities[0])
        if len(kin) < 2:
            return None
        lead = the_series(kin[0], vocabulary.graph)
        return Query(Plan("filter", (), (price,), (lead,), "asc"), parts.scan, kept=(lead,))

    def _of_middle_price(self, parts: Parts, context: Context) -> Query | None:
        """中间价位的有啥: the middle third by price, of those that are looked at or that the words say."""
        price = self._decider.price
        if price is None or not _MIDDLE.search(parts.text) or parts.things or parts.rankings:
            return None
        if parts.scan.unknown or not (parts.has(*_ASKED) or parts.text.endswith(("的", "呢"))):
            return None
        last = context.plan if lists(context.plan) else context.listed
        said = self._decider.said(parts)
        told = {path for clause in said for path in paths_of(clause)} | {price}
        kept = tuple(
            c for c in flat(last.conditions if last else ()) if not paths_of(c) & told and not is_exclusion(c)
        )
        bounds = self._middle_third((*kept, *said), price)
        if not bounds:
            return None
        plan = Plan("filter", (), (price,), (*kept, *said, *bounds), "asc")
        return Query(plan, parts.scan, kept=kept)

    def _middle_third(self, conditions: tuple[Clause, ...], price: Path) -> tuple[Condition, ...]:
        """From the price a third of the cars are below to the one a third are above."""
        names = self._found(Plan("filter", (), (price,), conditions))
        measured = [one for name in names if (one := self._decider.measured(name, price))]
        if len(measured) < _FEWEST:
            return ()
        unit = measured[0][1]
        values = sorted(value for value, of in measured if of == unit)
        third = len(values) // 3
        low, high = values[third], values[len(values) - 1 - third]
        return Condition(price, ">=", low, unit), Condition(price, "<=", high, unit)
