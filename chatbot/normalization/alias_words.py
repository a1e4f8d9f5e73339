"""The names that a graph's entities go by, each with the entities that it may stand for."""

from collections.abc import Collection, Container, Iterable, Mapping

from chatbot.knowledge_graph.graph import Entity
from chatbot.normalization.spellings import (
    first_words,
    joined_spellings,
    own_parts,
    series_spellings,
    spellings,
    weak_spellings,
)
from chatbot.normalization.text import normalize


def weak_words(entities: tuple[Entity, ...], strong: Container[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, entity in enumerate(entities):
        for keyword in entity.keywords:
            for alias in sorted(weak_spellings(keyword)):
                if alias not in strong:
                    found.setdefault(alias, []).append(index)
    return found


def alias_words(
    entities: tuple[Entity, ...], aliases: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, list[int]], list[str]]:
    """Alias → positions of the entities that it may stand for; and the aliases that name a brand or a series."""
    found: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for index, entity in enumerate(entities):
        for keyword in dict.fromkeys((*entity.keywords, entity.name)):
            by_name.setdefault(normalize(keyword), []).append(index)
            for alias in sorted(spellings(keyword)):
                found.setdefault(alias, []).append(index)
    names = dict.fromkeys(normalize(keyword) for entity in entities for keyword in entity.keywords[:2])
    brands = {normalize(entity.keywords[0]) for entity in entities if entity.keywords}
    found.update({own: list(by_name[own]) for own in names})  # a series' own name is that alone
    leading = {
        *names,
        *(alias for own in names for alias in spellings(own)),
    }  # 汉, which has no other spelling
    for index, entity in enumerate(entities):
        own = [normalize(keyword) for keyword in entity.keywords[:2]]
        for alias in sorted(series_spellings(entity.keywords)):
            if _is_a_maker(alias, brands):
                continue
            leading.add(alias)
            if alias not in own and alias not in by_name:
                found.setdefault(alias, []).append(index)
    _join(entities, found)
    short = {
        alias: rows for alias, rows in _short_names(entities, by_name, brands).items() if alias not in found
    }
    found.update(short)
    leading.update(short)
    for name, words in aliases.items():
        for word in words if normalize(name) in by_name else ():
            found[word] = [*found.get(word, ()), *by_name[normalize(name)]]
            leading.update([word] if normalize(name) in names else ())
    return found, sorted(leading)


def _join(entities: tuple[Entity, ...], found: dict[str, list[int]]) -> None:
    """雷凌运动版 also of its CVT运动版, where one is called just so."""
    for index, entity in enumerate(entities):
        for alias in sorted(joined_spellings(entity.keywords)):
            if alias in found and index not in found[alias]:
                found[alias].append(index)


def _is_a_maker(alias: str, brands: Iterable[str]) -> bool:
    """Whether a part of a name is one of several who make a brand: the 一汽丰田 of 一汽丰田bZ4X makes other series too."""
    return any(alias.endswith(brand) and alias != brand for brand in brands)


def _short_names(
    entities: tuple[Entity, ...], by_name: Mapping[str, list[int]], brands: Collection[str]
) -> dict[str, list[int]]:
    """Series by a part of their name (id7, 锐放); what is no brand's."""
    short: dict[str, list[int]] = {}
    for index, entity in enumerate(entities):
        for alias in sorted(first_words(entity.keywords)):
            short.setdefault(alias, []).append(index)
    series = [entity.keywords[1] for entity in entities if len(entity.keywords) > 1]
    for alias, name in own_parts(series).items():
        if not (_is_a_maker(alias, brands) or any(brand.startswith(alias) for brand in brands)):
            short[alias] = list(by_name[normalize(name)])
    return short
