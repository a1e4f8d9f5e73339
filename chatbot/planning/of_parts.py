"""What is asked of a part or an accessory: 快充桩多少钱, 轮胎多重, 车机屏是谁家的, 后视镜几寸, 电池几年质保.

A price, a weight, an extent, a maker that is asked of a part is none of the whole car's, nor of another part's. It is told
where an attribute of that part measures it, and said not to be on record where none does. The parts' names stand in
``words/parts.txt``; a graph's own names of things (天窗类型 is the type of a 天窗) are parts as well.
"""

from collections.abc import Iterator
from dataclasses import replace

from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.planning.links import Link
from chatbot.planning.part_names import MEASURES, Measure, joined_before, part_before
from chatbot.planning.parts import Parts
from chatbot.planning.query import Refusal
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_CHOSEN = regex("(?:带|有|配|含|要|装了|具备)(?:了|的|个)?[^,，。]{0,3}$")  # 有天窗多少钱 asks for the car
_ASKS = regex("[几啥]|多少|什么")  # 几座 asks by itself
_KIND_OF = regex("(?:类型|种类|尺寸|大小|个数|数量|材质|规格|型号|形式|方式|光源|接口|级别)$")


def of_a_part(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """A refusal where a part is asked for what no attribute of that part tells."""
    text = parts.text
    for measure in MEASURES:
        for asked in measure.asks(text):
            span = _part_before(asked.start(), parts, vocabulary)
            if span is None or _CHOSEN.search(text[: span[0]]):
                continue
            if not _is_told(span, asked.end(), measure, parts, vocabulary):
                known = replace(
                    parts.scan, unknown=()
                )  # the part, and what is asked of it: all is understood
                return Refusal("no_attribute", text[span[0] : asked.end()].rstrip("的吗呢啊呀"), known)
    return None


def _part_before(start: int, parts: Parts, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """The part's name right before ``start``: one that everybody knows, or a name of a thing in this graph."""
    ends = joined_before(parts.text, start)
    spans = [(x.start, x.end) for x in parts.scan.links if x.end in ends and _is_thing(x, vocabulary)]
    known = part_before(parts.text, start)
    spans = [*spans, known] if known else spans
    free = [span for span in spans if not _in_a_name(*span, parts)]
    return min(free) if free else None


def _in_a_name(start: int, end: int, parts: Parts) -> bool:
    """Whether it is a piece of a car's name: 智驾 of an E6智驾巅峰版."""
    return any(link.entity and link.start < end and start < link.end for link in parts.scan.links)


def _is_thing(link: Link, vocabulary: Vocabulary) -> bool:
    """天窗 of 天窗类型, 中控屏 of 中控屏尺寸, 激光雷达 that is there or not: named without what is told of it."""
    if link.attribute is None or link.value or _ASKS.search(link.text):
        return False
    path = link.attribute.paths[0]
    name = display_name(path[-1])
    if path in vocabulary.flags:
        return not link.roles
    kind = _KIND_OF.search(name)
    return (
        kind is not None and _KIND_OF.search(link.text) is None and link.text.startswith(name[: kind.start()])
    )


def _is_told(span: tuple[int, int], end: int, measure: Measure, parts: Parts, vocabulary: Vocabulary) -> bool:
    """Whether an attribute of the part tells the measure, or the graph knows the part and the measure as one name."""
    for link in parts.scan.links:
        whole = link.start <= span[0] and link.end >= end
        if whole and (link.attribute or link.plays("thing")):
            return True
    return any(_tells(path, measure, vocabulary) for path in _of_part(span, parts, vocabulary))


def _of_part(span: tuple[int, int], parts: Parts, vocabulary: Vocabulary) -> Iterator[Path]:
    """The attributes that say something of the part: those linked to it, those in its category, those named after it."""
    said = parts.text[span[0] : span[1]]
    for link in parts.scan.links:
        # what ends the name says what it is: a 后备箱门 is a door
        if span[0] <= link.start < link.end == span[1] or (link.start <= span[0] and span[1] <= link.end):
            yield from link.attribute.paths if link.attribute else ()
            for category in link.category.paths if link.category else ():
                yield from vocabulary.columns.below(category)
    yield from (path for path in vocabulary.columns.paths if said in display_name(path[-1]).lower())


def _tells(path: Path, measure: Measure, vocabulary: Vocabulary) -> bool:
    name = display_name(path[-1])
    if measure.named is not None and measure.named.search(name):
        return True
    return vocabulary.dimension(path) in measure.dimensions
