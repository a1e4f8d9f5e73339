"""One signed JSON POST to the operator's system, after the Standard Webhooks specification (standardwebhooks.com).

``webhook-signature`` is ``v1,`` and the base64 of HMAC-SHA256 over ``<webhook-id>.<webhook-timestamp>.<body>``; a
receiver refuses timestamps that are more than five minutes off, so a recorded call cannot be played again.
"""

import base64
import binascii
import hashlib
import hmac
import http.client
import secrets
import urllib.error
import urllib.request
from typing import Any

from chatbot.errors import ConfigError
from chatbot.frozen import dataclass

TIMEOUT_SECONDS = 3.0
SECRET_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)
_WORTH_RETRYING = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a call went. ``again``: whether trying again may help; ``reason`` is empty when it was taken."""

    reason: str = ""
    again: bool = False

    @property
    def taken(self) -> bool:
        return not self.reason


class SignedWebhook:
    """Posts to ``url``; signs when there is a ``secret``. Follows no redirects: they would change POST into GET."""

    def __init__(self, url: str, secret: str = "") -> None:
        """Raises ``ConfigError`` when ``url`` is not http(s), or ``secret`` not ``whsec_`` and 24 to 64 bytes in base64."""
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"handoff_webhook: “{url}”不是 http(s) 地址 → 写成 https://…，或删掉这一项")
        self._url, self._key = url, key_of(secret) if secret else b""
        self._opener = urllib.request.build_opener(_NoRedirect)

    def post(self, message_id: str, body: bytes, now: float) -> Delivery:
        """One attempt, at most ``TIMEOUT_SECONDS`` for each answer awaited. ``now`` is seconds since 1970."""
        headers = {"Content-Type": "application/json; charset=utf-8", "webhook-id": message_id}
        if self._key:
            timestamp = str(int(now))
            headers["webhook-timestamp"] = timestamp
            headers["webhook-signature"] = sign(self._key, message_id, timestamp, body)
        try:
            with self._opener.open(urllib.request.Request(self._url, body, headers), timeout=TIMEOUT_SECONDS):
                return Delivery()
        except urllib.error.HTTPError as error:
            error.close()
            return Delivery(f"HTTP {error.code}", error.code >= 500 or error.code in _WORTH_RETRYING)
        except (OSError, http.client.HTTPException) as error:
            return Delivery(f"{type(error).__name__}: {error}", True)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def key_of(secret: str) -> bytes:
    """The key inside a ``whsec_…`` secret. ``ConfigError`` when it is not one; the message does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or len(key) not in _SECRET_BYTES:
        raise ConfigError(
            "handoff_secret 不是 whsec_ 加 base64（24 到 64 字节）→ 用 chatbot handoff secret 生成一个"
        )
    return key


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
