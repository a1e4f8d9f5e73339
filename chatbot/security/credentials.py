"""Tokens and passwords: how they are made, what is kept of them, how they are compared.

A token has 256 random bits, so a plain SHA-256 of it can be kept: nobody can guess what it is of. A password has few,
so scrypt (RFC 7914) makes each guess cost what a log-in costs: about 50 ms and 16 MB.
"""

import base64
import hashlib
import hmac
import secrets

MIN_PASSWORD, MAX_PASSWORD = 10, 256
TOKEN_PREFIX = "cbt_"
_N, _R, _P, _LENGTH = 2**14, 8, 1, 32
_SCHEME = f"scrypt${_N}${_R}${_P}"


def new_token() -> str:
    """A new secret: 43 characters of ``[A-Za-z0-9_-]`` behind a prefix that secret scanners can look for."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def hash_password(password: str) -> str:
    """What is kept of a password: scheme and cost, salt, key; 83 characters."""
    salt = secrets.token_bytes(16)
    return f"{_SCHEME}${_text(salt)}${_text(_derive(password, salt))}"


def password_matches(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one ``kept`` was made of.

    For ``None`` (nobody of that name) it takes as long as for a wrong password, and says no.
    """
    parts = (kept or "").rsplit("$", 2)
    scheme, salt, key = parts if len(parts) == 3 else ("", "", "")
    derived = _derive(password[:MAX_PASSWORD], _bytes(salt) or bytes(16))
    return hmac.compare_digest(derived, _bytes(key)) and scheme == _SCHEME


def same(left: str, right: str) -> bool:
    """Equality whose time does not tell where two secrets begin to differ."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def csrf_token(session_token: str) -> str:
    """What a form of this browser session must carry: follows from the cookie, which no other site can read."""
    return hashlib.sha256(f"csrf:{session_token}".encode("utf-8", "replace")).hexdigest()[:32]


def _derive(password: str, salt: bytes) -> bytes:
    raw = password.encode("utf-8", "replace")
    return hashlib.scrypt(raw, salt=salt, n=_N, r=_R, p=_P, dklen=_LENGTH, maxmem=2**26)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
