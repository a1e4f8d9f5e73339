"""What names say: a value (四驱 of xDrive, 手动 of 200TSI 手动畅行版), or the kind of a series (宋L EV, 宋L DM-i)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Not, leaf_conditions
from chatbot.normalization.text import normalize
from chatbot.planning.links import ValueSense
from chatbot.planning.words import built_in

_OF_ITS_KIND, _IN_NAMES = "of its kind", "in names alone"
_FEW = 0.1  # of the entities have an attribute on record: mostly it is the name that says so


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    rows = (line.split(": ") for line in built_in("names"))
    return {meant: tuple(said.split()) for meant, said in rows}


@cache
def _makers_words() -> Mapping[str, frozenset[str]]:
    """A value, the makers' words for it and itself."""
    return {
        plain: frozenset((plain, *said))
        for plain, said in _words().items()
        if plain not in (_OF_ITS_KIND, _IN_NAMES)
    }


@cache
def plain_words() -> Mapping[str, str]:
    """A maker's word, and what everybody calls what it says: xdrive, and 四驱."""
    alone = (pair.split("=") for pair in _words()[_IN_NAMES])
    found = {said: plain for plain, said in alone}
    return found | {one: plain for plain, said in _makers_words().items() for one in said if one.isascii()}


def other_kinds(graph: KnowledgeGraph, name: str) -> tuple[str, ...]:
    """The Macan新能源 of a Macan, the 宋L DM-i of a 宋L EV: the cars of a series that differs in its kind alone."""
    brand, *series = graph.by_name[name].keywords[:2]
    if not series:
        return ()
    bare = _without_kind(series[0])
    kin = (e for e in graph.entities if e.keywords[:1] == (brand,) and e.keywords[1:2] != (series[0],))
    return tuple(e.name for e in kin if len(e.keywords) > 1 and _without_kind(e.keywords[1]) == bare)


def _without_kind(series: str) -> str:
    kind = next((kind for kind in _words()[_OF_ITS_KIND] if series.endswith(kind)), "")
    return series.removesuffix(kind).rstrip()


def said_by_names(
    senses: Mapping[str, tuple[ValueSense, ...]], columns: Columns, graph: KnowledgeGraph
) -> Iterator[tuple[str, ValueSense]]:
    """Every sense; where few entities have the attribute on record, the value is also what a maker's word in the name says.

    四驱 is then a car with that value, or one that is called 四驱, quattro or xDrive.
    """
    names = "\n".join(normalize(entity.name).replace(" ", "") for entity in graph.entities)
    said = {plain: sorted(w for w in words if w in names) for plain, words in _makers_words().items()}
    for word, those in senses.items():
        for sense in those:
            column = columns.column(sense.path)
            few = column is None or len(column.rows) < _FEW * len(graph.entities)
            meant = {word, *wanted(sense.clause)} & said.keys() if few else ()
            of_makers = sorted({one for plain in meant for one in said[plain]})
            named = tuple(Condition(NAME, "contains", one) for one in of_makers)
            yield word, replace(sense, clause=AnyOf((sense.clause, *named))) if named else sense


def called_so(names: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` with one of ``words`` in them, or with a maker's word for it."""
    said = set(words)
    for plain, of_makers in _makers_words().items():
        said |= of_makers if any(plain in word for word in said) else set()
    return tuple(n for n in names if any(stands_in(normalize(n).replace(" ", ""), word) for word in said))


def wanted(clause: Clause) -> set[str]:
    """The texts that a value must be or hold: 手动 of 手动挡; none of 自动挡, which is any but that."""
    if isinstance(clause, Not):
        return set()
    conditions = (c for c in leaf_conditions((clause,)) if c.op in ("=", "contains"))
    return {str(c.value) for c in conditions if len(str(c.value)) > 1}


def stands_in(name: str, word: str) -> bool:
    """Whether ``word`` stands in ``name``, and is no piece of a number there: 7座 is not in 17座."""
    at = name.find(word)
    while at >= 0:
        if not (word[0].isdigit() and at and name[at - 1].isdigit()):
            return True
        at = name.find(word, at + 1)
    return False
