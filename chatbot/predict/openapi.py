"""The OpenAPI 3.1 document of the services that are hosted: each with its own schemas and its example."""

from typing import Any

import chatbot
from chatbot.predict.hosting import HostedService, House

_ERRORS = {
    "400": "请求不对 · bad request", "401": "令牌不对 · wrong token", "405": "方法不对 · wrong method",
    "413": "请求体太大 · too large", "429": "太忙，见 Retry-After · busy", "500": "内部错误 · internal",
    "503": "还没准备好 · not ready", "504": "超时 · out of time",
}  # fmt: skip


def predict_document(house: House) -> dict[str, Any]:
    """The document of ``house``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "predict",
            "version": chatbot.__version__,
            "description": "模型子服务：每个服务一个地址，对象或列表进，逐条回答。 Model services: an object or a list in, each item answered.",
        },
        "paths": {
            **{f"/api/predict/{one.name}": {"post": _operation(one)} for one in house.services.values()},
            "/v1/services": {"get": _get("services", "有哪些服务 · the services")},
            "/v1/services/{name}": {"get": _get("service", "一个服务 · one service", "name")},
            "/v1/figures": {"get": _get("figures", "实时数字 · live figures")},
            "/healthz": {"get": _get("alive", "进程活着 · alive")},
            "/readyz": {"get": _get("ready", "模型都已载入 · all models loaded")},
            "/metrics": {"get": _get("metrics", "Prometheus 指标 · metrics")},
        },
        "components": {
            "schemas": {"Error": _ERROR},
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            "required": ["code", "message"],
        },
        "request_id": {"type": "string"},
    },
    "required": ["error", "request_id"],
}


def _operation(service: HostedService) -> dict[str, Any]:
    asked, answered = service.processor.wire.openapi(service.description.schema)
    operation: dict[str, Any] = {
        "operationId": f"predict_{service.name}",
        "summary": f"{service.description.task} · {service.name}",
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {"200": _answer("预测 · the predictions", answered), **_errors()},
    }
    return {**operation, "security": [{"token": []}]} if service.kept_token else operation


def _get(name: str, summary: str, parameter: str = "") -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name, "summary": summary, "responses": {"200": {"description": summary}}
    }  # fmt: skip
    if parameter:
        where = {"name": parameter, "in": "path", "required": True, "schema": {"type": "string"}}
        operation["parameters"] = [where]
        operation["responses"]["404"] = _answer("没有 · not there", {"$ref": "#/components/schemas/Error"})
    return operation


def _errors() -> dict[str, Any]:
    return {
        status: _answer(about, {"$ref": "#/components/schemas/Error"}) for status, about in _ERRORS.items()
    }


def _answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}
