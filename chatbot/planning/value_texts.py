"""What the texts of one attribute are: measures, amounts, words that all of them hold."""

from collections.abc import Sequence

import numpy as np

from chatbot.knowledge_graph.columns import Column
from chatbot.knowledge_graph.units import COUNT, PERSONS


def of_all(word: str, texts: Sequence[str]) -> bool:
    """Whether several values all hold ``word``, so that it tells none of them: 像素 of 800万像素."""
    return len(texts) > 1 and all(word in text for text in texts)


def measured(column: Column) -> bool:
    """Whether its numbers have a unit that people convert, or count people: 毫米, not the 号 of 92号."""
    main = column.main
    return main is not None and (main.dimension != main.unit or main.unit == PERSONS)


def amounts(column: Column) -> set[int]:
    """The texts that are an amount of what people convert: 50岁以上, whose 50岁 and 以上 are no values; not 5门5座."""
    converted = [i for i, g in enumerate(column.groups) if g.dimension not in (COUNT, g.unit) and not g.label]
    return set(column.text_of[np.isin(column.group_of, converted)].tolist())


def mostly_measured(column: Column) -> bool:
    """Whether most of its values are numbers; of a few that look so (骁龙6s among the chips) none need be."""
    return 2 * len(set(column.text_of.tolist())) > column.distinct
