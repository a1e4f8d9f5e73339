"""``tests/data/kbqa/ways``: one attribute asked for in many ways, what each way must come to.

``# name|name`` names the attribute; a line under it is how it is asked and the question: ``l`` look-up or yes/no of one
car, ``f`` a condition, ``+`` and ``-`` the most and the least, ``c`` compared, ``n`` counted, ``g`` by kinds, ``a`` on the
average, ``v`` verified, ``u`` something that no attribute tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.plan import Plan, leaf_conditions

OPERATORS = {
    "l": {"lookup", "verify"},
    "v": {"verify"},
    "f": {"filter", "count", "superlative", "verify"},
    "+": {"superlative", "filter"},
    "-": {"superlative", "filter"},
    "c": {"compare", "superlative", "lookup"},
    "g": {"group", "lookup", "filter"},
    "n": {"count", "group"},
    "a": {"aggregate"},
}
ORDERS = {"+": "desc", "-": "asc"}


@dataclass(frozen=True, slots=True)
class Way:
    """``question`` asks for one of the ``attributes`` in the manner of ``kind``."""

    kind: str
    question: str
    attributes: frozenset[str]


def ways(file: Path) -> Iterator[Way]:
    """The lines of ``file``, in order."""
    attributes: frozenset[str] = frozenset()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            attributes = frozenset(line[1:].strip().split("|"))
        elif line.strip():
            kind, question = line.split(" ", 1)
            yield Way(kind, question, attributes)


def understood(way: Way, plan: Plan | None) -> bool:
    """Whether ``plan`` is of the operator and the attribute that were asked for; nothing at all for ``u``."""
    if way.kind == "u" or plan is None:
        return way.kind == "u" and plan is None
    paths = [*plan.attributes, *(condition.attribute for condition in leaf_conditions(plan.conditions))]
    named = {display_name(part) for path in paths for part in path[-2:]}
    ordered = plan.order == ORDERS.get(way.kind, plan.order)
    return plan.op in OPERATORS[way.kind] and ordered and not named.isdisjoint(way.attributes)
