"""Whether of two names one is not wanted, so that they say nothing of one thing together: 吉利的SUV，博越L不要."""

from chatbot.normalization.pieces import Piece
from chatbot.regex import regex

_DENIAL = "不要|不想要|不考虑|不看|不买|不喜欢|不算|除了|除去|除外|排除|算了|(?<![区级特个分])别(?!克)"
_DENIED = regex(_DENIAL)
_DENIED_BEHIND = regex(f"的?(?:都|也|就)?(?:{_DENIAL}|以外|之外)")


def one_is_denied(text: str, last: Piece, piece: Piece) -> bool:
    """Whether ``piece`` is not wanted, or what stood before it; 吉利的博越L不要 names one thing."""
    if _DENIED.search(text, last.end, piece.start):
        return True
    beside = not text[last.end : piece.start].strip("的 ")
    return not beside and _DENIED_BEHIND.match(text, piece.end) is not None
