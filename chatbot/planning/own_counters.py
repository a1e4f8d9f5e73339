"""几晚, 几钻, 多少公里: the only attribute whose values count so (4晚, 五钻) is asked for by what they count."""

from collections import Counter
from collections.abc import Container, Iterator

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path
from chatbot.regex import regex

_COUNTED = regex(
    r"(?:约|最多|最少|至少)?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)([\u4e00-\u9fff]{1,2})起?"
)
_OF_ANYTHING = frozenset("个 元 块 万 万元 次 种 项 号 倍 岁 人 位 名".split())
_FEWEST = 2  # values that are counted so
_MOST_VALUES = 300
_HEADER = "实体"


def asked_by_counters(columns: Columns, known: Container[str]) -> Iterator[tuple[str, Path]]:
    """Word → the attribute; those that are ``known`` for something are left alone, and what counts any thing, or names another one: 色."""
    holding: dict[str, dict[Path, int]] = {}
    for path in columns.paths:
        column = columns.column(path) if path[0] != _HEADER else None
        if column is not None and column.distinct <= _MOST_VALUES:
            counted = Counter(found[1] for text in column.plain if (found := _COUNTED.fullmatch(text)))
            for counter, times in counted.items():
                holding.setdefault(counter, {})[path] = times
    for counter, paths in holding.items():
        path, times = next(iter(paths.items()))
        own = len(paths) == 1 and not any(counter in other[-1] for other in columns.paths if other != path)
        if own and times >= _FEWEST and counter not in _OF_ANYTHING:
            yield from ((word, path) for word in (f"几{counter}", f"多少{counter}") if word not in known)
