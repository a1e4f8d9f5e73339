"""An address of the console where nothing is."""

from flask import Response

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import render


def page(desk: Desk, rest: str) -> Response:
    """Says so."""
    return render("error.html", 404, code="not_found", message="")
