"""A number without its unit, of what is measured: 轴距2.8 is in metres, 离地19 in centimetres, where no value is 2.8 mm."""

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path
from chatbot.knowledge_graph.phrases import QuantityPhrase

# The units of a dimension that are left out in talk, and what each is in its base unit
_LEFT_OUT = {"长度": (("m", 1.0), ("cm", 0.01)), "重量": (("t", 1000.0),)}
_FAR = 3.0  # times less than the least value, or more than the greatest: no bound among them
_NEAR = 2.0  # times likewise: still a bound that one may ask for


def unit_left_out(phrase: QuantityPhrase, path: Path, columns: Columns) -> str:
    """The unit meant where the attribute's own makes no sense of a bare number; empty where it does, or none does."""
    found = columns.resolve(path)
    main = found[0].main if found else None
    ends = [end for end in (phrase.low, phrase.high) if isinstance(end, float)]
    if found is None or main is None or main.dimension not in _LEFT_OUT or not ends:
        return ""
    low, high, has = found[0].measures(main.dimension, found[1])
    if not has.any():
        return ""
    least, most = float(low[has].min()), float(high[has].max())

    def within(factor: float, times: float) -> bool:
        return all(least / times <= end * factor <= most * times for end in ends)

    if within(float(main.factor), _FAR):
        return ""
    return next((unit for unit, factor in _LEFT_OUT[main.dimension] if within(factor, _NEAR)), "")
