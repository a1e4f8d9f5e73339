"""Who leads in what: one line a ranking, so that one may choose by what matters most."""

from collections.abc import Iterable

from chatbot.answering.query_text import Wording
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.result import Result
from chatbot.messages import say

_HEADS = {"asc": "leads_lowest", "desc": "leads_highest"}
_FIRST = 3


@dataclass(frozen=True, slots=True)
class Leading:
    """The lines, those who lead in anything, and the attributes that were ranked by."""

    text: str
    entities: tuple[str, ...]
    paths: tuple[Path, ...]


def who_leads(rankings: Iterable[Result], words: Wording) -> Leading:
    """``rankings`` have at least one row each, the first few of which are told, with the value that they share."""
    lines, entities, paths = [], [], []
    for result in rankings:
        path, names = result.plan.attributes[0], [row.entity for row in result.rows]
        cell = result.rows[0].cells[result.attributes.index(path)]
        lines.append(
            say(
                _HEADS[result.plan.order or "desc"],
                attribute=words.attribute(path),
                entities=words.several(names),
                value=words.value(cell) if cell else "",
            )
        )
        entities += names[:_FIRST]
        paths.append(path)
    return Leading("\n".join(lines), tuple(dict.fromkeys(entities)), tuple(paths))
