"""The session of a browser that sends no id: a cookie that scripts cannot read and other sites cannot send."""

from flask import Request, Response

from chatbot.errors import InvalidSessionIdError
from chatbot.session.ids import new_session_id, validate_session_id

COOKIE = "chatbot_session"


def session_of(request: Request) -> str:
    """The id in the cookie when it is well-formed, else a new one."""
    try:
        return validate_session_id(request.cookies.get(COOKIE, ""))
    except InvalidSessionIdError:
        return new_session_id()


def remember(response: Response, request: Request, session_id: str, seconds: int) -> None:
    """Keep ``session_id`` in the browser for ``seconds`` of silence, as long as the session itself."""
    response.set_cookie(
        COOKIE, session_id, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
