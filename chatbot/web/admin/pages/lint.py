"""体检: what is wrong in the knowledge base."""

from collections import Counter

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import render


def show(desk: Desk) -> Response:
    """All findings, or those of one ``kind``."""
    found = desk.console.checker.rows()
    kind = request.args.get("kind", "")[:60]
    rows = [row for row in found if kind in ("", row.kind)]
    kinds = sorted(Counter(row.kind for row in found).items())
    return render("lint.html", rows=rows, kinds=kinds, kind=kind, total=len(found))
