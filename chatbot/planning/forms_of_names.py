"""A name that is told by its first letter alone, after one that is made as it is: B呢 after the A型号."""

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_LETTER = regex(r"(?P<letter>[a-z])(?:呢|的呢|也说说|也?看看|怎么样)?[?？]?")
_SERIES = 2  # keywords: brand and series


def of_its_form(text: str, near: str, graph: KnowledgeGraph) -> str:
    """A normalised ``text`` with the series in full that its letter is of; unchanged where there is none so made.

    ``near`` is a car of the series that the conversation speaks of.
    """
    said = _LETTER.fullmatch(text) if near else None
    if said is None:
        return text
    whole = bare_series(graph.by_name[near].keywords)
    name = said["letter"] + whole[1:]
    known = {bare_series(entity.keywords) for entity in graph.entities}
    made_so = len(whole) > 1 and whole[0].isascii() and whole[0].isalpha() and not whole[1].isascii()
    return name + text[1:] if made_so and name in known else text


def bare_series(keywords: tuple[str, ...]) -> str:
    """The series without its brand before it: q5 of 松峦Q5."""
    brand, series = (normalize(word).replace(" ", "") for word in (*keywords, "", "")[:_SERIES])
    return series.removeprefix(brand.removesuffix("汽车"))
