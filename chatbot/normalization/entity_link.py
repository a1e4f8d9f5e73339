"""What ``EntityLinker`` finds."""

from chatbot.frozen import dataclass


@dataclass(frozen=True, slots=True)
class EntityLink:
    """One thing the text names: every entity that fits it. ``score`` is 1 for an exact name, less for a typo.

    ``spans`` are the places in the text, ``names`` what was found there. ``plain``: they are all keywords and aliases,
    and the candidates are just those that have them all.
    """

    candidates: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    score: float = 1.0
    plain: bool = True
