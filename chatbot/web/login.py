"""Log-in, log-out and the first administrator: ``/admin/login``, ``/admin/logout``, ``/admin/setup``, and the same as JSON."""

from flask import Blueprint, Response, redirect, request

from chatbot.json_bytes import dumps
from chatbot.security.roles import Principal
from chatbot.web.guard import Guard, refuse_other_sites, safe_next
from chatbot.web.login_page import login_page, setup_page
from chatbot.web.turns import body
from chatbot.web.wire import object_of, short_text


def login_routes(guard: Guard) -> Blueprint:
    """The doors that must be open to those who are not logged in yet."""
    routes = Blueprint("login", __name__)
    identity, staff = guard.edge.identity, guard.edge.staff

    _for_strangers(routes, guard)

    @routes.get("/admin/login")
    def show_login() -> Response:
        return login_page(safe_next(request.args.get("next", "")))

    @routes.post("/admin/login")
    def log_in() -> Response:
        form = request.form
        token, _ = identity.log_in(form.get("name", ""), form.get("password", ""), guard.address())
        return _enter(token, safe_next(form.get("next", "")))

    @routes.get("/admin/setup")
    def show_setup() -> Response:
        return setup_page(request.args.get("token", ""))

    @routes.post("/admin/setup")
    def set_up() -> Response:
        form = request.form
        token, _ = staff.set_up(form.get("token", ""), form.get("name", ""), form.get("password", ""))
        return _enter(token, "/admin")

    @routes.post("/admin/logout")
    def log_out() -> Response:
        guard.require("chat")
        response = _redirect("/admin/login")
        guard.log_out(response)
        return response

    def _enter(token: str, page: str) -> Response:
        response = _redirect(page)
        guard.remember(response, token)
        return response

    return routes


def login_api(guard: Guard) -> Blueprint:
    """The same for scripts."""
    routes = Blueprint("login_api", __name__)
    identity = guard.edge.identity
    _for_strangers(routes, guard)

    @routes.post("/v1/login")
    def log_in_json() -> Response:
        fields = object_of(body(), '{"name": "…", "password": "…"}')
        name, password = short_text(fields, "name"), short_text(fields, "password")
        token, principal = identity.log_in(name, password, guard.address())
        response = _me(principal, "")
        guard.remember(response, token)
        return response

    @routes.post("/v1/logout")
    def log_out_json() -> Response:
        guard.require("chat")
        response = Response(dumps({"done": True}), content_type="application/json")
        guard.log_out(response)
        return response

    @routes.get("/v1/me")
    def me() -> Response:
        return _me(guard.require("chat"), guard.csrf_token())

    return routes


def _for_strangers(routes: Blueprint, guard: Guard) -> None:
    """Any address that may see the console, but no other site's page."""

    @routes.before_request
    def check() -> None:
        guard.require_admin_address()
        if request.method == "POST":
            refuse_other_sites()


def _redirect(page: str) -> Response:
    response = Response(status=303)
    response.headers["Location"] = redirect(page).headers["Location"]
    return response


def _me(principal: Principal, csrf: str) -> Response:
    told = {"name": principal.name, "role": principal.role, "csrf_token": csrf}
    return Response(dumps(told), content_type="application/json")
