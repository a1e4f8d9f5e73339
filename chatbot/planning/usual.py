"""What people compare of what is sold, where nobody says by what."""

from collections.abc import Iterator, Sequence
from itertools import islice

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.plan import NAME, Path
from chatbot.planning.concepts import Concepts

KEY_ATTRIBUTES = ("价格", "续航", "加速", "油耗", "功率", "轴距")
# of these; with fewer a graph is of something else than cars, and any attribute may be what people compare
_ENOUGH = 2


def usual(columns: Columns, concepts: Concepts, entities: Sequence[str]) -> tuple[Path, ...]:
    """What any of ``entities`` has of ``KEY_ATTRIBUTES``; where that is next to nothing, also those in which they differ."""
    rows = [columns.position[name] for name in entities]
    paths = [path for name in KEY_ATTRIBUTES for path in concepts.paths(name)]
    known = tuple(path for path in paths if any(text is not None for text in _texts(columns, path, rows)))
    if len(known) >= _ENOUGH:
        return known
    others = (path for path in columns.paths if path[0] != NAME[0] and path not in known)
    differ = (path for path in others if len(set(_texts(columns, path, rows))) > 1)
    return (*known, *islice(differ, len(KEY_ATTRIBUTES) - len(known)))


def _texts(columns: Columns, path: Path, rows: Sequence[int]) -> Iterator[str | None]:
    column = columns.column(path)
    return (column.text_at(row) if column else None for row in rows)
