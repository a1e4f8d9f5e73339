"""What of a graph's leaves could not be read as values, with counts and examples."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chatbot.knowledge_graph.graph import KnowledgeGraph, unit_in_name
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.units import UnitTable
from chatbot.knowledge_graph.values import Value, parse_value
from chatbot.regex import regex

Reason = Literal["number_expected", "digits_in_text", "odd_one_out"]
_DIGIT = regex(r"\d")
_MOSTLY = 0.8  # of an attribute's values are measures: the others are odd


@dataclass(frozen=True, slots=True)
class Unread:
    """An attribute with ``count`` leaves that stayed text though a number was to be expected.

    ``number_expected``: the name carries a unit; ``odd_one_out``: most other values are numbers;
    ``digits_in_text``: the text holds digits. ``examples`` are the most frequent texts.
    """

    attribute: Path
    reason: Reason
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Leaves by the kind they were read as, and those that could not be read, most first."""

    leaves: int
    kinds: Mapping[str, int]
    unread: tuple[Unread, ...]

    @property
    def unread_leaves(self) -> int:
        return sum(one.count for one in self.unread)


def coverage(graph: KnowledgeGraph, units: UnitTable, examples: int = 3) -> Coverage:
    """Reads every leaf of ``graph``; at most ``examples`` texts an attribute and reason."""
    texts: dict[Path, Counter[str]] = {}
    for entity in graph.entities:
        for path, raw in entity.leaves.items():
            texts.setdefault(path, Counter())[raw] += 1
    kinds: Counter[str] = Counter()
    unread: list[Unread] = []
    for path, counts in texts.items():
        values = {raw: parse_value(raw, path[-1], units) for raw in counts}
        for raw, value in values.items():
            kinds[value.kind] += counts[raw]
        unread.extend(_unread(path, counts, values, examples))
    unread.sort(key=lambda one: -one.count)
    return Coverage(sum(kinds.values()), dict(kinds.most_common()), tuple(unread))


def _unread(path: Path, counts: Counter[str], values: Mapping[str, Value], examples: int) -> list[Unread]:
    total = sum(counts.values())
    measured = sum(n for raw, n in counts.items() if values[raw].measures)
    found: dict[Reason, Counter[str]] = {}
    for raw, n in counts.items():
        value = values[raw]
        if value.measures or value.kind == "flag":
            continue
        reason: Reason | None = "digits_in_text" if _DIGIT.search(raw) else None
        if measured >= _MOSTLY * total:
            reason = "odd_one_out"
        if unit_in_name(path[-1]):
            reason = "number_expected"
        if reason:
            found.setdefault(reason, Counter())[raw] = n
    return [
        Unread(path, reason, sum(texts.values()), tuple(text for text, _ in texts.most_common(examples)))
        for reason, texts in found.items()
    ]
