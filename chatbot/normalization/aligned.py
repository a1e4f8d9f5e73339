"""Text in the form in which it is compared, with the place that each of its characters has in the original."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from chatbot.normalization.text import normalize


@dataclass(frozen=True, slots=True)
class Aligned:
    """``text[i]`` was made from the original character at ``places[i]``; one of these may give several, or none."""

    text: str
    places: tuple[int, ...]


def aligned(text: str) -> Aligned:
    """``text`` character by character: width, case, Traditional to Simplified; controls and zero-width ones dropped.

    Unlike ``normalize``, repeated characters and spaces stay: each is evidence of its own.
    """
    made, places = [], []
    for place, char in enumerate(text):
        for plain in _plain(char):
            made.append(plain)
            places.append(place)
    return Aligned("".join(made), tuple(places))


def same_length(text: str) -> str:
    """``text`` as ``aligned`` writes it, but one character for each: those that give none or several stay."""
    return "".join(_one(char) for char in text)


@lru_cache(maxsize=65536)
def _plain(char: str) -> str:
    """What one character is compared as; empty for controls, zero-width characters and marks that only combine."""
    if char.isspace():
        return " "
    plain = normalize(char)
    return "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Me", "Cf"))


@lru_cache(maxsize=65536)
def _one(char: str) -> str:
    plain = _plain(char)
    return plain if len(plain) == 1 else char
