"""The conversation as one utterance takes it up: the series that was asked about, the kin of the one in focus, the nearest rows."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Plan
from chatbot.planning.carry import lists, within
from chatbot.planning.clauses import the_series
from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.scan import Scan
from chatbot.regex import regex

_PAIR, _FEW = 2, 10
_MAY_BE_ALL = frozenset("全所各每")
_ALL_VERSIONS = "(?:全系|(?:所有|全部|各个?|每个?)的?(?:版本|配置))"
_OF_ALL_VERSIONS = regex(f"(?:(?:这|那|该)(?:款|个)?车|它|这款|那款)?的?(?={_ALL_VERSIONS})")


def without_focus(asked: str, near: str) -> str:
    """全系 of 这车全系, which is not this car, where one is ``near``."""
    if not near or _MAY_BE_ALL.isdisjoint(asked):
        return asked
    return _OF_ALL_VERSIONS.sub("", asked)


def taken_up(scan: Scan, context: Context, graph: KnowledgeGraph) -> Context:
    """``context`` as ``scan`` goes on with it."""
    context = _with_series(context, graph)
    context = _beside_its_kin(scan, context, graph) if "另" in scan.text else context
    return context if _MAY_BE_ALL.isdisjoint(scan.text) else _of_all_versions(scan, context, graph)


def with_nearest_rows(parts: Parts, context: Context, winner: Callable[[Plan], str | None]) -> Context:
    """``context`` with the nearest rows as its list, where nothing matched and these are asked about: 哪个最便宜, 颜色呢."""
    asks = (parts.rankings or parts.attributes) and not (parts.atoms or parts.things or parts.scan.unknown)
    if not asks or context.entities or context.guiding or not (context.shown and lists(context.plan)):
        return context
    if parts.has("widen", "swap", "others", "any") or context.plan is None or winner(context.plan):
        return context
    return replace(context, plan=replace(context.plan, op="filter", conditions=within(context.shown)))


def _with_series(context: Context, graph: KnowledgeGraph) -> Context:
    """``context`` with the series that it was asked of which is meant, as the list that one may go on with."""
    near = context.near(graph) if context.offered and not context.entities else ""
    if not near or context.plan or context.listed:
        return context
    among: Clause = the_series(near, graph)
    if not context.attributes:  # GL8 2025款: of these, not of those that have what was asked
        among = AnyOf(tuple(Condition(NAME, "=", one) for one in context.offered))
    return replace(context, listed=Plan("filter", (), context.attributes[:1], (among,)))


def _beside_its_kin(scan: Scan, context: Context, graph: KnowledgeGraph) -> Context:
    """``context`` with both versions of the series as those told, where 另一个 is the one not spoken of."""
    focus, version = context.entities, "版" in scan.text or "配置" in scan.text
    alone = len(focus) == 1 and set(context.shown) <= set(focus)
    kin = graph.kin(focus[0]) if alone and (version or not context.recent) else ()
    return replace(context, shown=kin) if len(kin) == _PAIR else context


def _of_all_versions(scan: Scan, context: Context, graph: KnowledgeGraph) -> Context:
    """``context`` with all versions of the series spoken of in focus: 全系都有天窗吗."""
    near = context.near(graph) if _OF_ALL_VERSIONS.search(scan.text) else ""
    kin = graph.kin(near) if near and not any(link.entity for link in scan.links) else ()
    return replace(context, entities=kin, plan=None) if 1 < len(kin) <= _FEW else context
