"""Attributes that are ranges (适用年龄 30-60岁, 适用面积 15-22㎡): what is said of one is to lie within it."""

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.plan import AllOf, Clause, Condition, Path
from chatbot.knowledge_graph.plan_text import quantity_text
from chatbot.knowledge_graph.units import DATE


def in_ranges(columns: Columns, path: Path) -> bool:
    """Whether most entities that have it have a range of it, with one end or two."""
    column = columns.column(path)
    if column is None or column.main is None or column.main.dimension == DATE:
        return False
    return column.mostly_ranges


def lying_within(path: Path, phrase: QuantityPhrase) -> Clause:
    """Of what is a range: 50岁 lies within 30-60岁, and 60岁以上 and 20到30平米 have a part in it."""
    low, high = phrase.low, phrase.high
    if phrase.exact or not (isinstance(low, float | None) and isinstance(high, float | None)):
        found = phrase.conditions(path)
        return found[0] if len(found) == 1 else AllOf(found)
    ends = "-".join(quantity_text(end, phrase.unit) for end in (low, high) if end is not None)
    return Condition(path, "=", ends + ("以下" if low is None else "以上" if high is None else ""))
