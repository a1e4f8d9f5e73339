"""A text with what is linked blanked out, and what is left of it."""

import re
from collections.abc import Iterable, Sequence

from chatbot.normalization.text import content
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.links import Link


def masked_by(text: str, links: Iterable[Link]) -> str:
    """``text`` without what ``links`` cover."""
    return blanked(text, [(link.start, link.end) for link in links])


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` with the spans as bars: nothing is found in or across them."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def unexplained(text: str, links: Iterable[Link]) -> tuple[str, ...]:
    """The pieces that no link covers, but for words that carry nothing."""
    left = blanked(text, [(link.start, link.end) for link in links])
    pieces = map(content, re.split(r"[^\w]+", left))
    return tuple(piece for piece in pieces if piece and not carries_nothing(piece))
