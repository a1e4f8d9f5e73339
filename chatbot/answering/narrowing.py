"""Which of several entities is meant: by what the conversation speaks of, or by asking one short question."""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.messages import say
from chatbot.session.base import Option

MAX_OPTIONS, MAX_NAMED = 6, 3


def narrow(graph: KnowledgeGraph, candidates: tuple[str, ...], known: Sequence[str]) -> tuple[str, ...]:
    """The candidates nearest to what was already spoken of; all of them when none is near.

    Candidates that are themselves known win; else those that share the series
    with the first known entity that has any.
    """
    if len(candidates) < 2:
        return candidates
    if same := tuple(name for name in candidates if name in known):
        return same
    for name in known:
        kin = tuple(c for c in candidates if graph.series(c) == graph.series(name))
        if kin:
            return kin
    return candidates


def entity_options(graph: KnowledgeGraph, candidates: Sequence[str]) -> tuple[Option, ...]:
    """Chips to choose from: the entities themselves when few, else the first keyword that tells them apart.

    An option's ``value`` is an entity's name, or the leading keywords joined by ``|``.
    """
    if len(candidates) <= MAX_OPTIONS:
        return tuple(Option(text, name) for text, name in _telling_names(graph, candidates))
    keywords = {name: graph.by_name[name].keywords for name in candidates}
    for level in range(max(len(words) for words in keywords.values())):
        counts = Counter(words[: level + 1] for words in keywords.values())
        if len(counts) > 1:
            common = sorted(counts.items(), key=lambda item: -item[1])
            return tuple(Option(words[-1], "|".join(words)) for words, _ in common[:MAX_OPTIONS])
    return tuple(Option(name, name) for name in candidates[:MAX_OPTIONS])


def _telling_names(graph: KnowledgeGraph, candidates: Sequence[str]) -> list[tuple[str, str]]:
    """Each candidate by its last keyword where that tells them apart, else by its short or whole name."""
    last = [graph.by_name[name].keywords[-1] for name in candidates]
    short = [graph.short_names[name] for name in candidates]
    for texts in (last, short, list(candidates)):
        if len(set(texts)) == len(texts):
            return list(zip(texts, candidates, strict=True))
    return []


def common_name(graph: KnowledgeGraph, names: Sequence[str]) -> str:
    """What several entities are called together: one's short name, or the keywords all of them lead with.

    Where others lead with them too, these are named one by one: 雷凌 has a price, though its 185T has none.
    """
    if len(names) == 1:
        return graph.short_names[names[0]]
    levels = zip(*(graph.by_name[name].keywords for name in names), strict=False)
    shared = tuple(words[0] for words in takewhile(lambda words: len(set(words)) == 1, levels))
    if shared and sum(one.keywords[: len(shared)] == shared for one in graph.entities) > len(names):
        told = say("and").join(graph.short_names[name] for name in names[:MAX_NAMED])
        return told if len(names) <= MAX_NAMED else say("and_others", names=told, count=len(names))
    return " ".join(shared[1:] or shared)
