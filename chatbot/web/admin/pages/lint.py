"""体检: what is wrong in the knowledge base."""

from collections import Counter

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import render, see_other


def show(desk: Desk) -> Response:
    """The findings of the last check, all or those of one ``kind``."""
    check = desk.console.checker.last()
    kind = request.args.get("kind", "")[:60]
    rows = [row for row in check.rows if kind in ("", row.kind)]
    kinds = sorted(Counter(row.kind for row in check.rows).items())
    return render("lint.html", check=check, rows=rows, kinds=kinds, kind=kind, total=len(check.rows))


def start(desk: Desk) -> Response:
    """Check again."""
    desk.console.checker.start(desk.visitor.name)
    return see_other("/admin/lint")
