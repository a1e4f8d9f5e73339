"""它多大, 它几岁能投: a measure that no attribute is named for. What was asked before is no answer to it."""

from chatbot.knowledge_graph.graph import Path
from chatbot.planning.concepts import Concepts
from chatbot.regex import regex

_MEASURE = regex("多[大重久长宽高远快深厚]|[几多]少?[岁斤寸升]|[长宽高重]是?多少")
_SIZE = regex("多大[呢啊呀的]*$")


def asks_a_measure(text: str) -> bool:
    """Whether it asks how large, how heavy, how old."""
    return _MEASURE.search(text) is not None


def size_asked(text: str, concepts: Concepts) -> tuple[tuple[Path, ...], ...]:
    """The attribute that 多大 is about, where things are told apart by one size; a car has several."""
    if not _SIZE.search(text) or concepts.paths("轴距"):
        return ()
    sizes = concepts.every("大小")  # of which the thing may have any
    return (sizes,) if sizes else ()
