"""改动: change sets, their proof, and the decision."""

from flask import Response

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render, see_other


def index(desk: Desk) -> Response:
    """All change sets."""
    return render("changes.html", sets=desk.console.desk.all())


def show(desk: Desk, set_id: str) -> Response:
    """One of them: what changes, in which files, and what it does to past traffic."""
    return render("change.html", set=desk.console.desk.get(set_id))


def prove(desk: Desk, set_id: str) -> Response:
    """Begin to replay past traffic and the tests over it."""
    desk.console.desk.prove(set_id, desk.visitor.name)
    return see_other(f"/admin/changes/{set_id}")


def publish(desk: Desk, set_id: str) -> Response:
    """Begin to make it live."""
    desk.console.desk.publish(set_id, desk.visitor.name)
    return see_other(f"/admin/changes/{set_id}")


def reject(desk: Desk, set_id: str) -> Response:
    """Throw it away."""
    desk.console.desk.reject(set_id, desk.visitor.name)
    return done("/admin/changes", "已放弃这些改动。", "The changes are thrown away.")


def drop(desk: Desk, set_id: str) -> Response:
    """Take one change out."""
    number = field("number", 6)
    desk.console.desk.drop(set_id, int(number) if number.isdecimal() else -1)
    return done(f"/admin/changes/{set_id}", "撤掉了一处改动。", "One change was taken out.")
