"""Which names in a text go together: those that some entity has all of, with no joining word against it."""

from collections.abc import Callable, Sequence

from chatbot.normalization.denied import one_is_denied
from chatbot.normalization.fragments import SEPARATOR
from chatbot.normalization.pieces import Piece, narrowed
from chatbot.regex import regex

# 比S5贵的云岚: what is said of the first is asked of the second
_MEASURED = regex(
    "(?:便宜|实惠|省油|省电|[贵快慢大小长短高低强重轻远近新旧宽窄多少])(?:一?点儿?|一?些)?的|差不多|接近|类似|同价"
)

_TWICE = 3  # pieces of a name of which the last may be one that was said before


def grouped(
    text: str,
    found: Sequence[Piece],
    fitting: Callable[[str, Piece, int], list[Piece]],
    widened: Callable[[Sequence[Piece]], list[Piece]],
) -> list[list[Piece]]:
    """Consecutive names whose entities overlap belong together; a clash or a joining word (和, 比, 、) or a
    denial starts a new thing.

    What is another entity's word may be part of one of this one's, ``fitting`` says: 旗畅版 of HEV智联旗畅版. ``widened``
    takes names also as parts of longer ones: Taycan Turbo GT of that with Weissach.
    """
    groups: list[list[Piece]] = []
    last: Piece | None = None
    for piece in found:
        apart = last is None or bool(
            SEPARATOR.search(text, last.end, piece.start)
            or _MEASURED.search(text, last.end, piece.start)
            or one_is_denied(text, last, piece)
        )
        if not apart and (parts := _fitting(text, piece, groups[-1], fitting, widened)):
            groups[-1] += parts
        else:
            groups.append([*_said_again(groups, piece, apart=apart), piece])
        last = piece
    return groups


def _said_again(groups: list[list[Piece]], piece: Piece, *, apart: bool) -> list[Piece]:
    """The second A of A标续 A长续, taken from the thing before: what was named already is named of what follows."""
    before = groups[-1] if groups and not apart else []
    again = before[-1:]
    if len(before) < _TWICE or not any(again[0].name == other.name for other in before[:-1]):
        return []
    if piece.start - again[0].end > 1 or not again[0].mask & piece.mask:
        return []
    before.pop()
    return again


def _fitting(
    text: str,
    piece: Piece,
    group: list[Piece],
    fitting: Callable[[str, Piece, int], list[Piece]],
    widened: Callable[[Sequence[Piece]], list[Piece]],
) -> list[Piece]:
    return fitting(text, piece, narrowed(-1, group)) or fitting(text, piece, narrowed(-1, widened(group)))
