"""One thing that is named, piece by piece, and which of its pieces tell it apart."""

import re
from collections.abc import Container, Sequence

from chatbot.frozen import dataclass
from chatbot.normalization.name_parts import COUNTED, SAID, YEAR
from chatbot.normalization.pieces import Piece, narrowed

_ENDS_COUNTED = re.compile(rf"(?:{COUNTED.pattern})$")  # 威霆8座


@dataclass(slots=True)
class Named:
    """One thing under construction. ``base`` are the entities it may be one of before its pieces are counted."""

    pieces: list[Piece]
    base: int = -1
    inherited: bool = False
    family: bool = False  # X7系列: with all that are called so and more

    @property
    def mask(self) -> int:
        return narrowed(self.base, self.pieces)

    @property
    def start(self) -> int:
        return min(piece.start for piece in self.pieces)

    @property
    def end(self) -> int:
        return max(piece.end for piece in self.pieces)


def holding_on(before: Named, mask: int) -> int:
    """Of ``mask`` those that have in common with the thing named before all that does not speak against it."""
    for piece in before.pieces:
        mask = mask & piece.mask or mask
    return mask


def words_said(thing: Named, leading: Container[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said of the version, and what of brand and series, whose names are ``leading``; the year is of neither."""
    said: dict[str, None] = {}
    lead: dict[str, None] = {}
    for piece in thing.pieces:
        if not YEAR.fullmatch(piece.name):
            (lead if piece.name in leading else said).update(dict.fromkeys(SAID.findall(piece.name)))
    return tuple(said), tuple(lead)


def ends(before: Named, thing: Named) -> tuple[Piece, Piece]:
    """The last piece of the one and the first of the other."""
    return max(before.pieces, key=lambda piece: piece.end), min(thing.pieces, key=lambda piece: piece.start)


def less(other: str, rest: str) -> bool:
    """Whether ``other`` is ``rest`` with characters left out."""
    left = iter(rest)
    return len(other) < len(rest) and all(char in left for char in other)


def touching(grown: Sequence[Piece], known: Sequence[Piece]) -> list[Piece]:
    """``grown`` without the weak pieces that touch no telling one: 四驱 counts before one, 6座 behind one too."""
    kept = [piece for piece in grown if not piece.weak]
    waiting = [piece for piece in grown if piece.weak]
    for _ in range(len(waiting)):
        firm = [*kept, *known]
        joined = [piece for piece in waiting if any(touches(piece, other) for other in firm)]
        if not joined:
            break
        kept += joined
        waiting = [piece for piece in waiting if piece not in joined]
    return sorted(kept, key=lambda piece: piece.start)


def touches(weak: Piece, firm: Piece) -> bool:
    before = 0 <= firm.start - weak.end <= 1
    return before or (weak.name[0].isdigit() and 0 <= weak.start - firm.end <= 1)


def counted(pieces: Sequence[Piece]) -> bool:
    """Whether they end in a number of seats or doors."""
    return bool(pieces) and _ENDS_COUNTED.search(pieces[-1].name) is not None


def telling(piece: Piece, series: int) -> bool:
    """Whether it tells some of a series apart from the others."""
    return not piece.weak and piece.mask & series != series


def latin(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == ".")
