"""The HTTP edge: the app factory. Handlers are thin; the chatbot itself knows nothing of HTTP."""

import os
from typing import BinaryIO

from flask import Flask

from chatbot.config import EngineConfig
from chatbot.log import TurnLog
from chatbot.metrics import ChatMetrics
from chatbot.service import ChatService
from chatbot.web.chat import TurnObserver, chat_routes
from chatbot.web.error_handlers import register_error_handlers
from chatbot.web.headers import add_headers
from chatbot.web.health import health_routes
from chatbot.web.ops import ops_routes
from chatbot.web.pages import page_routes
from chatbot.web.wire import MAX_BODY_BYTES


def create_web_app(
    service: ChatService, config: EngineConfig, service_name: str, log_stream: BinaryIO | None = None
) -> Flask:
    """The WSGI application that serves ``service`` at the addresses of the contract.

    ``log_stream`` takes the line of each turn in place of standard error.
    """
    app = Flask("chatbot.web", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1  # one more than allowed, to see that there is more
    metrics = ChatMetrics(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
    service.report_to(metrics)
    log = TurnLog(config.log_level, log_utterances=config.log_utterances, stream=log_stream)
    observer = TurnObserver(log, metrics)
    app.register_blueprint(chat_routes(service, service_name, config.session_ttl_seconds, observer))
    app.register_blueprint(health_routes(service))
    app.register_blueprint(ops_routes(service, metrics, service_name))
    app.register_blueprint(page_routes())
    register_error_handlers(app, metrics)
    add_headers(app, config.cors_allow_origins)
    return app
