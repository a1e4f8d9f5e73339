"""Templates with what every page shows: language, look, navigation, who is signed in, what was just done."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from flask import Response, g, redirect, render_template, request

from chatbot.errors import ChatbotError
from chatbot.security.roles import Principal
from chatbot.web.admin.charts import bars
from chatbot.web.admin.gate import Gate

LANG_COOKIE, THEME_COOKIE, NOTE_COOKIE = "console_lang", "console_theme", "console_note"
_MAX_NOTE = 600
LIKELY = 0.3
"""A mend is suggested from this score on; below it a person looks first."""

NAVIGATION: tuple[tuple[tuple[str, str], tuple[tuple[str, str, str], ...]], ...] = (
    (("看", "Watch"), (("/admin/", "概览", "Overview"), ("/admin/inbox", "收件箱", "Inbox"))),
    (
        ("改", "Improve"),
        (
            ("/admin/cases", "待改进", "To improve"),
            ("/admin/faq", "问答", "Questions"),
            ("/admin/graph", "图谱", "Graph"),
            ("/admin/lexicon", "词典", "Lexicons"),
            ("/admin/transfer", "导入导出", "Import, export"),
        ),
    ),
    (
        ("验", "Prove"),
        (
            ("/admin/changes", "改动", "Changes"),
            ("/admin/try", "试一试", "Try it"),
            ("/admin/tests", "测试", "Tests"),
            ("/admin/lint", "体检", "Check-up"),
            ("/admin/versions", "版本", "Versions"),
        ),
    ),
)
ADMIN_NAVIGATION = (
    ("管", "Manage"),
    (("/admin/people", "用户与令牌", "People, tokens"), ("/admin/audit", "审计", "Audit")),
)


def render(template: str, status: int = 200, **values: Any) -> Response:
    """The page. In a template, ``t("中文", "English")`` is the text in the visitor's language."""
    lang = "en" if request.cookies.get(LANG_COOKIE) == "en" else "zh"
    theme = request.cookies.get(THEME_COOKIE, "auto")
    visitor, csrf = _who()
    note = unquote(request.cookies.get(NOTE_COOKIE, ""))[:_MAX_NOTE]
    body = render_template(
        f"console/{template}",
        t=lambda zh, en: zh if lang == "zh" else en,
        lang=lang,
        theme=theme if theme in ("light", "dark") else "auto",
        note=note,
        navigation=_navigation(visitor),
        here=request.path,
        visitor=visitor,
        csrf=csrf,
        moment=moment,
        percent=percent,
        bars=bars,
        likely=LIKELY,
        **values,
    )
    response = Response(body, status, content_type="text/html; charset=utf-8")
    if note:
        response.delete_cookie(NOTE_COOKIE, path="/admin")
    return response


def _who() -> tuple[Principal | None, str]:
    """Who sits there, and what their forms carry; an error page may be for nobody."""
    gate: Gate = g.console_gate
    try:
        return gate.principal(), gate.csrf_token()
    except ChatbotError:
        return None, ""


def _navigation(visitor: Principal | None) -> tuple[Any, ...]:
    if visitor is None or not visitor.may("operator"):
        return ()
    return (*NAVIGATION, ADMIN_NAVIGATION) if visitor.may("admin") else NAVIGATION


def moment(at_ms: int) -> str:
    """``2026-11-26 14:05`` in the server's time zone; a dash for 0."""
    return datetime.fromtimestamp(at_ms / 1000).strftime("%Y-%m-%d %H:%M") if at_ms else "—"


def percent(part: float, whole: float) -> str:
    """``12%``; a dash when there is no whole."""
    return f"{part / whole:.0%}" if whole else "—"


def done(address: str, zh: str = "", en: str = "") -> Response:
    """Go to ``address``, which says once what was done."""
    response = see_other(address)
    if zh:
        note = en if request.cookies.get(LANG_COOKIE) == "en" and en else zh
        response.set_cookie(
            NOTE_COOKIE, quote(note[:_MAX_NOTE]), max_age=60, httponly=True, samesite="Lax", path="/admin",
            secure=request.is_secure,
        )  # fmt: skip
    return response


def see_other(address: str) -> Response:
    """The browser asks for ``address`` next."""
    response = Response(status=303)
    response.headers["Location"] = redirect(address).headers["Location"]
    return response


def field(name: str, limit: int = 2000) -> str:
    """A form's field without outer blanks, NUL and lone surrogates; at most ``limit`` characters."""
    text = request.form.get(name, "").replace("\0", "").replace("\r\n", "\n")
    return text.encode("utf-8", "ignore").decode()[:limit].strip()


def inside(address: str) -> str:
    """``address`` when it is one of the console's own, else its first page."""
    plain = address.startswith("/admin") and "\\" not in address and not any(char < "!" for char in address)
    return address if plain and not address.startswith("//") else "/admin/"
