"""Entities × attributes → values, evidence and a sentence. Nothing is said that no file holds."""

from collections.abc import Callable, Sequence

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, asked_whether, display_name, unit_in_name
from chatbot.knowledge_graph.plan import Plan
from chatbot.knowledge_graph.values import flag_word
from chatbot.messages import say
from chatbot.reply import GraphEvidence, Row

_IS_SO = frozenset(
    "需要 需 要 必须 可以 可 能 允许 免".split()
)  # what of a thing one cannot say that it is there


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What a lookup found. ``missing`` are the (entity, paths) pairs that no leaf answers."""

    text: str
    plan: Plan
    rows: tuple[Row, ...]
    evidence: tuple[GraphEvidence, ...]
    missing: tuple[tuple[str, tuple[Path, ...]], ...]


def nothing(asked: Path, path: Path) -> str:
    """Whatever stands at one of the places tells what is asked."""
    return ""


def lookup(
    graph: KnowledgeGraph,
    entities: Sequence[str],
    topics: Sequence[tuple[Path, ...]],
    needed: Callable[[Path, Path], str] = nothing,
) -> LookupResult:
    """Each topic is a list of places an attribute may stand in; an entity's value is the first it has.

    ``needed`` is what a value at a place must hold to tell what stands mostly at the first.
    """
    evidence: list[GraphEvidence] = []
    missing: list[tuple[str, tuple[Path, ...]]] = []
    rows = []
    for entity in entities:
        values: dict[str, str] = {}
        for paths in topics:
            leaves = graph.by_name[entity].leaves
            path = next((p for p in paths if p in leaves and needed(paths[0], p) in leaves[p]), None)
            if path is None:
                missing.append((entity, paths))
                continue
            value = leaves[path]
            values[path[-1]] = value
            evidence.append(GraphEvidence(entity, path, value, graph.by_name[entity].file))
        rows.append(Row(entity, values))
    used = tuple(dict.fromkeys(item.path for item in evidence))
    plan = Plan("lookup", tuple(entities), used or tuple(paths[0] for paths in topics))
    if len(evidence) != 1 or missing:
        text = _table(graph, rows, topics)
    elif needed(topics[0][0], evidence[0].path):
        text = _sentence(graph, evidence[0], "told_by", asked=display_name(topics[0][0][-1]))
    else:
        text = _sentence(graph, evidence[0], _template(evidence[0]))
    return LookupResult(text, plan, tuple(rows), tuple(evidence), tuple(missing))


def _sentence(graph: KnowledgeGraph, item: GraphEvidence, template: str, asked: str = "") -> str:
    entity, name = graph.short_names[item.entity], display_name(item.path[-1])
    return say(template, entity=entity, attribute=name, value=with_unit(item.path, item.value), asked=asked)


def _template(item: GraphEvidence) -> str:
    said = item.value.strip()
    flag = flag_word(said)
    if flag and (asked_whether(item.path[-1]) or said in _IS_SO or said[1:] in _IS_SO):
        return "whether"
    return flag or "value"


def with_unit(path: Path, value: str) -> str:
    """The raw value, followed by the unit its attribute's name carries when it is a bare number."""
    unit = unit_in_name(path[-1])
    bare = value.replace(".", "", 1).replace("*", "").isdigit()
    return f"{value} {unit}" if unit and bare else value


def _table(graph: KnowledgeGraph, rows: Sequence[Row], topics: Sequence[tuple[Path, ...]]) -> str:
    lines = []
    for row in rows:
        cells = []
        for paths in topics:
            path = next((path for path in paths if path[-1] in row.values), None)
            name = display_name((path or paths[0])[-1])
            if path is None:
                cells.append(say("table_missing", attribute=name))
            else:
                cells.append(say("table_value", attribute=name, value=with_unit(path, row.values[path[-1]])))
        lines.append(say("table_row", entity=graph.short_names[row.entity], values="，".join(cells)))
    return "\n".join(lines)
