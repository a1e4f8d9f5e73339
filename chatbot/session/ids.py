"""Session ids: the one form the contract allows, checked before anything is done with them."""

import re
import secrets

from chatbot.errors import InvalidSessionIdError

MAX_LENGTH = 128
_ALLOWED = re.compile(rf"[A-Za-z0-9_.:-]{{1,{MAX_LENGTH}}}")


def validate_session_id(session_id: str) -> str:
    """The id itself when it is of the form ``[A-Za-z0-9_.:-]{1,128}``, else ``InvalidSessionIdError``."""
    if _ALLOWED.fullmatch(session_id) is None:
        raise InvalidSessionIdError(
            f"session_id {_excerpt(session_id)} 的写法不对 → 用 1 到 {MAX_LENGTH} 个字符，只能是 A-Z a-z 0-9 _ . : -"
        )
    return session_id


def new_session_id() -> str:
    """An id that cannot be guessed: 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def _excerpt(session_id: str) -> str:
    """What a message or a log may show of a refused id: ASCII, short."""
    return ascii(session_id if len(session_id) <= 40 else session_id[:40] + "…")
