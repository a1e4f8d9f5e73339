"""Ways of asking where they are not asked: 电池是液冷的 of 电池是液冷的SUV, and 会自己停车 behind a 不."""

from collections.abc import Iterable

from chatbot.planning.links import Link
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_ASKED = regex("[几哪啥吗么怎]|多(?!点)|什么|还是|如何")
_COUNTED = regex("[\\d单双一两三四五六]")
_NOUN = 2  # characters, with the 的 before them, of what a value is said of
_ABLE = regex("能够?|会|可以?")
_ABLE_OR_NOT = tuple("能会以可")  # 会不会自己停车 denies nothing


def as_said(ways: Iterable[Link], text: str, vocabulary: Vocabulary) -> list[Link]:
    """``ways`` without those that are words themselves (座椅通风) or tell a value, and without a 能 that is denied."""
    return [
        _after_denial(way, text)
        for way in ways
        if not (vocabulary.values_of(way.text) or _tells_a_value(way, text, vocabulary))
    ]


def _tells_a_value(way: Link, text: str, vocabulary: Vocabulary) -> bool:
    """电池是液冷的 of 电池是液冷的SUV: said of a car and not asked, though the attribute has more than 有 and 无."""
    of_a_car = way.text.endswith("的") or text.startswith("的", way.end)
    if not of_a_car or way.attribute is None or len(text) - way.end < _NOUN or _ASKED.search(text, way.start):
        return False
    flag = any(path in vocabulary.flags for path in way.attribute.paths)
    return not flag or _COUNTED.search(way.text) is not None


def _after_denial(way: Link, text: str) -> Link:
    """自己停车 of 不会自己停车: the 会 is of the denial before it."""
    able = _ABLE.match(way.text) if text[way.start - 1 : way.start] == "不" else None
    if able is None or text[max(0, way.start - 2) : way.start - 1] in _ABLE_OR_NOT:
        return way
    return Link(way.start + able.end(), way.end, way.text[able.end() :], way.senses, way.score)
