"""``GET /metrics``, and the document and pages that describe the addresses."""

from typing import Any

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from chatbot.metrics import ChatMetrics
from chatbot.service import ChatService
from chatbot.web.docs import docs_routes


def ops_routes(service: ChatService, metrics: ChatMetrics, service_name: str) -> Blueprint:
    """What operators and integrators read."""
    routes = Blueprint("ops", __name__)

    def document() -> dict[str, Any]:
        # pydantic costs 0.1 s and 10 MB, and most workers are never asked for the document
        from chatbot.web.openapi import openapi_document

        return openapi_document(service_name)

    @routes.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(service), content_type=CONTENT_TYPE_LATEST)

    routes.register_blueprint(docs_routes(document))
    return routes
