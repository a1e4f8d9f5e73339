"""项目多, 项目最少: words of degree for what an attribute counts, as one called 项目数 does."""

from collections.abc import Callable, Container, Iterator, Mapping

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.normalization.text import normalize
from chatbot.planning.concepts import Way
from chatbot.planning.links import DegreeSense
from chatbot.planning.word_forms import forms
from chatbot.regex import regex

_COUNT = regex("([\u4e00-\u9fff]{2,})(?:数|数量|个数)$")
_MORE_OR_FEWER: Mapping[str, Way] = {"多": "up", "少": "down"}


def counting_words(
    columns: Columns, dimension: Callable[[Path], str], known: Container[str]
) -> Iterator[tuple[str, DegreeSense]]:
    """Word → what it ranks by; nothing of what is ``known`` as the name of an attribute by itself."""
    for path in columns.paths:
        counted = _COUNT.match(normalize(display_name(path[-1])))
        if counted is None or counted[1] in known or not dimension(path):
            continue
        for degree, way in _MORE_OR_FEWER.items():
            said = forms(f"{counted[1]}+{degree}")
            yield from ((word, DegreeSense(degree, path, way, strength)) for word, strength in said)
