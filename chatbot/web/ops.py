"""``GET /metrics``, ``GET /openapi.json`` and ``GET /docs`` (Swagger UI from the installed package, no CDN)."""

from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, abort
from prometheus_client import CONTENT_TYPE_LATEST

from chatbot.json_bytes import dumps
from chatbot.metrics import ChatMetrics
from chatbot.service import ChatService
from chatbot.web.files import PackageFile, package_file

_DOCS_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口说明 · API</title>
<link rel="icon" href="/docs/swagger.svg">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_DOCS_START = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});\n'
)
_SWAGGER_FILES = {
    "swagger-ui.css": "css/swagger-ui.css",
    "swagger-ui-bundle.js": "js/swagger-ui-bundle.js",
    "swagger.svg": "images/swagger.svg",
}


def ops_routes(service: ChatService, metrics: ChatMetrics, service_name: str) -> Blueprint:
    """What operators and integrators read."""
    routes = Blueprint("ops", __name__)

    @cache
    def document() -> bytes:
        # pydantic costs 0.1 s and 10 MB, and most workers are never asked for the document
        from chatbot.web.openapi import openapi_document

        return dumps(openapi_document(service_name))

    @cache
    def swagger(name: str) -> PackageFile:
        return package_file(files("flask_openapi3_swagger") / "templates" / "swagger" / _SWAGGER_FILES[name])

    @routes.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(service), content_type=CONTENT_TYPE_LATEST)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return Response(document(), content_type="application/json")

    @routes.get("/docs")
    def docs() -> Response:
        return Response(_DOCS_PAGE, content_type="text/html; charset=utf-8")

    @routes.get("/docs/start.js")
    def docs_start() -> Response:
        return Response(_DOCS_START, content_type="text/javascript; charset=utf-8")

    @routes.get("/docs/<name>")
    def docs_file(name: str) -> Response:
        return swagger(name).response() if name in _SWAGGER_FILES else abort(404)

    return routes
