"""Questions for the knowledge graph, so that the choice of a standard question learns what is not the FAQ's to answer.

They are made of the names, synonyms and kinds of value of the attributes, in the forms that queries have. Single values of
numbers and the entities play no part: these change every day, and with each change the choice would be fitted anew.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz, process

from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, display_name
from chatbot.normalization.text import has_han, normalize

MOST = 400
_ATTRIBUTES = 120
_KINDS = 10  # more different values make no kinds
_LONGEST_KIND = 6
_TOO_ALIKE = 70  # percent: what the operator has a paraphrase for is the FAQ's
_OF_ATTRIBUTES = (
    "{}多少", "{}是多少", "{}最高的是哪款", "哪款{}最低", "{}前三", "{}500以上的有哪些", "{}排第一的", "{}不限",
)  # fmt: skip
_OF_KINDS = (
    "{}的有哪些",
    "有没有{}的车",
    "{}的都列一下",
    "推荐几款{}的",
    "{}的都有啥",
    "不要{}的",
    "只看{}的",
    "{}前三",
)


def graph_questions(graph: KnowledgeGraph, synonyms: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """At most ``MOST`` questions, normalised; the same for the same names, whatever the FAQ holds."""
    asked = list(dict.fromkeys(normalize(one) for one in _all(graph, synonyms)))
    return tuple(asked[:: max(1, -(-len(asked) // MOST))])


def not_the_faqs(questions: Sequence[str], paraphrases: Sequence[str]) -> tuple[str, ...]:
    """Those of ``questions`` that are not nearly one of the normalised ``paraphrases``."""
    return tuple(
        text
        for text in questions
        if process.extractOne(text, paraphrases, scorer=fuzz.ratio, score_cutoff=_TOO_ALIKE) is None
    )


def _all(graph: KnowledgeGraph, synonyms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    counts = Counter(path for entity in graph.entities for path in entity.leaves)
    paths = sorted(counts, key=lambda path: (-counts[path], path))[:_ATTRIBUTES]
    for place, path in enumerate(paths):
        name = display_name(path[-1])
        words = (name, *synonyms.get(name, ())[:2])
        for at, word in enumerate(words):
            for form in _some(_OF_ATTRIBUTES, place + at):
                yield form.format(word)
        for at, kind in kinds_of(graph, path):
            for form in _some(_OF_KINDS, place + at):
                yield form.format(kind)


def kinds_of(graph: KnowledgeGraph, path: Path) -> Iterator[tuple[int, str]]:
    """The kinds that the values of an attribute are, with their rank by frequency; none where it has too many."""
    from chatbot.knowledge_graph.summaries import listed  # the query engine: 35 ms that few rebuilds need

    kinds = Counter(kind for entity in graph.entities for kind in listed(entity.leaves.get(path, "")) if kind)
    if len(kinds) <= _KINDS:
        for at, kind in enumerate(sorted(kinds, key=lambda kind: (-kinds[kind], kind))):
            if has_han(kind) and 1 < len(kind) <= _LONGEST_KIND and not any(map(str.isdigit, kind)):
                yield at, kind


def _some(forms: Sequence[str], turn: int) -> tuple[str, str]:
    """Two of them, by turns."""
    return forms[turn % len(forms)], forms[(turn + len(forms) // 2) % len(forms)]
