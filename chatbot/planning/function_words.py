"""Closed-class words: what is left of a question and made of these alone says nothing that a plan would lack.

The open classes (nouns, adjectives, verbs with a meaning of their own) can never be listed; these can, so what is not
among them is taken seriously as something that is not known.
"""

from functools import cache, lru_cache

from chatbot.planning.words import built_in

_LONGEST = 6
REMEMBERED = 4096  # different left-over pieces


@cache
def function_words() -> frozenset[str]:
    """Every word of ``words/function.txt``."""
    return frozenset(word for line in built_in("function") for word in line.split())


@lru_cache(maxsize=REMEMBERED)
def carries_nothing(piece: str) -> bool:
    """Whether ``piece`` is function words from one end to the other."""
    known = function_words()
    reached = {0}
    for end in range(1, len(piece) + 1):
        starts = (start for start in reached if end - start <= _LONGEST)
        if any(piece[start:end] in known for start in starts):
            reached.add(end)
    return len(piece) in reached
