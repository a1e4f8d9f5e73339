"""用户与令牌: who may do what."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.security.roles import Role
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render

_ROLES: dict[str, Role] = {"chat": "chat", "operator": "operator", "admin": "admin"}
_DAYS = (30, 90, 365, 0)


def index(desk: Desk, secret: str = "") -> Response:
    """Everyone and every token; ``secret`` is a new one, shown this once."""
    people = desk.console.people
    return render("people.html", people=people.people(), tokens=people.tokens(), secret=secret)


def add(desk: Desk) -> Response:
    """A new account."""
    name, role = field("name", 60), _ROLES.get(field("role"))
    if not name or role is None:
        raise InvalidChangeError("没有写完整 → 写上名字，选一个角色")
    password = request.form.get("password", "")[:256]
    desk.console.people.add_person(name, role, password, desk.visitor.name)
    return done("/admin/people", f"加了{name}。", f"{name} was added.")


def disable(desk: Desk) -> Response:
    """Disable or enable an account."""
    disabled = field("disabled") == "1"
    desk.console.people.set_disabled(field("user_id", 64), disabled, desk.visitor.name)
    return done(
        "/admin/people", "已停用。" if disabled else "已启用。", "Disabled." if disabled else "Enabled."
    )


def add_token(desk: Desk) -> Response:
    """A new token, told in the answer and never again; so this page is not redirected to."""
    days = int(field("days", 4)) if field("days", 4).isdecimal() else -1
    label = field("label", 60)
    if days not in _DAYS or not label:
        raise InvalidChangeError("没有写完整 → 写上用途，选一个有效期")
    return index(desk, desk.console.people.add_token(field("user_id", 64), label, days, desk.visitor.name))


def revoke(desk: Desk) -> Response:
    """A token stops working."""
    desk.console.people.revoke(field("token_id", 64), desk.visitor.name)
    return done("/admin/people", "已吊销。", "Revoked.")
