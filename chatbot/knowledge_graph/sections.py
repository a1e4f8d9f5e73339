"""One attribute in several sections: leaves of one name (洗涤/变频, 冷暖/变频) of which each entity has the one of its kind."""

from collections import Counter
from collections.abc import Mapping, Sequence

from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.values import Value

Cells = Mapping[int, str]  # entity → raw text


def gathered(
    cells: Mapping[Path, Cells], values: Mapping[Path, Mapping[str, Value]]
) -> tuple[tuple[Path, ...], ...]:
    """The paths of each attribute, that which most entities have first; attributes in the order they appear in.

    Leaves of one name are one attribute where they measure the same and no entity has two different values.
    ``values`` are what the texts of ``cells`` were read as.
    """
    alike: dict[tuple[str, str], list[Path]] = {}
    for path, texts in cells.items():
        alike.setdefault((path[-1], _measured_in(texts, values[path])), []).append(path)
    found: list[tuple[Path, ...]] = []
    for paths in alike.values():
        if len(paths) > 1 and not _contradict([cells[path] for path in paths]):
            found.append(tuple(sorted(paths, key=lambda path: -len(cells[path]))))
        else:
            found.extend((path,) for path in paths)
    order = {path: at for at, path in enumerate(cells)}
    return tuple(sorted(found, key=lambda paths: order[paths[0]]))


def _measured_in(texts: Cells, values: Mapping[str, Value]) -> str:
    """The dimension that most entities have it in; empty where most have no number."""
    measured = Counter(values[text].measures[0].dimension for text in texts.values() if values[text].measures)
    dimension, count = measured.most_common(1)[0] if measured else ("", 0)
    return dimension if 2 * count > len(texts) else ""


def _contradict(sections: Sequence[Cells]) -> bool:
    """Whether an entity says something else in one section than in another: 前轮/规格, 后轮/规格."""
    told: dict[int, str] = {}
    return any(told.setdefault(row, text) != text for cells in sections for row, text in cells.items())
