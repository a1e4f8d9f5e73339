"""Headers of every response: trace id, browser hardening, and CORS for the origins the operator allows."""

from flask import Flask, Response, request

from chatbot.web.tracing import HEADER, trace_id

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_STRICT = _CSP.format(style="")
_WITH_INLINE_STYLE = _CSP.format(style=" 'unsafe-inline'")
_NEED_INLINE_STYLE = ("/docs",)
"""Swagger UI sets styles in its markup. Our own pages do not, and may not."""

EVERY_RESPONSE = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
"""Beside the trace id; a page may say otherwise how long it keeps."""

_PAGE_HEADERS = (
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_PREFLIGHT_HEADERS = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", f"Content-Type, Authorization, {HEADER}"),
    ("Access-Control-Max-Age", "600"),
)


def add_headers(app: Flask, allowed_origins: tuple[str, ...]) -> None:
    """Register the one hook that runs after each request. ``("*",)`` allows any origin."""
    anyone = "*" in allowed_origins
    allowed = frozenset(allowed_origins)

    def allow_origin(response: Response, origin: str | None) -> None:
        if not anyone:
            response.vary.add("Origin")
        if origin is None or not (anyone or origin.lower() in allowed):
            return
        response.headers["Access-Control-Allow-Origin"] = "*" if anyone else origin
        response.headers["Access-Control-Expose-Headers"] = HEADER
        if request.method == "OPTIONS":
            response.headers.extend(_PREFLIGHT_HEADERS)

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.add(HEADER, trace_id())
        for name, value in EVERY_RESPONSE:
            if name not in headers:
                headers.add(name, value)
        if response.mimetype == "text/html":
            headers.extend(_PAGE_HEADERS)
            relaxed = request.path in _NEED_INLINE_STYLE
            headers.add("Content-Security-Policy", _WITH_INLINE_STYLE if relaxed else _STRICT)
        if allowed and "Access-Control-Allow-Origin" not in headers:
            allow_origin(response, request.environ.get("HTTP_ORIGIN"))
        return response
