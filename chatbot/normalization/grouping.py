"""Which names in a text go together: those that some entity has all of, with no joining word against it."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.normalization.fragments import SEPARATOR
from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.name_parts import SAID, atoms
from chatbot.normalization.pieces import Piece


def grouped(text: str, found: Sequence[Piece], index: NameIndex) -> list[list[Piece]]:
    """Consecutive names whose entities overlap belong together; a clash or a joining word (和, 比, 、) starts a new thing.

    What is another entity's whole word may be part of one of this one's: 旗畅版 of HEV智联旗畅版.
    """
    groups: list[list[Piece]] = []
    last = None
    for piece in found:
        apart = last is None or SEPARATOR.search(text, last.end, piece.start)
        if not apart and (fitting := _fitting(piece, _in_common(groups[-1]), index)):
            groups[-1].append(fitting)
        else:
            groups.append([piece])
        last = piece
    return groups


def _fitting(piece: Piece, mask: int, index: NameIndex) -> Piece | None:
    """``piece`` as a part of the name of some entity in ``mask``."""
    if mask & piece.mask:
        return piece
    having = mask
    for part in SAID.findall(piece.name):
        if part.isascii():
            having = index.latin(having, atoms(part))
        else:
            having = index.han(having, part) if len(part) > 1 else 0
    return replace(piece, mask=having) if having else None


def _in_common(pieces: Sequence[Piece]) -> int:
    mask = pieces[0].mask
    for piece in pieces[1:]:
        mask &= piece.mask
    return mask
