"""图谱: entities, their values, and the attribute tree they share."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.learning.changes import SetValue
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render

_ROWS = 200


def index(desk: Desk) -> Response:
    """The entities."""
    searched = request.args.get("q", "")[:100].strip()
    found = desk.console.library.entities(searched)
    return render("graph.html", q=searched, rows=found[:_ROWS], total=len(found))


def show(desk: Desk) -> Response:
    """One entity, by ``name``."""
    return render("entity.html", view=desk.console.library.entity(request.args.get("name", "")[:200]))


def tree(desk: Desk) -> Response:
    """All attributes."""
    library = desk.console.library
    return render("attributes.html", rows=library.attributes(), total=len(library.entities()))


def edit(desk: Desk) -> Response:
    """Put a value into the change set."""
    entity, path, value = field("entity", 200), field("path", 500), field("value", 500)
    parts = desk.console.library.path(path)
    if not parts:
        raise InvalidChangeError("没有写属性 → 写出完整路径，例如 属性/纯电续航里程")
    change = SetValue(entity, parts, value)
    added = desk.console.desk.add([change], desk.visitor.name, f"{entity}：{parts[-1]}"[:80])
    return done(
        f"/admin/changes/{added.summary.set_id}",
        "已放进改动单，试算一下再发布。",
        "In the change set: prove it, then publish.",
    )
