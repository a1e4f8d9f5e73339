"""导入导出: the knowledge as spreadsheets, out and in."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, render

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def index(desk: Desk) -> Response:
    """What can go out and in."""
    return render("transfer.html")


def export(desk: Desk, form: str) -> Response:
    """A file to keep."""
    body = desk.console.exchange.export(form)
    response = Response(body, content_type=_TYPES[form.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{form}"'
    return response


def upload(desk: Desk) -> Response:
    """What the uploaded table changes goes into the change set."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise InvalidChangeError("没有选文件 → 选一张 CSV 或 XLSX")
    name = given.filename[:200]
    changes = desk.console.exchange.read(name, given.read())
    if not changes:
        return done(
            "/admin/transfer",
            "表里的内容和现在的文件一样，没有改动。",
            "The table says what the files say: nothing changes.",
        )
    added = desk.console.desk.add(changes, desk.visitor.name, f"导入 {name}"[:80])
    return done(
        f"/admin/changes/{added.summary.set_id}",
        f"读到 {len(changes)} 处改动。",
        f"{len(changes)} changes were read.",
    )
