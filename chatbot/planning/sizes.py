"""How large a thing is, by what it has of what says so: the volume of a fridge, the load of a washing machine, the area of a room."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.graph import Path
from chatbot.planning.context import Context
from chatbot.planning.links import Link
from chatbot.planning.parts import Ranking
from chatbot.planning.vocabulary import Vocabulary

_SIZE = "大小"


def of_their_size(
    ranks: tuple[Ranking, ...], links: Sequence[Link], context: Context, vocabulary: Vocabulary
) -> tuple[Ranking, ...]:
    """``ranks`` with the size that what is named, or is spoken of, has on record, where it is not the one that is meant
    mostly; a car has several sizes, and 后备厢大不大 says which."""
    plain = {link.start for link in links if link.degree and link.degree.path is None}
    if not ranks or vocabulary.concepts.paths("轴距") or any(link.attribute for link in links):
        return ranks
    sizes = vocabulary.concepts.every(_SIZE)
    named = [name for link in links if link.entity for name in link.entity.names]
    names = named or [*context.entities]
    return tuple(
        replace(rank, path=_had(sizes, names, vocabulary) or rank.path)
        if rank.start in plain
        and rank.path in sizes
        and not any(vocabulary.has(name, rank.path) for name in names)
        else rank
        for rank in ranks
    )


def _had(sizes: Iterable[Path], names: Sequence[str], vocabulary: Vocabulary) -> Path | None:
    """The first that half of them have a number of."""
    measured = (path for path in sizes if vocabulary.dimension(path))
    return next((p for p in measured if 2 * sum(vocabulary.has(n, p) for n in names) >= len(names) > 0), None)
