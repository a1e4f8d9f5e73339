"""Users and tokens as JSON, for administrators: ``/v1/users`` and ``/v1/tokens``."""

from flask import Blueprint, Response

from chatbot.errors import InvalidMessageError
from chatbot.json_bytes import dumps
from chatbot.security.roles import ROLES, Role
from chatbot.store.records import UserRow
from chatbot.web.guard import Guard
from chatbot.web.turns import body
from chatbot.web.wire import object_of, short_text

MAX_DAYS = 3650


def account_routes(guard: Guard) -> Blueprint:
    """Who may do what. A token is shown once, in the answer that makes it."""
    routes = Blueprint("accounts_api", __name__)
    guard.protect(routes, "admin")
    staff = guard.edge.staff

    @routes.get("/v1/users")
    def users() -> Response:
        return _json({"users": [_user(user) for user in staff.users()]})

    @routes.post("/v1/users")
    def add_user() -> Response:
        fields = object_of(body(), '{"name": "…", "role": "operator", "password": "…"}')
        name, role = short_text(fields, "name", 64), _role(short_text(fields, "role", 16))
        password = short_text(fields, "password") if "password" in fields else None
        return _json(_user(staff.add_user(guard.principal().name, name, role, password)), 201)

    @routes.post("/v1/users/<name>/disabled")
    def set_disabled(name: str) -> Response:
        disabled = object_of(body(), '{"disabled": true}').get("disabled")
        if not isinstance(disabled, bool):
            raise InvalidMessageError("disabled 应是 true 或 false")
        staff.set_disabled(guard.principal().name, name, disabled)
        return _json({"done": True})

    @routes.post("/v1/users/<name>/password")
    def set_password(name: str) -> Response:
        password = short_text(object_of(body(), '{"password": "…"}'), "password")
        staff.set_password(guard.principal().name, name, password)
        return _json({"done": True})

    @routes.get("/v1/users/<name>/tokens")
    def tokens(name: str) -> Response:
        shown = [
            {
                "token_id": one.token_id,
                "label": one.label,
                "created_ms": one.created_ms,
                "expires_ms": one.expires_ms,
            }
            for one in staff.tokens(name)
        ]
        return _json({"tokens": shown})

    @routes.post("/v1/users/<name>/tokens")
    def issue(name: str) -> Response:
        fields = object_of(body(), '{"label": "…", "days": 90}')
        days = fields.get("days", 0)
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MAX_DAYS:
            raise InvalidMessageError(f"days 应是 0（不过期）到 {MAX_DAYS} 的整数")
        label = short_text(fields, "label", 64, "")
        return _json({"token": staff.issue_token(guard.principal().name, name, label, days)}, 201)

    @routes.post("/v1/tokens/<token_id>/revoke")
    def revoke(token_id: str) -> Response:
        staff.revoke_token(guard.principal().name, token_id)
        return _json({"done": True})

    return routes


def _user(user: UserRow) -> dict[str, object]:
    return {"name": user.name, "role": user.role, "created_ms": user.created_ms, "disabled": user.disabled}


def _role(text: str) -> Role:
    for role in ROLES:
        if text == role:
            return role
    raise InvalidMessageError(f"没有角色 {text!r} → 用 {'、'.join(ROLES)}")


def _json(value: object, status: int = 200) -> Response:
    return Response(dumps(value), status, content_type="application/json")
