"""紫色只有旗舰版才有吗: which of its series have it; that this one does is no answer."""

from chatbot.knowledge_graph.plan import Plan
from chatbot.planning.clauses import the_series
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts
from chatbot.planning.query import Query
from chatbot.regex import regex

_ONLY = regex("只有[^,，。]{1,12}才?(?:有|带|配|是|能|支持|装)|(?:有|带|配)的?只有")


def only_some(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """All of the series that meet what is said to be of one version only."""
    said, graph = decider.said(parts), decider.vocabulary.graph
    if not said or not _ONLY.search(parts.text) or parts.scan.unknown:
        return None
    names = [thing.names[0] for thing in parts.things] or list(context.entities[:1])
    series = {the_series(name, graph) for name in names}
    if len(series) != 1:
        return None
    among = series.pop()
    return Query(Plan("filter", (), decider.shown(said, parts), (among, *said)), parts.scan)
