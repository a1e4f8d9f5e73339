"""Plans that sum up instead of listing: compare side by side, group, range and average, verify."""

from collections.abc import Sequence

import numpy as np

from chatbot.knowledge_graph.columns import MeasureGroup
from chatbot.knowledge_graph.directions import Direction
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.result import Aggregate, Answer, Comparison, Group, Note, Verdict
from chatbot.knowledge_graph.selection import Selection
from chatbot.knowledge_graph.units import DATE
from chatbot.regex import regex

_LONGEST_LISTED = 12  # characters; longer parts are no names
_BETWEEN = regex(r"(?:、|(?<!\d)[,;]|[,;](?!\d))(?![^(（]*[)）])")  # ， parts the clauses of a sentence
_ASKED: dict[str | None, Direction] = {"asc": "down", "desc": "up"}  # 哪个轻, where neither way is better


def in_unit(number: float, group: MeasureGroup) -> float:
    """A number in base units in the unit its column is shown in, without the noise of the division."""
    return float(f"{number / float(group.factor):.12g}")


def compare(selection: Selection, rows: Sequence[int], path: Path) -> Comparison:
    """One attribute of the entities at ``rows``: numbers, who is better by how much, or only whether all agree."""
    raws = [cell.raw if (cell := selection.cell(row, path)) else None for row in rows]
    same = len(set(raws)) == 1 and raws[0] is not None
    direction = selection.directions.of(path[-1]) or _ASKED.get(selection.plan.order)
    found = selection.main_numbers(path) if any(raw is not None for raw in raws) else None
    if found is None:
        return Comparison(path, (None,) * len(rows), "", direction, (), None, None, same)
    numbers, group = found
    keys = [float(numbers.keys[row]) if numbers.usable[row] else None for row in rows]
    values = tuple(None if key is None else in_unit(key, group) for key in keys)
    unit = DATE if group.dimension == DATE else group.unit
    known = sorted({key for key in keys if key is not None}, reverse=direction != "down")
    if len([key for key in keys if key is not None]) < 2:
        return Comparison(path, values, unit, direction, (), None, None, same)
    names = [selection.columns.names[row] for row in rows]
    return Comparison(
        path, values, unit, direction, _winners(names, keys, known, direction),
        lead=in_unit(abs(known[0] - known[1]), group) if len(known) > 1 else 0.0,
        spread=in_unit(abs(known[0] - known[-1]), group), same=same,
    )  # fmt: skip


def _winners(
    names: list[str], keys: list[float | None], known: list[float], direction: Direction | None
) -> tuple[str, ...]:
    if direction is None or len(known) < 2:
        return ()
    return tuple(name for name, key in zip(names, keys, strict=True) if key == known[0])


def group(selection: Selection, path: Path) -> tuple[Group, ...]:
    """The distinct values among the matched, most frequent first, then in order of appearance; of a value that lists
    several (雪域白、曜石黑) each one, so that an entity counts once for each."""
    places = selection.conditions.places(path)
    if not places:
        selection.conditions.note(Note("unknown_attribute", path))
    counts: dict[str, int] = {}
    seen = selection.conditions.nobody()
    for column, _ in places:
        fresh = ~seen[column.rows] & selection.matched[column.rows]
        tally = np.bincount(column.codes[fresh], minlength=column.distinct)
        for code in np.flatnonzero(tally).tolist():
            for part in dict.fromkeys(listed(column.texts[code])):
                counts[part] = counts.get(part, 0) + int(tally[code])
        seen[column.rows] = True
    return tuple(Group(value, n) for value, n in sorted(counts.items(), key=lambda item: -item[1]))


def listed(text: str) -> tuple[str, ...]:
    """What ``text`` lists, outside brackets: 雪域白、曜石黑 are two; ``text`` itself where it is no list of short names."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    return tuple(parts) if all(0 < len(part) <= _LONGEST_LISTED for part in parts) else (text,)


def aggregate(selection: Selection, path: Path) -> Aggregate | None:
    """Range, mean and median over the matched that have a number; ``None`` when none has."""
    found = selection.main_numbers(path)
    if found is None:
        return None
    numbers, unit = found
    indices = np.flatnonzero(selection.matched & numbers.usable)
    if len(indices) == 0:
        return None
    keys = numbers.keys[indices]
    low = np.where(np.isfinite(numbers.low), numbers.low, numbers.keys)[indices]
    high = np.where(np.isfinite(numbers.high), numbers.high, numbers.keys)[indices]
    ends = (int(indices[np.argmin(low)]), int(indices[np.argmax(high)]))
    lowest, highest = selection.rows(ends, (path,))
    return Aggregate(
        path, len(indices), in_unit(float(low.min()), unit), in_unit(float(high.max()), unit),
        in_unit(float(keys.mean()), unit), in_unit(float(np.median(keys)), unit), unit.unit, lowest, highest,
    )  # fmt: skip


def verify(selection: Selection, rows: Sequence[int]) -> tuple[Verdict, ...]:
    """For each entity whether the conditions hold."""
    truth = selection.truth

    def answer(row: int) -> Answer:
        if truth.true[row]:
            return "yes"
        return "no" if truth.false[row] else "unknown"

    return tuple(Verdict(selection.columns.names[row], answer(row)) for row in rows)
