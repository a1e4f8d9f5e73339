"""审计: who did what."""

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import render


def show(desk: Desk) -> Response:
    """The latest entries, or those below number ``before``."""
    before = request.args.get("before", 0, type=int) or 0
    return render("audit.html", page=desk.console.audit.page(max(before, 0)))
