"""Words that are both a part of a name and a value: 景德镇 of a tour called so, which alone goes there, is its name."""

from collections.abc import Collection, Mapping
from struct import calcsize

import numpy as np

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.plan import Clause, Condition
from chatbot.normalization.entity import EntityLinker
from chatbot.planning.links import Sense, ValueSense

_ONE = calcsize("I")


def names_one_thing(
    word: str, senses_of: Mapping[str, Collection[Sense]], entities: EntityLinker, columns: Columns
) -> bool:
    """Whether ``word`` is a name of one entity alone, and all that it means besides holds of no other."""
    if word not in entities.names or len(rows := entities.rows(word)) != _ONE:
        return False
    index = int(np.frombuffer(rows, np.uint32)[0])
    return all(
        isinstance(sense, ValueSense) and _holds_of(sense.clause, index, columns) for sense in senses_of[word]
    )


def _holds_of(clause: Clause, index: int, columns: Columns) -> bool:
    """Whether a text stands in a value of that entity, and in none of another."""
    if not isinstance(clause, Condition) or clause.op not in ("=", "contains"):
        return False
    column = columns.column(clause.attribute)
    if column is None:
        return False
    held = [code for code, text in enumerate(column.plain) if str(clause.value) in text]
    rows = column.rows[np.isin(column.codes, held)]
    return bool(len(rows)) and set(rows.tolist()) == {index}
