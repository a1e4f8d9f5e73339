"""The trace id of a request: the caller's ``X-Trace-Id`` when it is well-formed, else a new one."""

import os
import re
from typing import Any

from flask import request

HEADER = "X-Trace-Id"
_ALLOWED = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_KEY = "chatbot.trace_id"


def trace_id() -> str:
    """The same id for all of one request: 64 random bits as 16 hexadecimal digits unless the caller gave one."""
    return trace_id_of(request.environ)


def trace_id_of(environ: dict[str, Any]) -> str:
    """The same for the request of a WSGI ``environ``."""
    known: str | None = environ.get(_KEY)
    if known is None:
        given = environ.get("HTTP_X_TRACE_ID", "")
        known = given if _ALLOWED.fullmatch(given) else os.urandom(8).hex()
        environ[_KEY] = known
    return known
