"""The console's addresses: one table says what is answered where, by which function, and who may ask."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, request
from werkzeug.wrappers import Response as AnyResponse

from chatbot.errors import ChatbotError, InvalidUploadError
from chatbot.frozen import dataclass
from chatbot.security.roles import Role

if TYPE_CHECKING:  # the promises bring the explanation's types along; a start needs none of them
    from chatbot.web.admin.gate import Gate
    from chatbot.web.admin.promises import Console

PREFIX = "/admin"
MAX_UPLOAD_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """``target`` is ``module:function`` in ``pages``; ``role`` is the least that may ask."""

    path: str
    target: str
    role: Role = "operator"
    methods: tuple[str, ...] = ("GET",)


_POST = ("POST",)
PAGES = (
    Page("", "overview:show"),
    Page("/", "overview:show"),
    Page("/preferences", "preferences:keep", methods=_POST),
    Page("/suggest", "suggest:names"),
    Page("/cases", "cases:index"),
    Page("/cases/<group_id>", "cases:show"),
    Page("/cases/<group_id>/accept", "cases:accept", methods=_POST),
    Page("/cases/<group_id>/ignore", "cases:ignore", methods=_POST),
    Page("/changes", "changes:index"),
    Page("/changes/<set_id>", "changes:show"),
    Page("/changes/<set_id>/prove", "changes:prove", methods=_POST),
    Page("/changes/<set_id>/publish", "changes:publish", "admin", _POST),
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
    Page("/versions/rollback", "versions:roll_back", "admin", _POST),
    Page("/transfer", "transfer:index"),
    Page("/transfer/export/<form>", "transfer:export"),
    Page("/transfer/import", "transfer:upload", methods=_POST),
    Page("/try", "tryit:show"),
    Page("/try", "tryit:ask", methods=_POST),
    Page("/lint", "lint:show"),
    Page("/lint", "lint:start", methods=_POST),
    Page("/works/<job_id>", "works:state"),
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
    Page("/static/<name>", "assets:asset"),
    Page("/<path:rest>", "missing:page"),
)


def admin_routes(gate: "Gate", open_console: "Callable[[], Console]") -> Blueprint:
    """The console. ``open_console`` is called for the first request; nothing it stands on is imported before."""
    routes = Blueprint("admin", __name__, url_prefix=PREFIX, template_folder="templates")

    @routes.before_request
    def prepare() -> None:
        request.max_content_length = MAX_UPLOAD_BYTES  # before the guard reads the form
        g.console_gate = gate

    gate.protect(routes, "operator", pages=True)

    @routes.errorhandler(ChatbotError)
    def show_error(error: ChatbotError) -> AnyResponse:
        from chatbot.web.admin.door import refused  # as below

        return refused(error)

    @routes.errorhandler(413)
    def too_large(_: Exception) -> AnyResponse:
        limit = f"上传的内容超过 {MAX_UPLOAD_BYTES // 2**20} MB → 分成几个文件"
        return show_error(InvalidUploadError(limit))

    opened = cache(open_console)
    for page in PAGES:
        name = page.target.replace(":", "-") + ("-slash" if page.path == "/" else "")
        routes.add_url_rule(page.path, name, _view(page, opened), methods=page.methods)
    return routes


def _view(page: Page, open_console: "Callable[[], Console]") -> Callable[..., AnyResponse]:
    def view(**arguments: Any) -> AnyResponse:
        # the console's modules, its templates and the spreadsheet reader cost nothing until someone opens it
        from chatbot.web.admin.door import admit

        module, _, function = page.target.partition(":")
        handler = getattr(import_module(f"chatbot.web.admin.pages.{module}"), function)
        return admit(handler, arguments, page.role, open_console)

    return view
