"""From error to status, for the model services: ``{"error": {"code", "message"}, "request_id"}`` always."""

import logging
import math
import re

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from chatbot.errors import (
    ChatbotError,
    DeadlineError,
    InvalidMessageError,
    NotReadyError,
    NotThereError,
    OverloadedError,
    UnauthorizedError,
)
from chatbot.json_bytes import dumps
from chatbot.json_file import Json
from chatbot.predict.wire import RefusedError
from chatbot.web.tracing import trace_id

_STATUS: dict[type[ChatbotError], int] = {
    InvalidMessageError: 400,
    UnauthorizedError: 401,
    NotThereError: 404,
    OverloadedError: 429,
    NotReadyError: 503,
    DeadlineError: 504,
}
_HTTP_MESSAGES = {
    404: "没有这个地址 → 预测请 POST /api/predict/<服务名>，接口说明在 /docs",
    405: "这个地址不接受这种请求方法 → 见回复头 Allow",
    413: "请求体太大 → 一次少发几条，或用 python -m tools predict 离线算",
}
_LOG = logging.getLogger("chatbot.predict")


def status_of_error(error: Exception) -> int:
    """The HTTP status that ``error`` leaves with."""
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, RefusedError):
        return status_of_error(error.cause)
    return _STATUS.get(type(error), 500) if isinstance(error, ChatbotError) else 500


def register_predict_errors(app: Flask) -> None:
    """Every error of ``app`` leaves in the one shape."""

    @app.errorhandler(ChatbotError)
    def ours(error: ChatbotError) -> Response:
        status = status_of_error(error)
        if status == 500:
            return unexpected(error)
        cause, said = (error.cause, error.reply) if isinstance(error, RefusedError) else (error, None)
        response = error_reply(status, error.code, error.message, said)
        if status in (429, 503):
            seconds = cause.seconds if isinstance(cause, OverloadedError) else 1.0
            response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
        if status == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="predict"'
        return response

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        status = error.code or 500
        code = re.sub(r"[^a-z]+", "_", error.name.lower()).strip("_")
        response = error_reply(status, code, _HTTP_MESSAGES.get(status, error.name))
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        request_id = trace_id()
        _LOG.error(
            "unexpected error, request_id %s", request_id, exc_info=error, extra={"trace_id": request_id}
        )
        return error_reply(500, "internal_error", f"内部错误，请把 request_id {request_id} 告诉管理员")


def error_reply(status: int, code: str, message: str, said: Json = None) -> Response:
    """The one shape of an error; or ``said``, the words of a wire format of its own."""
    body = said or {"error": {"code": code, "message": message}, "request_id": trace_id()}
    return Response(dumps(body), status, content_type="application/json")
