"""Sets of entities as bit masks over ``KnowledgeGraph.entities``: an intersection is one machine operation."""

from collections.abc import Iterable


def bits(mask: int) -> Iterable[int]:
    """Positions of the set bits, ascending; ``mask`` is not negative."""
    digits = bin(mask)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def to_mask(positions: Iterable[int]) -> int:
    """The mask with the bits at ``positions`` set."""
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask
