"""Who may come in: addresses, tokens and roles, CSRF, rate limits. Reusable by any blueprint; docs/safety.md.

``guard.protect(routes, "operator")`` closes a blueprint to others; ``guard.principal()`` says who it is;
``guard.csrf_token()`` is what a form must send back as ``csrf_token`` (scripts: header ``X-CSRF-Token``).
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from chatbot.accounts.edge import Edge
from chatbot.config import EngineConfig
from chatbot.errors import ForbiddenError, RateLimitedError, UnauthorizedError
from chatbot.security.addresses import Networks, client_address
from chatbot.security.credentials import csrf_token, same
from chatbot.security.limits import Limit, Subject
from chatbot.security.roles import Principal, Role

LOGIN_COOKIE = "chatbot_login"
LOGIN_PAGE = "/admin/login"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf_token"
OPEN_TO_ALL_ADDRESSES = ("/healthz", "/readyz")
_SAFE = ("GET", "HEAD", "OPTIONS")
_NEXT = re.compile(r"/admin(/[A-Za-z0-9_./-]*)?(\?[^\s#\\]*)?")
P = ParamSpec("P")
R = TypeVar("R")


class Guard:
    """The doors of one application."""

    def __init__(self, config: EngineConfig, edge: Edge) -> None:
        self._config, self.edge = config, edge
        self._proxies = Networks(config.trusted_proxies)
        self._allowed = Networks(config.allow_addresses)
        self._admins_allowed = Networks(config.admin_allow_addresses)
        self._limits = {
            kind: Limit(count, 60.0)
            for kind, count in (
                ("token", config.rate_limit_per_token),
                ("session", config.rate_limit_per_session),
                ("address", config.rate_limit_per_address),
            )
            if count
        }

    # ------------------------------------------------------------------ chat

    @property
    def admit(self) -> Callable[[str], None] | None:
        """What each turn asks first; ``None`` when the chat is open and nothing is counted."""
        return self._admit if self._limits or self._config.require_chat_token else None

    def _admit(self, session_id: str) -> None:
        """One request of a chat client; at most one round trip to Redis."""
        principal = None
        if self._config.require_chat_token or "token" in self._limits:
            principal = self._known()
        if self._config.require_chat_token and principal is None:
            raise UnauthorizedError("要有令牌 → 请求头加 Authorization: Bearer <令牌>，令牌请管理员发")
        names = {"session": session_id, "address": self.address() if "address" in self._limits else ""}
        if principal is not None:
            names["token"] = principal.token_id
        subjects = [
            Subject(kind, names[kind], limit)  # type: ignore[arg-type]  # the keys are kinds
            for kind, limit in self._limits.items()
            if names.get(kind)
        ]
        refusal = self.edge.limiter.take(subjects) if subjects else None
        if refusal is not None:
            raise RateLimitedError("请求太多了 → 过一会儿再试", refusal.seconds)

    # ------------------------------------------------------------------ addresses

    def address(self) -> str:
        """The caller's address, through trusted proxies."""
        peer = request.environ.get("REMOTE_ADDR", "")
        return client_address(peer, request.headers.get("X-Forwarded-For", ""), self._proxies)

    def watch_addresses(self, app: Flask) -> None:
        """Refuse callers that are not on the allow-list, if there is one. Orchestrators' probes may always ask."""
        if not self._allowed:
            return

        @app.before_request
        def check() -> None:
            if request.path not in OPEN_TO_ALL_ADDRESSES:
                self._require_address(self._allowed)

    def _require_address(self, allowed: Networks) -> None:
        if allowed and self.address() not in allowed:
            raise ForbiddenError("这个地址不在允许的名单里")

    # ------------------------------------------------------------------ roles

    def protect(self, routes: Blueprint, role: Role, *, pages: bool = False) -> None:
        """Let only ``role`` and above into ``routes``; writes from a browser need its CSRF token.

        ``pages``: who is not logged in is sent to the log-in page rather than told 401.
        """

        @routes.before_request
        def check() -> AnyResponse | None:
            self.require_admin_address()
            if pages and self._known() is None and request.method == "GET":
                return redirect(f"{LOGIN_PAGE}?next={quote(request.full_path.rstrip('?'))}", 303)
            self.require(role)
            return None

    def require_admin_address(self) -> None:
        """``ForbiddenError`` for an address that may not see the console."""
        self._require_address(self._admins_allowed)

    def require(self, role: Role) -> Principal:
        """Who it is, if they may.

        Raises:
            UnauthorizedError: no token, or one that is not valid.
            ForbiddenError: a lower role, or a write from a browser without its CSRF token.
        """
        principal = self.principal()
        if not principal.may(role):
            raise ForbiddenError(f"这要 {role} 的权限，{principal.name} 是 {principal.role} → 请管理员来做")
        if principal.browser and request.method not in _SAFE:
            self._check_csrf()
        return principal

    def only(self, role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A decorator for one handler that needs more than its blueprint."""

        def decorate(handler: Callable[P, R]) -> Callable[P, R]:
            @wraps(handler)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
                self.require(role)
                return handler(*args, **kwargs)

            return guarded

        return decorate

    def principal(self) -> Principal:
        """Who shows a valid token or cookie with this request.

        Raises:
            UnauthorizedError: nobody.
        """
        known = self._known()
        if known is None:
            raise UnauthorizedError("要先登录 → 打开 /admin/login，或请求头加 Authorization: Bearer <令牌>")
        return known

    def _known(self) -> Principal | None:
        """A token in the header goes before the cookie: it was put there on purpose."""
        if "chatbot_principal" not in g:
            g.chatbot_principal = self._look()
        found: Principal | None = g.chatbot_principal
        return found

    def _look(self) -> Principal | None:
        header = request.headers.get("Authorization", "")
        if header:
            scheme, _, rest = header.partition(" ")
            token = rest.strip() if scheme.lower() == "bearer" else header.strip()
            return self.edge.identity.of_token(token)
        cookie = self._cookie()
        found = self.edge.identity.of_token(cookie) if cookie else None
        return found and Principal(found.user_id, found.name, found.role, found.token_id, browser=True)

    # ------------------------------------------------------------------ browsers

    def csrf_token(self) -> str:
        """What this browser's forms must carry; empty when it is not logged in."""
        return csrf_token(self._cookie()) if self._cookie() else ""

    def _check_csrf(self) -> None:
        refuse_other_sites()
        given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
        if not same(given, self.csrf_token()):
            raise ForbiddenError("页面过期了，没有做任何改动 → 刷新页面再试")

    def remember(self, response: Response, token: str) -> None:
        """Log the browser in."""
        response.set_cookie(
            LOGIN_COOKIE, token, max_age=self._config.login_seconds, httponly=True, samesite="Lax",
            secure=request.is_secure, path="/",
        )  # fmt: skip

    def log_out(self, response: Response) -> None:
        """Revoke what the browser is logged in with, and have it forget it."""
        self.edge.identity.log_out(self._cookie())
        response.delete_cookie(LOGIN_COOKIE, path="/", httponly=True, samesite="Lax")

    @staticmethod
    def _cookie() -> str:
        return request.cookies.get(LOGIN_COOKIE, "")


def refuse_other_sites() -> None:
    """``ForbiddenError`` for a write that another site's page sends, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    foreign = origin not in ("", "null") and urlsplit(origin).netloc != request.host
    if site not in ("", "same-origin", "none") or foreign or origin == "null":
        raise ForbiddenError("别的网站不能替您操作 → 直接打开本站的页面")


def safe_next(wanted: str) -> str:
    """Where to go after the log-in: a page of the console, whatever the address says."""
    return wanted if _NEXT.fullmatch(wanted) and "//" not in wanted and ".." not in wanted else "/admin"
