"""The console's addresses: one table says what is answered where, by which function, and who may ask."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

if TYPE_CHECKING:  # the promises bring the explanation's types along; a start needs none of them
    from chatbot.web.admin.gate import Gate
    from chatbot.web.admin.promises import Console

PREFIX = "/admin"


@dataclass(frozen=True, slots=True)
class Page:
    """``target`` is ``module:function`` in ``pages``; ``role`` is the least that may ask, empty: anyone."""

    path: str
    target: str
    role: str = "operator"
    methods: tuple[str, ...] = ("GET",)


_POST = ("POST",)
PAGES = (
    Page("", "overview:show"),
    Page("/", "overview:show"),
    Page("/signin", "signing:sign_in_form", ""),
    Page("/signin", "signing:sign_in", "", _POST),
    Page("/setup/<link>", "signing:set_up_form", ""),
    Page("/setup/<link>", "signing:set_up", "", _POST),
    Page("/signout", "signing:sign_out", "operator", _POST),
    Page("/preferences", "preferences:keep", "", _POST),
    Page("/suggest", "suggest:names"),
    Page("/cases", "cases:index"),
    Page("/cases/<group_id>", "cases:show"),
    Page("/cases/<group_id>/accept", "cases:accept", methods=_POST),
    Page("/cases/<group_id>/ignore", "cases:ignore", methods=_POST),
    Page("/changes", "changes:index"),
    Page("/changes/<set_id>", "changes:show"),
    Page("/changes/<set_id>/prove", "changes:prove", methods=_POST),
    Page("/changes/<set_id>/publish", "changes:publish", methods=_POST),
    Page("/changes/<set_id>/reject", "changes:reject", methods=_POST),
    Page("/changes/<set_id>/drop", "changes:drop", methods=_POST),
    Page("/faq", "faq:index"),
    Page("/faq/new", "faq:new"),
    Page("/faq/new", "faq:create", methods=_POST),
    Page("/faq/<corpus>/<int:label>", "faq:show"),
    Page("/faq/<corpus>/<int:label>/edit", "faq:edit", methods=_POST),
    Page("/graph", "graph:index"),
    Page("/graph/attributes", "graph:tree"),
    Page("/graph/entity", "graph:show"),
    Page("/graph/edit", "graph:edit", methods=_POST),
    Page("/lexicon", "lexicon:index"),
    Page("/lexicon/<file>", "lexicon:show"),
    Page("/lexicon/<file>/alias", "lexicon:add_alias", methods=_POST),
    Page("/lexicon/<file>/text", "lexicon:write", methods=_POST),
    Page("/tests", "trials:index"),
    Page("/tests/run", "trials:run", methods=_POST),
    Page("/tests/<run_id>", "trials:show"),
    Page("/versions", "versions:index"),
    Page("/versions/diff", "versions:diff"),
    Page("/versions/rollback", "versions:roll_back", methods=_POST),
    Page("/transfer", "transfer:index"),
    Page("/transfer/export/<form>", "transfer:export"),
    Page("/transfer/import", "transfer:upload", methods=_POST),
    Page("/try", "tryit:show"),
    Page("/try", "tryit:ask", methods=_POST),
    Page("/lint", "lint:show"),
    Page("/inbox", "inbox:index"),
    Page("/inbox/<session_id>", "inbox:show"),
    Page("/inbox/<session_id>/say", "inbox:say", methods=_POST),
    Page("/inbox/<session_id>/handback", "inbox:hand_back", methods=_POST),
    Page("/people", "people:index", "admin"),
    Page("/people/add", "people:add", "admin", _POST),
    Page("/people/disable", "people:disable", "admin", _POST),
    Page("/people/token", "people:add_token", "admin", _POST),
    Page("/people/revoke", "people:revoke", "admin", _POST),
    Page("/audit", "audit:show", "admin"),
    Page("/static/<name>", "assets:asset", ""),
    Page("/<path:rest>", "missing:page", ""),
)


def admin_routes(open_console: "Callable[[], Console]", open_gate: "Callable[[], Gate]") -> Blueprint:
    """The console. Both are called once, for the first request; nothing of it is imported before."""
    routes = Blueprint("admin", __name__, url_prefix=PREFIX, template_folder="templates")
    for page in PAGES:
        name = page.target.replace(":", "-") + ("-slash" if page.path == "/" else "")
        routes.add_url_rule(page.path, name, _view(page, open_console, open_gate), methods=page.methods)
    return routes


def _view(
    page: Page, open_console: "Callable[[], Console]", open_gate: "Callable[[], Gate]"
) -> Callable[..., Response]:
    def view(**arguments: Any) -> Response:
        # the console's modules, its templates and the spreadsheet reader cost nothing until someone opens it
        from chatbot.web.admin.door import admit

        module, _, function = page.target.partition(":")
        handler = getattr(import_module(f"chatbot.web.admin.pages.{module}"), function)
        return admit(handler, arguments, page.role, (open_console, open_gate))

    return view
