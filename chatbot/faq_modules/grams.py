"""The characters of a text and its pairs of neighbours: what class evidence and evidence of scope are made of."""

from operator import add

Grams = dict[str, int]
"""Gram → how often the text has it: first its distinct characters, then its distinct pairs, each in order."""


def grams(text: str) -> Grams:
    """The grams of ``text``."""
    names = [*text, *map(add, text, text[1:])]
    counts = dict.fromkeys(names, 1)
    if len(counts) < len(names):
        counts = dict.fromkeys(names, 0)
        for name in names:  # a Counter would cost as much for what is counted once, nearly always
            counts[name] += 1
    return counts
