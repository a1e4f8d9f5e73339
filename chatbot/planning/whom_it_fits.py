"""Whom or what a thing fits: what is said of an age or an area beside it, which is no condition of its own."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge_graph.columns import Columns
from chatbot.planning.atom import Atom
from chatbot.planning.ranges import in_ranges
from chatbot.planning.scan import Scan

_SHORT_NOUN = 3  # characters
_FITS = frozenset("适合 适用 适用于 适宜 合适".split())


def without_whom_it_fits(scan: Scan, atoms: Sequence[Atom], columns: Columns) -> Scan:
    """15平米的房间, 适合65岁的老太太: ``scan`` without 房间, 适合 and 老太太 among what is not understood."""
    ends = [a.end for a in atoms if a.kind == "quantity" and in_ranges(columns, a.path)]
    if not ends or not scan.unknown:
        return scan
    behind = {
        piece
        for piece in scan.unknown
        if piece in _FITS
        or (len(piece) <= _SHORT_NOUN and any(scan.text.startswith((piece, f"的{piece}"), e) for e in ends))
    }
    told = min(1.0, scan.coverage + sum(map(len, behind)) / len(scan.text))
    return replace(scan, unknown=tuple(p for p in scan.unknown if p not in behind), coverage=told)
