"""A series named after a list: of those listed the ones of that series, or the same conditions for it instead."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.plan import Clause, Plan
from chatbot.planning.beyond import is_whole_series
from chatbot.planning.carry import is_exclusion, lists
from chatbot.planning.clauses import flat
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Query
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_IN_ITS_PLACE = regex("^(?:那|换成?|改成)|呢$")
_THAT_ONE = regex("的?[那这]一?[款个台辆]")
_ASKS_OF_ALL = ("list", "count", "total", "which", "buy", "others", "exists", "versions")


class SeriesOfList:
    """Built once for a planner."""

    def __init__(
        self, vocabulary: Vocabulary, decider: Decider, found: Callable[[Plan], tuple[str, ...]]
    ) -> None:
        """``found`` gives the entities that meet a plan."""
        self._vocabulary, self._decider, self._found = vocabulary, decider, found

    def plan(self, parts: Parts, context: Context) -> Query | None:
        """The list that the conversation has come to, for the series that alone is named; ``None`` for anything else."""
        last, series = context.plan, self._series_alone(parts)
        if last is None or not lists(last) or series is None:
            return None
        if context.entities and context.attributes and not set(context.attributes) & set(last.attributes):
            return None  # 油耗呢 was asked of the cheapest in between
        return self._instead(parts, last, series) or self._of_those(parts, context, last, series)

    def _series_alone(self, parts: Parts) -> Clause | None:
        thing = parts.things[0] if len(parts.things) == 1 else None
        told = parts.atoms or parts.rankings or parts.attributes or parts.categories or parts.scan.unknown
        if thing is None or told or thing.referred or thing.negated:
            return None
        clause = self._decider.scope(thing)
        return clause if clause is not None and is_whole_series(clause, self._vocabulary) else None

    def _instead(self, parts: Parts, last: Plan, series: Clause) -> Query | None:
        """思域呢 while the 型格 below 15万 are listed: those of the 思域 below 15万."""
        before = [c for c in last.conditions if is_whole_series(c, self._vocabulary)]
        if not _IN_ITS_PLACE.search(parts.text) or len(before) != 1:
            return None
        kept = tuple(c for c in flat(last.conditions) if c not in before and not is_exclusion(c))
        return Query(replace(last, conditions=(series, *kept)), parts.scan, kept=kept)

    def _of_those(self, parts: Parts, context: Context, last: Plan, series: Clause) -> Query | None:
        """青羽E6 while a choice is being narrowed down or a list is there: those of it in the list, where it has any."""
        if context.entities or last.op not in ("filter", "count") or parts.has(*_ASKS_OF_ALL):
            return None  # 赛那有几款 goes on with nothing
        kept = tuple(flat(last.conditions))
        within = Plan("filter", (), last.attributes, (series, *kept))
        if series in kept or not self._found(within):
            return None
        return Query(within, parts.scan, kept=kept, guiding=context.guiding)


def spoken_of(series: Thing, context: Context) -> tuple[str, ...]:
    """What was spoken of, by which a series may be narrowed: not a list, nor several of its own cars."""
    spoken = (*context.entities, *context.recent)
    return () if len(set(spoken) & set(series.names)) > 1 else spoken


def pointed_out(thing: Thing, text: str, shown: tuple[str, ...]) -> tuple[str, ...]:
    """Of EH7那款, said of a list, the cars of that name that are ``shown``; nothing of another thing."""
    return in_order(thing.names, shown) if _THAT_ONE.match(text, thing.end) else ()


def in_order(names: tuple[str, ...], shown: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``names`` that are ``shown``, as they are shown."""
    return tuple(name for name in shown if name in names)
