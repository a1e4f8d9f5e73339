"""``GET /openapi.json`` and ``GET /docs`` (Swagger UI from the installed package, no CDN) for a document."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, abort

from chatbot.json_bytes import dumps
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


def docs_routes(document: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """``document`` is made when someone first asks for it."""
    routes = Blueprint("docs", __name__)

    @cache
    def body() -> bytes:
        return dumps(document())

    @cache
    def swagger(name: str) -> PackageFile:
        return package_file(files("flask_openapi3_swagger") / "templates" / "swagger" / _SWAGGER_FILES[name])

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return Response(body(), content_type="application/json")

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
