"""The planner of a knowledge base, put together from its graph, its lexicons and its linkers."""

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath

from chatbot.derived import Derived
from chatbot.errors import DataError
from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.directions import load_directions
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.snapshot import open_columns
from chatbot.knowledge_graph.units import UnitTable, load_units
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.product_words import GRAMMAR_WORD, ProductWords
from chatbot.normalization.reader import Reader
from chatbot.normalization.text import normalize
from chatbot.planning.absent import PARTS
from chatbot.planning.asked_times import done
from chatbot.planning.concepts import Concepts, comparatives, value_words, values_built_in
from chatbot.planning.groups import brand_groups
from chatbot.planning.makes import makes, models
from chatbot.planning.planner import Planner
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_STEM = regex(r"[\u4e00-\u9fff]{2,}(?=[a-z](?:$|[\u4e00-\u9fff]))")


def build_planner(
    graph: KnowledgeGraph,
    reader: Reader,
    lexicon: Lexicon,
    folder: FilePath | None,
    derived: Derived | None = None,
) -> Planner:
    """``folder`` holds the operator's lexicons; ``derived`` is what was worked out before, beside the columns read before.

    Raises:
        DataError: a lexicon line that cannot be read.
    """
    units = load_units(folder / "units.txt" if folder else None)
    engine = Engine(
        _columns(graph, units, derived.root if derived else None),
        units,
        load_directions(folder / "directions.txt" if folder else None),
    )
    vocabulary = Vocabulary(
        graph,
        engine.columns,
        reader.entities,
        reader.attributes,
        Concepts(graph.tree, lexicon.attribute_synonyms, derived),
        comparatives(folder / "comparatives.txt" if folder else None),
        value_words(folder / "value_synonyms.txt" if folder else None),
        (*lexicon.stop_words, *lexicon.question_words),
        makes(folder),
        brand_groups(folder),
        derived or Derived(),
        _of_another_trade(lexicon.products),
    )
    doings = [stem for _, stem in done(vocabulary.columns.paths)]  # 退房, where a 房 is what is sold
    names = (*reader.entities.names, *vocabulary.finder.aliases, *doings) if lexicon.products else ()
    return Planner(engine, vocabulary, reader.decoder, reader.plain, ProductWords(lexicon.products, names))


def _of_another_trade(products: Collection[str]) -> frozenset[str]:
    """The built-in words for values and for groups of makes, where what is sold is not what the grammar knows it as."""
    if not products or any(GRAMMAR_WORD in word for word in products):
        return frozenset()
    values = values_built_in()
    parts = {part for meant in values.values() for part in PARTS.split(meant)}
    return frozenset((*values, *parts, *(word for group in brand_groups(None) for word in group.words)))


def _columns(graph: KnowledgeGraph, units: UnitTable, snapshots: FilePath | None) -> Columns:
    """From the snapshot where there is one; a disk that cannot be written costs the snapshot, not the service."""
    try:
        return open_columns(graph, units, snapshots)
    except DataError:
        return build_columns(graph, units)


def with_makes(
    graph: KnowledgeGraph, aliases: Mapping[str, tuple[str, ...]], folder: FilePath | None = None
) -> Mapping[str, tuple[str, ...]]:
    """``aliases`` and the other names of the makes and models of the graph: tesla of 特斯拉, 卡宴 of Cayenne."""
    brands = {entity.keywords[0] for entity in graph.entities if entity.keywords}
    series = {entity.keywords[1] for entity in graph.entities if len(entity.keywords) > 1}
    result = dict(aliases)
    for stem, those in _stems(series).items():
        for one in those:
            result[one] = tuple(dict.fromkeys((*result.get(one, ()), stem)))
    plain = {one: normalize(one) for one in (*sorted(brands), *sorted(series))}
    for names in makes(folder):
        for brand in sorted(brands):
            if any(name in plain[brand] for name in names):
                result[brand] = tuple(dict.fromkeys((*result.get(brand, ()), *names)))
    for name, *others in models(folder):
        for one in sorted(series):
            if plain[one].removesuffix("新能源") == name:
                result[one] = tuple(dict.fromkeys((*result.get(one, ()), *others)))
    return result


def _stems(series: set[str]) -> Mapping[str, tuple[str, ...]]:
    """途观 of 途观L and 途观X: a name without the letter behind it, where no series is called just that."""
    found: dict[str, list[str]] = {}
    for one in sorted(series):
        if stem := _STEM.match(normalize(one)):
            found.setdefault(stem.group(), []).append(one)
    return {stem: tuple(those) for stem, those in found.items() if stem not in series}


def with_generic_words(
    graph: KnowledgeGraph, synonyms: Mapping[str, tuple[str, ...]], derived: Derived | None = None
) -> Mapping[str, tuple[str, ...]]:
    """``synonyms`` and, for what the operator's lexicon has no word for in this graph, the words of every graph."""
    names = {path[-1] for path in graph.tree if path}
    known = {word for name, words in synonyms.items() if name in names for word in words}
    known |= {normalize(name) for name in names}
    concepts = Concepts(graph.tree, synonyms, derived)
    result = dict(synonyms)
    for concept, words in concepts.words.items():
        paths = concepts.paths(concept)
        if paths and words[0] not in known:
            fresh = tuple(word for word in words if word not in known)
            result[paths[0][-1]] = result.get(paths[0][-1], ()) + fresh
    return result
