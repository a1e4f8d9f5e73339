"""Units that are asked for: 几kw, 多少毫米, 极速多少kph; alone they say which attribute is meant."""

from collections.abc import Iterator, Sequence

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.knowledge_graph.units import COUNT, DATE, MONEY, Unit, UnitTable
from chatbot.planning.concepts import Concepts
from chatbot.planning.links import AttributeSense, Link, RoleSense, Sense
from chatbot.regex import regex

_ASKED = regex(
    r"几(?![个十百千万])|几[十百](?=\S{1,3}(?:$|[呢啊呀?,。]))|多少|多大"
)  # 几百牛米 asks at an end only
# What a unit that is asked for measures; 升 and 毫米 measure too much to say, 米 is slang for money where nothing
# else is named (车长多少米 names it)
_MEASURES = {
    "kW": "功率", "Ps": "马力", "N·m": "扭矩", "kWh": "电池", "L/100km": "油耗", "kWh/100km": "电耗", "km/h": "车速", "s": "加速",
    "t": "重量", "kg": "重量", "km": "续航", "m": "价格", "V": "高压平台",
}  # fmt: skip
_MUCH = frozenset({"much"})
_CLAUSE = regex("[,。;!?]")
_SLANG = "m"  # 多少米 is how much, but not 最高到多少米 of what has an altitude
_EVERYDAY = frozenset((COUNT, MONEY, DATE, "时间", "长度", "重量", "年龄"))
_NEAR = 3  # characters before what is asked
_EMPTY = frozenset("的是有能可以要得会它多大量数")


def asked_measures(
    text: str, links: Sequence[Link], units: UnitTable, concepts: Concepts, columns: Columns
) -> Iterator[Link]:
    """A link for each unit behind 几 or 多少 that no other word takes; ``links`` are those found so far."""
    for hit in _ASKED.finditer(text):
        found = units.match(text, hit.end())
        if found is None or found[0].dimension == COUNT or not _free(hit.end(), found[1], links):
            continue
        start = hit.start() if _free(*hit.span(), links) else hit.end()
        unit, end = found
        sense: Sense = RoleSense("much")
        if not _named_beside(text, hit.start(), end, links):
            named = _MEASURES.get(unit.name)
            done = _of_what_is_done(text, hit.start(), unit, columns)
            paths = concepts.paths(named) if named and not (done and unit.name == _SLANG) else ()
            paths = paths or done or _alone(unit, columns)
            sense = AttributeSense(paths) if paths else sense
        yield Link(start, end, text[start:end], (sense,))


def _of_what_is_done(text: str, at: int, unit: Unit, columns: Columns) -> tuple[Path, ...]:
    """洗几公斤: the one attribute that is measured so and has what is done in its name, 洗涤容量; nothing where two have."""
    done = {*text[max(0, at - _NEAR) : at]} - _EMPTY
    measured = (
        path
        for path, groups in zip(columns.paths, columns.groups, strict=True)
        if any(group.dimension == unit.dimension for group in groups)
    )
    found = [path for path in measured if not done.isdisjoint(display_name(path[-1]))]
    return tuple(found) if len(found) == 1 else ()


def _alone(unit: Unit, columns: Columns) -> tuple[Path, ...]:
    """多少赫兹, 多少毫安: the one attribute that is given in it; nothing of what many things are measured in."""
    if unit.dimension in _EVERYDAY:
        return ()
    given = (
        path
        for path, groups in zip(columns.paths, columns.groups, strict=True)
        if any(group.unit == unit.name for group in groups)
    )
    found = tuple(given)
    return found if len(found) == 1 else ()


def _free(start: int, end: int, links: Sequence[Link]) -> bool:
    """Whether no word takes it; 里 of 多少公里 is none of its own, and 多少公里 asks how much, and not of what."""
    others = (link for link in links if (link.end - link.start > 1 or not link.roles) and not _asks(link))
    return not any(link.start < end and start < link.end for link in others)


def _asks(link: Link) -> bool:
    return link.roles == _MUCH and len(link.senses) == 1


def _named_beside(text: str, start: int, end: int, links: Sequence[Link]) -> bool:
    """Whether the same clause names an attribute that no other unit is asked of."""
    marks = [mark.start() for mark in _CLAUSE.finditer(text)]
    since = max([0, *(mark for mark in marks if mark < start)])
    until = min([len(text), *(mark for mark in marks if mark >= end)])
    return any(link.attribute for link in links if since <= link.start and link.end <= until)
