"""Words that say an attribute and a value of it at once: LED大灯, 真皮座椅; and 2.0T, the size of an engine that is charged."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.knowledge_graph.plan import AllOf, Clause, Condition
from chatbot.normalization.text import normalize
from chatbot.planning.concepts import Concepts
from chatbot.planning.links import Link, Sense, ValueSense
from chatbot.regex import regex

_ASKS = regex("吗|么|还是|几|什么|啥|多少|有没有|带不带|是不是|哪|多[大久长]")
_NEAR = 6  # characters between a value and a part of its attribute's name
_BREAK = regex(r"[,;。!?]")
_COPULA = regex("(?:都|也|还|就|只|得|要|必须)*(?:是|为|用)(?:的|个)?")
_SIZE = regex(r"\d\.\d")
_CHARGED = "涡轮增压"
_NATURAL = "自然吸气"


def valued_names(
    attributes: Mapping[str, tuple[Path, ...]], senses: Mapping[str, tuple[ValueSense, ...]]
) -> Iterator[tuple[str, ValueSense]]:
    """For each name of an attribute that holds a word for a value of it, what that value is; the longest such word."""
    words: dict[Path, dict[str, ValueSense]] = {}
    for word, those in senses.items():
        for sense in those:
            words.setdefault(sense.path, {})[word] = sense
    for name, paths in attributes.items():
        if _ASKS.search(name) or name in senses:
            continue
        for path in paths[:1]:
            plain = normalize(display_name(path[-1]))
            held = [w for w in words.get(path, ()) if w in name and w != name and w not in plain]
            if held and name != plain:
                yield name, words[path][max(held, key=len)]


def displacements(
    columns: Columns, concepts: Concepts, known: Container[str]
) -> Iterator[tuple[str, ValueSense]]:
    """1.5L, 1.5升 and 2.0T, where the size of the engine is a number of its own; ``known`` words say it already."""
    size = next(iter(concepts.paths("排量")), None)
    column = columns.column(size) if size else None
    if size is None or column is None or column.main is None:
        return
    intake = next(iter(concepts.paths("进气")), None)
    held = columns.column(intake) if intake else None
    charged = intake is not None and held is not None and any(_CHARGED in text for text in held.plain)
    for text in filter(_SIZE.fullmatch, column.plain):
        sized = Condition(size, "=", float(text), column.main.unit)
        said: list[tuple[Clause, tuple[str, ...]]] = [(sized, ("l", "升", "升的", "排量", "的排量"))]
        if charged and intake:
            said.append((AllOf((sized, Condition(intake, "contains", _CHARGED))), ("t", "涡轮", "涡轮增压")))
            natural = AllOf((sized, Condition(intake, "contains", _NATURAL)))
            said.append((natural, ("自吸", "l自吸", "l自然吸气", "升自吸")))
        for clause, ends in said:
            words = (f"{text}{end}" for end in ends)
            yield from ((word, ValueSense(size, clause)) for word in words if word not in known)


def said_beside(link: Link, links: Sequence[Link], text: str) -> str:
    """What stands right before and right behind a link within its clause, but for words of degree and names of cars."""
    for other in links:
        if other.degree or other.entity or other.quantity:
            text = text[: other.start] + "|" * (other.end - other.start) + text[other.end :]
    before = _BREAK.split(text[max(0, link.start - _NEAR) : link.start])[-1]
    return f"{before}|{_BREAK.split(text[link.end : link.end + _NEAR])[0]}"


def predicated(
    link: Link, links: Sequence[Link], text: str, aliases: Mapping[str, Iterable[Sense]]
) -> ValueSense | None:
    """空调还是手动的 says what 手动空调 says, where that is a word for a value; ``None`` where nothing of the kind is said."""
    before = next((x for x in reversed(links) if x.end <= link.start and (x.category or x.attribute)), None)
    if before is None or not _COPULA.fullmatch(text[before.end : link.start]):
        return None
    whole = aliases.get(link.text.rstrip("的") + before.text, ())
    return next((sense for sense in whole if isinstance(sense, ValueSense)), None)


def shares_a_name(path: Path, beside: str) -> bool:
    """Whether a part of the attribute's name stands beside: 方向盘 of 方向盘是真皮的, 轮圈 of 铝合金轮圈."""
    name = display_name(path[-1]).lower()
    return any(name[at : at + 2] in beside for at in range(len(name) - 1))
