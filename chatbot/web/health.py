"""``GET /healthz`` (alive) and ``GET /readyz`` (able to answer well; 503 with the reasons)."""

from flask import Blueprint, Response

import chatbot
from chatbot.json_bytes import dumps
from chatbot.service import ChatService
from chatbot.web.error_handlers import error_response


def health_routes(service: ChatService) -> Blueprint:
    """Both questions an orchestrator asks."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        body = {"status": "alive", "version": chatbot.__version__, "kb_version": service.kb_version}
        return Response(dumps(body), content_type="application/json")

    @routes.get("/readyz")
    def ready() -> Response:
        components = dict(service.readiness())
        reasons = [f"{name}: {reason}" for name, reason in components.items() if reason]
        if reasons:
            return error_response(503, "not_ready", "；".join(reasons), components=components)
        return Response(dumps({"status": "ready", "components": components}), content_type="application/json")

    return routes
