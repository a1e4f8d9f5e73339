"""Names that end in a word for what is sold, as people say them: 护心 for 护心套餐, 重疾险 for 守护重疾险.

The words are the operator's ``products.txt``, and what most of the names of one level end in. What is said in their place is
a name where no other name says it too, and no word of ordinary questions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from chatbot.derived import Derived
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.knowledge_graph.name_ends import shared_ends
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.short_names import short_names
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_HAN = regex("[\u4e00-\u9fff]+")
_SHORTEST = 2


def with_sold_names(
    graph: KnowledgeGraph, lexicon: Lexicon, derived: Derived | None = None
) -> Mapping[str, tuple[str, ...]]:
    """The operator's ``entity_aliases`` and these names; what an attribute is called is none of them."""
    kept = (derived or Derived()).json("names of what is sold", lambda: _told(graph, lexicon))
    return {word: tuple(said) for word, said in kept.items()}


def _told(graph: KnowledgeGraph, lexicon: Lexicon) -> dict[str, list[str]]:
    asked = {normalize(part) for path in graph.tree for part in path}
    asked.update(said for words in lexicon.attribute_synonyms.values() for said in words)
    result = {word: list(said) for word, said in lexicon.entity_aliases.items()}
    short = short_names(graph.entities, lexicon.products)
    for word, said in (*sold_names(graph.entities, lexicon.products).items(), *short.items()):
        fresh = (one for one in said if one not in asked)
        result[word] = list(dict.fromkeys((*result.get(word, ()), *fresh)))
    return result


def ends_of_names(graph: KnowledgeGraph, products: Collection[str]) -> tuple[str, ...]:
    """The words for what is sold that names end in."""
    shared = (end for level in _levels(graph.entities) for end in shared_ends(level))
    return tuple(dict.fromkeys((*products, *shared)))


def without_end(word: str, ends: Iterable[str]) -> str:
    """``word`` without the longest of ``ends``; empty where it has none of them, or too little is left."""
    stems = (word.removesuffix(end) for end in sorted(ends, key=len, reverse=True) if word.endswith(end))
    return next((stem for stem in stems if len(stem) >= _SHORTEST and _HAN.match(stem)), "")


def sold_names(entities: Sequence[Entity], products: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Keyword, as it is written → what else it is called; nothing of those that end in no such word."""
    holding: dict[str, set[int]] = {}
    for index, entity in enumerate(entities):
        for word in entity.keywords:
            holding.setdefault(normalize(word), set()).add(index)
    bare = _bare(entities, products)
    found: dict[str, dict[str, None]] = {}
    for word, stem in bare.items():
        own = normalize(word)
        said = (*_first_parts(stem, bare.values()), *_last_parts(own, stem))
        alone = [one for one in said if all(one not in other for other in holding if other != own)]
        of_it = all(rows <= holding[own] for other, rows in holding.items() if stem in other)
        if of_it and sum(other.endswith(stem) for other in bare.values()) == 1:
            alone.append(stem)
        found.setdefault(word, {}).update(dict.fromkeys(one for one in alone if one not in holding))
    return {word: tuple(said) for word, said in found.items() if said}


def _bare(entities: Sequence[Entity], products: Collection[str]) -> dict[str, str]:
    """Keyword → what is left of it without the word for what is sold; the operator's words before what many end in."""
    bare = {}
    for level in _levels(entities):
        shared = shared_ends(level)
        for word in level:
            plain = normalize(word)
            if stem := without_end(plain, products) or without_end(plain, shared):
                bare[word] = stem
    return bare


def _levels(entities: Iterable[Entity]) -> list[list[str]]:
    """The different keywords of each level, from the general to the special."""
    levels: list[dict[str, None]] = []
    for entity in entities:
        for at, word in enumerate(entity.keywords):
            if at == len(levels):
                levels.append({})
            levels[at][word] = None
    return [list(level) for level in levels]


def _first_parts(stem: str, others: Collection[str]) -> Iterator[str]:
    """花漾 of 花漾女性, where others end in 女性 too."""
    for at in range(_SHORTEST, len(stem) - 1):
        if sum(other.endswith(stem[at:]) for other in others) > 1:
            yield stem[:at]


def _last_parts(word: str, stem: str) -> Iterator[str]:
    """重疾险 of 守护重疾险, 父亲基础 and 父亲基础套餐 of 孝心父亲基础套餐: with the end, or three characters and more."""
    for at in range(_SHORTEST, len(stem) - 1):
        yield word[at:]
        if len(stem) - at > _SHORTEST:
            yield stem[at:]
