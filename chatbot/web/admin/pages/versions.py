"""版本: what was published, what differs, and the way back."""

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render


def index(desk: Desk) -> Response:
    """All versions."""
    return render("versions.html", versions=desk.console.versions.all())


def diff(desk: Desk) -> Response:
    """What ``new`` changes in ``old``."""
    old, new = request.args.get("old", "")[:64], request.args.get("new", "")[:64]
    return render("version_diff.html", old=old, new=new, files=desk.console.versions.diff(old, new))


def roll_back(desk: Desk) -> Response:
    """Another version goes live."""
    version = field("version", 64)
    desk.console.versions.roll_back(version, desk.visitor.name)
    return done("/admin/versions", f"已换回 {version}，马上生效。", f"{version} is live again.")
