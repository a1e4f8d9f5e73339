"""A message taken apart into its clauses: at stops and commas, and at words that begin another matter (顺便, 再问一下)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from chatbot.normalization.text import content

_SHORTEST = 2  # letters of a clause that says something
_STOPS = re.compile("[,，。;；!！?？]+")
_SPACE = re.compile("(?<=[\u4e00-\u9fffa-zA-Z0-9])[ \u3000]+(?=[\u4e00-\u9fff])")
_BOUNDARY = re.compile(
    r"[？?！!。；;]\s*(?=.)|[，,、]?\s*(?:再问一?下|另外|顺便|还有就是|还想问|以及问|然后再?)[，,]?\s*|[，,]\s*"
)


def clauses(text: str) -> list[str]:
    """What stands between the stops of ``text``, without what holds no letters."""
    return [piece.strip() for piece in _STOPS.split(text) if content(piece)]


def last_clause(text: str) -> str:
    """What stands behind the last stop; empty where there is none, or hardly anything behind it."""
    found = clauses(text)
    return found[-1] if len(found) > 1 and len(content(found[-1])) >= _SHORTEST else ""


def halves(text: str) -> Iterator[tuple[str, str]]:
    """``text`` in two at each place where another matter may begin, from the first to the last."""
    for mark in _BOUNDARY.finditer(text):
        asked = mark.start() + mark.group().startswith(("?", "？"))  # the mark says that it asks
        first, second = text[:asked].strip(), text[mark.end() :].strip()
        if len(content(first)) >= _SHORTEST and len(content(second)) >= _SHORTEST:
            yield first, second


@lru_cache(maxsize=64)  # three readings of one message ask for it
def at_a_space(text: str) -> tuple[tuple[str, str], ...]:
    """``text`` in two at the last space before a Chinese word, where people who type in a hurry put no comma; else nothing."""
    text = text.strip()
    for mark in [*_SPACE.finditer(text)][-1:]:
        first, second = text[: mark.start()], text[mark.end() :]
        if len(content(first)) >= _SHORTEST and len(content(second)) >= _SHORTEST:
            return ((first, second),)
    return ()
