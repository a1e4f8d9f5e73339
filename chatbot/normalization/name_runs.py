"""Names that begin a run of letters and digits: model3高性能, ur-v24款, a6l2.0t."""

import re
from collections.abc import Mapping, Sequence

from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.name_parts import atoms
from chatbot.normalization.pieces import RUN, Piece

_ATOM_END = re.compile(r"\d+(?:\.\d+)?|[a-z]+")


def opening_names(
    text: str,
    found: Sequence[Piece],
    names: Mapping[str, int],
    index: NameIndex,
) -> list[Piece]:
    """For each run that is no name itself, the longest name it begins with whose entities have the rest in theirs."""
    taken = {at for piece in found for at in range(piece.start, piece.end)}
    opened = []
    for run in RUN.finditer(text):
        if run.end() - run.start() < 3 or not taken.isdisjoint(range(*run.span())):
            continue
        said = run.group()
        for cut in sorted((end.end() for end in _ATOM_END.finditer(said)), reverse=True):
            mask = names.get(said[:cut], 0)
            if cut < len(said) and mask and index.latin(mask, atoms(said[cut:])):
                opened.append(Piece(run.start(), run.start() + cut, said[:cut], mask))
                break
    return opened
