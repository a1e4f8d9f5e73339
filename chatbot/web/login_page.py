"""The two pages that work without a log-in. No script, no style of their own but one sheet."""

from flask import Response
from markupsafe import Markup, escape

_PAGE = Markup("""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/assets/favicon.svg">
<link rel="stylesheet" href="/assets/login.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{hint}</p>
<form method="post" action="{action}">
{hidden}
<label for="name">用户名 · name</label>
<input id="name" name="name" autocomplete="username" required maxlength="64" autofocus>
<label for="password">密码 · password</label>
<input id="password" name="password" type="password" autocomplete="{autocomplete}" required maxlength="256">
<button type="submit">{button}</button>
</form>
</main>
</body>
</html>
""")
_HIDDEN = Markup('<input type="hidden" name="{name}" value="{value}">')


def login_page(next_page: str) -> Response:
    """The log-in form; ``next_page`` was checked by ``safe_next``."""
    return _page(
        title="登录控制台", hint="用管理员给的用户名和密码。", action="/admin/login",
        hidden=_HIDDEN.format(name="next", value=next_page), autocomplete="current-password", button="登录",
    )  # fmt: skip


def setup_page(token: str) -> Response:
    """The form for the first administrator; ``token`` is whatever the link carried."""
    return _page(
        title="设置第一位管理员", hint="密码至少 10 个字。这个链接只能用一次。", action="/admin/setup",
        hidden=_HIDDEN.format(name="token", value=token), autocomplete="new-password", button="设置并登录",
    )  # fmt: skip


def _page(**parts: str) -> Response:
    return Response(_PAGE.format(**parts), content_type="text/html; charset=utf-8")


def message_page(title: str, message: str, status: int) -> Response:
    """An error for a person at a form."""
    body = Markup(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        '<link rel="stylesheet" href="/assets/login.css"></head>'
        '<body><main><h1>{title}</h1><p role="alert">{message}</p>'
        '<p><a href="/admin/login">返回登录</a></p></main></body></html>'
    ).format(title=escape(title), message=escape(message))
    return Response(body, status, content_type="text/html; charset=utf-8")
