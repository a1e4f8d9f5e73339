"""多少岁, 几平米以上: the only attribute that is measured in a unit, and is a range, is asked for by it."""

from collections.abc import Container, Iterator

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path
from chatbot.knowledge_graph.units import UnitTable
from chatbot.normalization.text import has_han, normalize
from chatbot.planning.ranges import in_ranges

_HOW_MUCH = ("多少", "几")
_BOUNDS = ("", "以上", "以下", "以内")


def asked_in_units(columns: Columns, units: UnitTable, known: Container[str]) -> Iterator[tuple[str, Path]]:
    """Word → the attribute; those that are ``known`` for something are left alone."""
    measured: dict[str, list[Path]] = {}
    for path, groups in zip(columns.paths, columns.groups, strict=True):
        for dimension in {group.dimension for group in groups}:
            measured.setdefault(dimension, []).append(path)
    for dimension, paths in measured.items():
        if len(paths) > 1 or not in_ranges(columns, paths[0]):
            continue
        for spelled in filter(has_han, units.spelled(dimension)):
            words = (f"{much}{normalize(spelled)}{bound}" for much in _HOW_MUCH for bound in _BOUNDS)
            yield from ((word, paths[0]) for word in words if word not in known)
