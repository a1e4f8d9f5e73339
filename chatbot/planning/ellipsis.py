"""What is said of one of several joined names and meant of its neighbour too: M9 25款和26款行政版, S5尊享和舒享2025款.

Of 海豚410时尚比420自由 the second is the one that differs from the first in just what is said of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import AllOf, Condition, keyword_level
from chatbot.normalization.text import normalize
from chatbot.planning.parts import Thing
from chatbot.regex import regex

_JOINED = regex(r"[的\s]*(?:或者|或是|[和跟与同及、,/比或]|还是|还有|以及|vs|pk|对比|相比)?[\s]*")
_FIRST = 2  # brand and series are not shared out: these are the same for both
_MAX = 60


def shared_out(things: Sequence[Thing], graph: KnowledgeGraph, text: str) -> tuple[Thing, ...]:
    """``things`` narrowed by what is said of a neighbour of the same series."""
    result = list(things)
    for at in range(len(result) - 2, -1, -1):
        result[at] = _of_the_same_kind(result[at], result[at + 1], graph, text)
    for at in range(len(result) - 1):
        result[at] = _of_one_series(result[at], result[at + 1], graph, text)
        left, right = result[at], result[at + 1]
        if not _coordinated(left, right, graph, text):
            continue
        if not left.single:
            result[at] = left = _told_by(left, right, graph, text)
        if not right.single:
            result[at + 1] = _most_alike(right, left, graph)
    return tuple(result)


def _of_the_same_kind(left: Thing, right: Thing, graph: KnowledgeGraph, text: str) -> Thing:
    """砚北或者栎光的笔记本: the kind said behind the last of several makes goes for each that has such things."""
    make = left.clause if isinstance(left.clause, Condition) else None
    if make is None or make.attribute != keyword_level(1) or left.negated or right.negated:
        return left
    if left.referred or right.referred or not _JOINED.fullmatch(text[left.end : right.start]):
        return left
    kinds = {graph.by_name[name].keywords[1:_FIRST] for name in right.names}
    kind = next(iter(kinds)) if len(kinds) == 1 else ()
    if not kind or normalize(kind[0]) not in text[right.start : right.end]:
        return left
    names = tuple(name for name in left.names if graph.by_name[name].keywords[1:_FIRST] == kind)
    if not names or len(names) == len(left.names):
        return left
    return replace(left, names=names, clause=AllOf((make, Condition(keyword_level(_FIRST), "=", kind[0]))))


def _of_one_series(left: Thing, right: Thing, graph: KnowledgeGraph, text: str) -> Thing:
    """长续航版比标准续航升级版: of two series with that version the one that the other is of."""
    if (
        left.single
        or not right.single
        or left.referred
        or not _JOINED.fullmatch(text[left.end : right.start])
    ):
        return left
    series = graph.by_name[right.names[0]].keywords[:_FIRST]
    names = tuple(name for name in left.names if graph.by_name[name].keywords[:_FIRST] == series)
    return replace(left, names=names) if names else left


def _coordinated(left: Thing, right: Thing, graph: KnowledgeGraph, text: str) -> bool:
    if left.referred or right.referred or left.negated or right.negated:
        return False
    if max(len(left.names), len(right.names)) > _MAX or not _JOINED.fullmatch(text[left.end : right.start]):
        return False
    series = {graph.by_name[name].keywords[:_FIRST] for name in (*left.names, *right.names)}
    return len(series) == 1 and not set(left.names) >= set(right.names)


def _told_by(thing: Thing, other: Thing, graph: KnowledgeGraph, text: str) -> Thing:
    """Those of ``thing`` that have what all of ``other`` are said to have: its year, its version."""
    said = text[other.start : other.end]
    names = thing.names
    words = [graph.by_name[name].keywords for name in other.names]
    for level in range(_FIRST, min(map(len, words))):
        common = {keywords[level] for keywords in words}
        if len(common) != 1 or not _is_said(common.pop(), said):
            continue
        word = words[0][level]
        names = tuple(n for n in names if graph.by_name[n].keywords[level : level + 1] == (word,)) or names
    return replace(thing, names=names, clause=None) if len(names) < len(thing.names) else thing


def _is_said(keyword: str, said: str) -> bool:
    """行政版 says 七座行政版, 25款 says 2025款: two characters of it in a row."""
    word = normalize(keyword)
    parts = (word[i : i + 2] for i in range(len(word) - 1))
    return any(part in said for part in parts if part[1] not in "款版型")


def _most_alike(thing: Thing, other: Thing, graph: KnowledgeGraph) -> Thing:
    """Those of ``thing`` that share the most parts of their names with all of ``other``."""
    told = [_parts(name, graph) for name in other.names]
    common = set.intersection(*told)
    shared = {name: len(common & _parts(name, graph)) for name in thing.names}
    best = max(shared.values())
    names = tuple(name for name in thing.names if shared[name] == best)
    return replace(thing, names=names, clause=None) if len(names) < len(thing.names) else thing


def _parts(name: str, graph: KnowledgeGraph) -> set[str]:
    return {part for keyword in graph.by_name[name].keywords[_FIRST:] for part in keyword.split()}
