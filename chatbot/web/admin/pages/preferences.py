"""Language and look, remembered in the browser."""

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import LANG_COOKIE, THEME_COOKIE, field, inside, see_other

_YEAR = 31_536_000
_COOKIES = {"lang": (LANG_COOKIE, ("zh", "en")), "theme": (THEME_COOKIE, ("auto", "light", "dark"))}


def keep(desk: Desk) -> Response:
    """Back to the page it was asked on."""
    response = see_other(inside(field("next")))
    for name, (cookie, allowed) in _COOKIES.items():
        if (value := field(name)) in allowed:
            response.set_cookie(
                cookie,
                value,
                max_age=_YEAR,
                httponly=True,
                samesite="Lax",
                path="/admin",
                secure=request.is_secure,
            )
    return response
