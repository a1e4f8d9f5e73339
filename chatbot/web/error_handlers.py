"""One table from error to status, one JSON shape: ``{"error": {"code", "message", "trace_id"}}``."""

import logging
import math
import re

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from chatbot.errors import (
    ChatbotError,
    ForbiddenError,
    InvalidChangeError,
    InvalidMessageError,
    InvalidSessionIdError,
    InvalidUploadError,
    JobRunningError,
    NotThereError,
    PublishError,
    RateLimitedError,
    SessionBusyError,
    SessionStoreUnavailableError,
    StaleIndexError,
    StoreRefusedError,
    StoreUnavailableError,
    UnauthorizedError,
)
from chatbot.json_bytes import dumps
from chatbot.metrics import ChatMetrics
from chatbot.web.login_page import message_page
from chatbot.web.tracing import trace_id

_STATUS: dict[type[ChatbotError], int] = {
    InvalidMessageError: 400,
    InvalidSessionIdError: 400,
    InvalidUploadError: 400,
    InvalidChangeError: 400,
    PublishError: 409,
    JobRunningError: 409,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    NotThereError: 404,
    StoreRefusedError: 400,
    StoreUnavailableError: 503,
    RateLimitedError: 429,
    SessionBusyError: 429,
    SessionStoreUnavailableError: 503,
    StaleIndexError: 503,
}
"""Errors a client may be told of; any other is an internal one."""

_HTTP_MESSAGES = {
    404: "没有这个地址 → 对话请 POST / ，接口说明在 /docs",
    405: "这个地址不接受这种请求方法 → 见回复头 Allow",
    413: "请求体超过 1 MiB",
}
_LOG = logging.getLogger("chatbot.web")


def register_error_handlers(app: Flask, metrics: ChatMetrics) -> None:
    """Every error of ``app`` leaves in the one shape and is counted."""

    def answer(status: int, code: str, message: str) -> Response:
        metrics.error(code)
        if request.path.startswith("/admin") and request.accept_mimetypes.accept_html:
            return message_page("没有完成", message, status)
        return error_response(status, code, message)

    @app.errorhandler(ChatbotError)
    def ours(error: ChatbotError) -> Response:
        status = _STATUS.get(type(error))
        if status is None:
            return unexpected(error)
        return _with_way_back(answer(status, error.code, error.message), error)

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        status = error.code or 500
        code = _snake_case(error.name)
        response = answer(status, code, _HTTP_MESSAGES.get(status, error.name))
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        trace = trace_id()
        _LOG.error("unexpected error, trace_id %s", trace, exc_info=error, extra={"trace_id": trace})
        return answer(500, "internal_error", f"内部错误，请把 trace_id {trace} 告诉管理员")


def _with_way_back(response: Response, error: ChatbotError) -> Response:
    """When to come again, or how to say who one is."""
    if response.status_code in (429, 503):
        seconds = error.seconds if isinstance(error, RateLimitedError) else 1
        response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="chatbot"'
    return response


def error_response(status: int, code: str, message: str, **more: object) -> Response:
    """The one shape of an error."""
    body = {"error": {"code": code, "message": message, "trace_id": trace_id()}, **more}
    return Response(dumps(body), status, content_type="application/json")


def _snake_case(name: str) -> str:
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
