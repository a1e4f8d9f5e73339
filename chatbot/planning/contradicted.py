"""A version named together with what it is not: 2.0T旗领版 of an H9 whose 旗领 are all 3.0T, 300TSI四驱 where it is 两驱.

What is said right beside a version says which one is meant. Where each car of that name has another engine, drive or number
of seats, by its values or by its name, there is no such version, and the one that is there is not told in its place.
"""

import re
from collections.abc import Callable, Iterator

from chatbot.knowledge_graph.plan import Path, Plan
from chatbot.normalization.text import normalize
from chatbot.planning.atom import Atom
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Refusal
from chatbot.planning.read_parts import is_brand, is_year
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.whether import asks_whether
from chatbot.regex import regex

MAX_CARS, MAX_KINDS = 20, 12
_MOST = 0.9  # of the things have it on record
_CLOSE = regex(r"[的\s]*")
_ENGINE = regex(r"(\d\.\d)\s?([tl](?![a-z]))?(?=[a-z]|\s|$)")
_DRIVE = regex("([四两全前后])轮?驱|(4matic|xdrive|quattro|4motion|awd|4wd)")
_SEATS = regex("([2-9二两三四五六七八九])座")
_DIGITS = str.maketrans("二两三四五六七八九", "223456789")
_TWO_WHEELS = frozenset("两前后")
_LOOKS_FOR = ("list", "count", "exists", "which", "buy", "others", "compare", "nearest")


def contradicted(
    parts: Parts, vocabulary: Vocabulary, holding: Callable[[Plan], tuple[str, ...]]
) -> Refusal | None:
    """A refusal where what is said beside a version holds for no car of that name; ``holding`` are those a plan finds."""
    if asks_whether(parts) or parts.has(*_LOOKS_FOR) or parts.scan.unknown:
        return None
    for thing in parts.things:
        if not _is_version(thing, vocabulary):
            continue
        own = parts.text[thing.start : thing.end]
        if all(_is_called_otherwise(name, own) for name in thing.names):  # 四驱尊贵 is no 前驱尊贵型
            return Refusal("unknown_entity", _name_of(thing, thing, parts, vocabulary), parts.scan)
        for atom in _beside(thing, parts):
            if _asks_which(thing, atom, parts.text):
                continue
            said = parts.text[atom.start : atom.end]
            held = holding(Plan("filter", thing.names, (), (atom.clause,)))
            if not held and all(_has_another(name, atom, said, vocabulary) for name in thing.names):
                return Refusal("unknown_entity", _name_of(thing, atom, parts, vocabulary), parts.scan)
    return None


def _is_version(thing: Thing, vocabulary: Vocabulary) -> bool:
    """Whether it names some cars of a series, and not all of them."""
    if thing.referred or thing.negated or is_brand(thing.clause) or is_year(thing.clause):
        return False
    kin = vocabulary.graph.kin(thing.names[0]) if thing.names else ()
    return 0 < len(thing.names) <= MAX_CARS and not set(kin) <= set(thing.names)


def _beside(thing: Thing, parts: Parts) -> Iterator[Atom]:
    """The values right before the name, right behind it, or between its pieces."""
    end = thing.end
    for link in parts.scan.links:
        if link.plays("part") and link.start >= end:
            end = link.end
    for atom in parts.atoms:
        seats = atom.kind == "quantity" and _SEATS.fullmatch(parts.text[atom.start : atom.end])
        if atom.negated or not (atom.kind == "value" or seats):
            continue
        inside = thing.start <= atom.start and atom.end <= end
        before = atom.end <= thing.start and _CLOSE.fullmatch(parts.text[atom.end : thing.start])
        behind = atom.start >= thing.end and _CLOSE.fullmatch(parts.text[thing.end : atom.start])
        if inside or before or behind:
            yield atom


def _asks_which(thing: Thing, atom: Atom, text: str) -> bool:
    """两驱四驱, 前驱后驱: two of one kind beside a version ask which it is."""
    kinds = {kind for kind, _ in _facts(text[atom.start : atom.end])}
    said = {fact for fact in _facts(text[: thing.start] + "|" + text[thing.end :]) if fact[0] in kinds}
    return len(said) > len(kinds)


def _has_another(name: str, atom: Atom, said: str, vocabulary: Vocabulary) -> bool:
    """Whether the car's value, or its name where it has none, says something else of the same kind."""
    told = tuple(_facts(normalize(name)))
    column = vocabulary.columns.column(atom.path)
    known = column is not None and column.text_at(vocabulary.columns.position[name]) is not None
    for kind, value in _facts(said):
        others = [other for one, other in told if one == kind]
        return not any(_agree(value, other) for other in others) if others else known
    return known and _classifies(atom.path, vocabulary)  # 燃油豪华, where that is a hybrid


def _classifies(path: Path, vocabulary: Vocabulary) -> bool:
    """Whether all things are of few kinds by it, each of one: what they run on, and not the colours they come in."""
    column, entities = vocabulary.columns.column(path), vocabulary.graph.entities
    if column is None or len(column.rows) < _MOST * len(entities) or column.distinct > MAX_KINDS:
        return False
    return column.main is None and not any("、" in text for text in column.texts)


def _is_called_otherwise(name: str, said: str) -> bool:
    """Whether the car's name tells another engine, drive or number of seats than what was said."""
    told = tuple(_facts(normalize(name)))
    for kind, value in _facts(said):
        others = [other for one, other in told if one == kind]
        if others and not any(_agree(value, other) for other in others):
            return True
    return False


def _facts(text: str) -> Iterator[tuple[str, str]]:
    """The engine, the drive and the seats that a name or a phrase tells."""
    for hit in _ENGINE.finditer(text):
        yield "engine", hit[1] + (hit[2] or "")
    for hit in _DRIVE.finditer(text):
        yield "drive", "四" if hit[2] or hit[1] == "全" else hit[1]
    for hit in _SEATS.finditer(text):
        yield "seats", hit[1].translate(_DIGITS)


def _agree(one: str, other: str) -> bool:
    """2.0 and 2.0T, 两驱 and 前驱; not 2.5L and 2.5T."""
    either_open = one.startswith(other) or other.startswith(one)
    return either_open or ({one, other} <= _TWO_WHEELS and "两" in (one, other))


def _name_of(thing: Thing, atom: Atom | Thing, parts: Parts, vocabulary: Vocabulary) -> str:
    """What was named, with its series before it where that was not said."""
    ends = [x.end for x in parts.scan.links if x.plays("part") and x.start >= thing.end]
    start, end = min(thing.start, atom.start), max([thing.end, atom.end, *ends])
    said = re.sub("[a-z]+", lambda found: found.group().upper(), parts.text[start:end].strip())
    series = {vocabulary.graph.by_name[name].keywords[1] for name in thing.names}
    lead = next(iter(series)) if len(series) == 1 else ""
    whole, told = (normalize(text).replace(" ", "") for text in (lead, said))
    known = whole in told or any(told.startswith(whole[at:]) for at in range(len(whole) - 1))  # R1 of 星屿R1
    return said if known or not lead else f"{lead} {said}"
