"""What names say: a value (四驱 of xDrive, 手动 of 200TSI 手动畅行版), or the kind of a series (宋L EV, 宋L DM-i)."""

from collections.abc import Iterable, Sequence

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import Clause, Not, leaf_conditions
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_MAKERS_WORDS = {
    "四驱": {"4matic", "quattro", "xdrive", "4motion", "awd", "4wd"},
    "敞篷": {"cabriolet", "spyder", "roadster", "敞篷"},
}
_KIND_OF = regex(r"\s?(?:新能源|EV|DM-i|PHEV|\(进口\))$")


def other_kinds(graph: KnowledgeGraph, name: str) -> tuple[str, ...]:
    """The Macan新能源 of a Macan, the 宋L DM-i of a 宋L EV: the cars of a series that differs in its kind alone."""
    brand, *series = graph.by_name[name].keywords[:2]
    if not series:
        return ()
    bare = _KIND_OF.sub("", series[0])
    kin = (e for e in graph.entities if e.keywords[:1] == (brand,) and e.keywords[1:2] != (series[0],))
    return tuple(e.name for e in kin if len(e.keywords) > 1 and _KIND_OF.sub("", e.keywords[1]) == bare)


def called_so(names: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` with one of ``words`` in them, or with a maker's word for it."""
    said = set(words)
    for plain, of_makers in _MAKERS_WORDS.items():
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
