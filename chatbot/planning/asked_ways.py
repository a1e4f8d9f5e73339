"""Ways of asking as a predicate: 充满一次得等几个钟头, 最快能飙到多少迈, 屁股能塞几个箱子, 哪家厂出的.

A name of an attribute can be listed; what one does with a thing and how one asks for the measure of it combine freely. So
the parts stand in ``words/asked.txt`` and are put together at reading time; no combination of them is a word.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

from chatbot.frozen import dataclass
from chatbot.needed import all_needed
from chatbot.once import once
from chatbot.planning.concepts import Concepts
from chatbot.planning.links import AttributeSense, DegreeSense, Link, RoleSense, Sense
from chatbot.planning.words import built_in
from chatbot.regex import regex

_HOW = regex(
    "(?:到底|究竟)?(?:能)?(?:有|是)?多(?:么)?(?P<degree>[大高长宽强猛快足沉重轻矮低短久远好慢])(?!少)"
)
_NONE = "-"  # what is no attribute: it stays unknown as a whole; with a concept behind it only where that is not there
_LONGEST_NOUN = 5  # characters


def asked_ways(masked: str, concepts: Concepts) -> Iterator[Link]:
    """A link for each way of asking in ``masked``, whose bars nothing reaches over; longest first, none overlap.

    A ``thing`` is asked for something that no attribute tells (充电线多长): no word within it counts.
    """
    hits = [(hit, way.concept) for way in _fitting(masked) for hit in way.pattern.finditer(masked)]
    taken: list[tuple[int, int]] = []
    for hit, name in sorted(hits, key=lambda one: one[0].start() - one[0].end()):
        concept = name.removeprefix(_NONE)
        paths = concepts.paths(concept) if concept else ()  # "-" stands in 0-100km/h加速
        if not (paths or name.startswith(_NONE)) or any(
            start < hit.end() and hit.start() < end for start, end in taken
        ):
            continue
        taken.append(hit.span())
        sense: Sense = AttributeSense(paths) if paths else RoleSense("thing")
        yield Link(hit.start(), hit.end(), hit.group(), (sense,))


def names_no_attribute(text: str) -> bool:
    """Whether ``text`` asks for something that is no attribute: 洗车要花多少钱, 充电线多长."""
    return any(way.concept == _NONE and way.pattern.search(text) for way in _fitting(text))


def asked_degrees(masked: str, known: Mapping[str, Collection[Sense]]) -> Iterator[Link]:
    """动力到底有多强: what is ranked by 动力强 is asked for; ``known`` are the words and their senses."""
    for hit in _HOW.finditer(masked):
        for start in range(max(0, hit.start() - _LONGEST_NOUN), hit.start()):
            noun = masked[start : hit.start()]
            if any(isinstance(sense, AttributeSense) for sense in known.get(noun, ())):
                break
            senses = known.get(noun + hit["degree"], ())
            path = next((s.path for s in senses if isinstance(s, DegreeSense) and s.path), None)
            if path:
                yield Link(start, hit.end(), masked[start : hit.end()], (AttributeSense((path,)),))
                break


def said_of() -> Mapping[str, str]:
    """Concept → the Chinese words of its patterns, apart from each other; things of their own are none."""
    found: dict[str, str] = {}
    for way in (one for one in _ways() if not one.concept.startswith(_NONE)):
        words = " ".join(re.findall("[\u4e00-\u9fff]+", way.own))
        found[way.concept] = f"{found.get(way.concept, '')} {words}"
    return found


@dataclass(frozen=True)
class _Way:
    """One pattern; every match holds one of the characters ``keys``. ``own`` is it without the parts it shares."""

    concept: str
    own: str
    keys: frozenset[str]
    whole: str

    @once
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first needed: all of them take 0.17 s, which a start need not wait for."""
        return re.compile(self.whole)

    @once
    def needed(self) -> tuple[frozenset[str], ...]:
        """Of each of these sets a match holds a character."""
        return all_needed(self.whole)


def _fitting(text: str) -> list[_Way]:
    """The ways that ``text`` has the characters for, in the order of the file: one or two of hundreds."""
    ways, by_key, said = _ways(), _by_key(), {*text}
    keyed = [ways[place] for place in sorted({place for char in said for place in by_key.get(char, ())})]
    return [way for way in keyed if not any(map(said.isdisjoint, way.needed))]


@cache
def _by_key() -> Mapping[str, Sequence[int]]:
    """Key → the places of its ways."""
    found: dict[str, list[int]] = {}
    for place, way in enumerate(_ways()):
        for key in way.keys:
            found.setdefault(key, []).append(place)
    return found


@cache
def _ways() -> Sequence[_Way]:
    """The patterns of ``words/asked.txt``."""
    parts: dict[str, str] = {}
    found = []
    for line in built_in("asked"):
        if line.startswith("="):
            name, part = line[1:].split(" ", 1)
            parts[name] = part
            continue
        concept, *columns = line.split("\t")
        for column in columns:
            keys, pattern = column.split(" ", 1)
            found.append(_Way(concept, pattern, frozenset(keys), _filled(pattern, parts)))
    return found


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """``pattern`` with the named parts in their places, and those in theirs."""
    for name, part in [*parts.items()] * 2:
        pattern = pattern.replace("~" if name == "~" else f"{{{name}}}", part)
    return pattern
