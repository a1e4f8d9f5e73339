"""A text with parts of it blanked out, so that nothing is found in or across them."""

from collections.abc import Iterable, Sequence

from chatbot.planning.links import Link


def masked_by(text: str, links: Iterable[Link]) -> str:
    """``text`` without what the ``links`` cover."""
    return blanked(text, [(link.start, link.end) for link in links])


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` with the spans as bars."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text
