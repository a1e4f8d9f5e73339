"""``python -m tools evaluate naming``: how people name the things of a graph, and what the planner's linker makes of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chatbot.planning.context import Context
from chatbot.planning.planner import Planner
from tools.evaluate.naming_truth import Naming

_ASKED = ("{}多少钱", "{}的油耗", "{} 最大功率多少", "请问{}多少钱啊", "{}什么时候上市的")


@dataclass(frozen=True, slots=True)
class NamingFigures:
    """``right`` and ``made`` by way; ``wrong``: where what was found has none of what was named."""

    made: Counter[str]
    right: Counter[str]
    wrong: Counter[str]
    failures: tuple[tuple[Naming, frozenset[str]], ...]

    def figures(self) -> dict[str, float]:
        """Share right, of all and by way."""
        total = sum(self.made.values())
        shares = {way: round(self.right[way] / n, 3) for way, n in self.made.items()}
        return {
            "n": total,
            "right": round(sum(self.right.values()) / total, 4),
            "wrong": sum(self.wrong.values()),
            **shares,
        }


def measure(planner: Planner, made: Iterator[Naming]) -> NamingFigures:
    """What a question about each is linked to."""
    counts = NamingFigures(Counter(), Counter(), Counter(), ())
    failures = []
    for at, naming in enumerate(made):
        parts = planner.explain(_ASKED[at % len(_ASKED)].format(naming.text), Context()).parts
        found = frozenset(name for thing in parts.things for name in thing.names)
        single = len(parts.things) == 1
        right = single and naming.least <= found <= naming.most
        counts.made[naming.way] += 1
        counts.right[naming.way] += right
        counts.wrong[naming.way] += bool(found) and not found & naming.most
        if not right:
            failures.append((naming, found))
    return replace(counts, failures=tuple(failures))
