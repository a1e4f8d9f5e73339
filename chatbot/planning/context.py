"""What a conversation has come to, as far as the next question may lean on it."""

from collections.abc import Sequence

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, Clause, Condition, Not, Path, Plan, leaf_conditions

_PAIR = 2
_SIDE_BY_SIDE = 6  # things that one can still compare at a glance


@dataclass(frozen=True, slots=True)
class Context:
    """``entities`` in focus; ``recent`` the ones before them, latest first; ``shown`` the rows of the last table.

    ``plan`` is the last query; ``attributes`` what was asked last; ``guiding`` that a choice is being narrowed
    down, ``asked`` the attributes that were already asked about. ``offered`` are the things to choose from, when it was
    asked which is meant. ``listed`` is the query that ``shown`` came from, while one of its rows is spoken of. ``before`` is
    what was asked of a car before the standard question that was answered last; ``unheard`` is a name that the graph has not,
    which 它 means now.
    """

    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    recent: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    plan: Plan | None = None
    guiding: bool = False
    asked: tuple[Path, ...] = ()
    offered: tuple[str, ...] = ()
    listed: Plan | None = None
    before: tuple[Path, ...] = ()
    unheard: str = ""

    @property
    def empty(self) -> bool:
        return not (
            self.entities or self.attributes or self.recent or self.shown or self.plan or self.offered
        )

    @property
    def measured(self) -> tuple[Path, ...]:
        """What a bare 最低, 最短 is of: what was asked last, else what was ranked by."""
        ranked = self.plan is not None and self.plan.op == "superlative"
        return self.attributes or (self.plan.attributes[:1] if self.plan and ranked else ())

    def near(self, graph: KnowledgeGraph) -> str:
        """An entity of the series that the conversation speaks of: the one in focus, those offered, those just asked for."""
        if self.entities:
            return self.entities[0]
        if self.before and self.plan is None and self.recent:
            return self.recent[0]  # a standard question came in between
        for names in (self.offered, self.shown if self.plan is None else ()):
            if names and len({graph.series(name) for name in names}) == 1:
                return names[0]
        told = {
            str(c.value) for c in leaf_conditions(self.plan.conditions if self.plan else ())
            if c.attribute == (*KEYWORDS, str(graph.series_depth)) and c.op == "="
        }  # fmt: skip
        if len(told) != 1:
            return ""
        return next((e.name for e in graph.entities if graph.series(e.name)[-1:] == tuple(told)), "")

    def last(self, count: int) -> tuple[str, ...]:
        """The ``count`` things spoken of last, in the order they were named: 这两款."""
        if len(self.entities) >= max(count, 2):
            return self.entities[:count] if count else self.entities
        if count > 1 and not self.entities and self.plan is not None and len(self.shown) == count:
            return self.shown  # 这两款, of the two just listed
        named = [*self.entities, *(name for name in self.recent if name not in self.entities)]
        if len(named) >= max(count, 2):
            return tuple(reversed(named[: max(count, 2)]))
        one_of_them = len(self.entities) == 1 and self.entities[0] in self.shown
        if (
            one_of_them and len(self.shown) != count
        ):  # 这俩, of four: which two is not said; 哪个快: any of the four
            return tuple(named) if count or len(self.shown) > _SIDE_BY_SIDE else self.shown
        if not count and len(self.shown) > _SIDE_BY_SIDE:
            return tuple(named)
        return self.shown[: count or None] if len(self.shown) >= 2 else tuple(named)

    def several(self) -> tuple[str, ...]:
        """它们, 这几款: all that are in focus, else all that were listed, else the two spoken of last."""
        if len(self.entities) > 1:
            return self.entities
        return self.shown if not self.entities and len(self.shown) > 1 else self.last(2)

    def listed_ones(self) -> tuple[str, ...]:
        """这几款, 那些: all that were listed, though one of them was spoken of in between."""
        one_of_them = len(self.entities) == 1 and self.entities[0] in self.shown
        return self.shown if one_of_them and len(self.shown) > _PAIR else self.several()


def besides(names: Sequence[str]) -> tuple[Clause, ...]:
    """None of ``names``."""
    return tuple(Not(Condition(NAME, "=", name)) for name in names)


def nearest_kin(graph: KnowledgeGraph, candidates: tuple[str, ...], known: Sequence[str]) -> tuple[str, ...]:
    """The candidates that share the most leading names with the first known thing that shares any."""
    if len(candidates) < 2:
        return candidates
    for name in known:
        words = graph.by_name[name].keywords
        shared = [_shared(graph.by_name[c].keywords, words) for c in candidates]
        best = max(shared)
        alike = [c for c in candidates if graph.by_name[c].keywords[-1] == words[-1]]
        if not best[0] and len(alike) == 1:
            return tuple(alike)  # A型号呢 after the 长续航版 of another series
        if best[0] >= 2 or (
            best[0]
            and _more_than_a_year(graph, candidates, shared, words)
            and len([s for s in shared if s == best]) == 1
        ):
            return tuple(c for c, s in zip(candidates, shared, strict=True) if s == best)
        akin = [at for at, c in enumerate(candidates) if _called_alike(graph.by_name[c].keywords, words)]
        if 0 < len(akin) < len(candidates):
            best = max(shared[at] for at in akin)
            return tuple(candidates[at] for at in akin if shared[at] == best)
    return candidates


def _called_alike(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """高尔夫 and 高尔夫GTI: two series of one make, of which the one begins with the name of the other."""
    one, other = "".join(words[1:2]), "".join(others[1:2])
    return (
        words[:1] == others[:1] and bool(one and other) and (one.startswith(other) or other.startswith(one))
    )


def _shared(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[int, int]:
    lead = 0
    for a, b in zip(words, others, strict=False):
        if a != b:
            break
        lead += 1
    return lead, len(set(words) & set(others))


def _more_than_a_year(
    graph: KnowledgeGraph,
    candidates: tuple[str, ...],
    shared: Sequence[tuple[int, int]],
    words: tuple[str, ...],
) -> bool:
    """Whether the one that shares most shares more with what is known than its brand and its year: E3呢 after a 2026款 E6."""
    nearest = candidates[max(range(len(shared)), key=shared.__getitem__)]
    common = set(graph.by_name[nearest].keywords[1:]) & set(words)
    return any(not word.endswith("款") for word in common) or len({*candidates}) < _PAIR


def spoken_two(context: Context) -> tuple[str, ...]:
    """The two that were compared, in the order they were named; else the two spoken of last."""
    shown = context.shown
    return shown if len(shown) == 2 and set(context.entities) <= set(shown) else context.last(2)


def the_rest(count: int, context: Context) -> tuple[str, ...]:
    """另一个, 剩下的两个: those listed or compared that are not in focus; none where that many are not left."""
    focus = context.entities
    listed = context.shown if set(focus) <= set(context.shown) else ()
    two = tuple(name for name in (*focus, *context.recent[:1]))
    among = listed if len(listed) > len(focus) else two if len(focus) == 1 else ()
    left = tuple(name for name in among if name not in focus)
    return left if len(left) == count else ()
