"""A door that lets in whom a test says."""

from flask import Blueprint, request

from chatbot.errors import ForbiddenError, UnauthorizedError
from chatbot.security.roles import Principal, Role


class FakeGate:
    """Lets ``role`` in; ``None`` is nobody. Forms must send ``csrf_token`` = ``"form"``."""

    def __init__(self, role: Role | None = "admin") -> None:
        self.role = role

    def protect(self, routes: Blueprint, role: Role, *, pages: bool = False) -> None:
        @routes.before_request
        def check() -> None:
            self.require(role)
            if request.method == "POST" and request.form.get("csrf_token") != "form":
                raise ForbiddenError("页面过期了，没有做任何改动 → 刷新页面再试")

    def require(self, role: Role) -> Principal:
        found = self.principal()
        if not found.may(role):
            raise ForbiddenError(f"这要 {role} 的权限")
        return found

    def principal(self) -> Principal:
        if self.role is None:
            raise UnauthorizedError("要先登录")
        return Principal("u1", "小王", self.role, "t1", browser=True)

    def csrf_token(self) -> str:
        return "form"
