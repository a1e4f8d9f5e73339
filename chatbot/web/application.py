"""The app factory: every address of the chatbot, put together."""

import os
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from flask import Flask

from chatbot.accounts.edge import Edge
from chatbot.config import EngineConfig
from chatbot.handoff.handed_over import HandedOver
from chatbot.log import TurnLog
from chatbot.metrics import ChatMetrics
from chatbot.service import ChatService
from chatbot.web.accounts_api import account_routes
from chatbot.web.admin.routes import admin_routes
from chatbot.web.chat import chat_paths, chat_routes
from chatbot.web.compat import compat_routes
from chatbot.web.error_handlers import register_error_handlers
from chatbot.web.guard import Guard
from chatbot.web.handoff import handoff_routes
from chatbot.web.headers import add_headers
from chatbot.web.health import health_routes
from chatbot.web.hot_chat import HotChat
from chatbot.web.login import login_api, login_routes
from chatbot.web.operator_api import knowledge_routes, loop_routes
from chatbot.web.ops import ops_routes
from chatbot.web.pages import page_routes
from chatbot.web.public_api import public_routes
from chatbot.web.turns import TurnObserver, Turns, admit_everyone
from chatbot.web.unbuilt_rule import UnbuiltRule
from chatbot.web.wire import MAX_BODY_BYTES

if TYPE_CHECKING:
    from chatbot.web.admin.promises import OpenConsole


def create_web_app(
    service: ChatService,
    config: EngineConfig,
    service_name: str,
    log_stream: BinaryIO | None = None,
    edge: Edge | None = None,
    open_console: "OpenConsole | None" = None,
    handed_over: HandedOver | None = None,
) -> Flask:
    """The WSGI application that serves ``service`` at the addresses of the contract.

    ``log_stream`` takes the line of each turn in place of standard error. Without ``edge`` there are no accounts, no
    limits and no operator's addresses.
    """
    app = Flask("chatbot.web", static_folder=None, template_folder=None)
    app.url_rule_class = UnbuiltRule
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1  # one more than allowed, to see that there is more
    metrics = ChatMetrics(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
    service.report_to(metrics)
    log = TurnLog(config.log_level, log_utterances=config.log_utterances, stream=log_stream)
    guard = Guard(config, edge) if edge else None
    admit = (guard and guard.admit) or admit_everyone
    turns = Turns(service, TurnObserver(log, metrics), admit)
    picture_bytes = config.image_max_mb * 2**20 if config.image_service_url else 0
    app.register_blueprint(chat_routes(turns, service_name, config.session_ttl_seconds, picture_bytes))
    app.register_blueprint(compat_routes(turns, service_name))
    app.register_blueprint(health_routes(service))
    app.register_blueprint(ops_routes(service, metrics, service_name))
    app.register_blueprint(page_routes(pictures=bool(picture_bytes)))
    app.register_blueprint(public_routes(service, admit, edge.desk if edge else None))
    if guard:
        guard.watch_addresses(app)
        for routes in (
            loop_routes(guard, guard.edge.desk),
            knowledge_routes(guard, guard.edge.desk),
            account_routes(guard),
        ):
            app.register_blueprint(routes)
        app.register_blueprint(login_routes(guard))
        app.register_blueprint(login_api(guard))
    app.register_blueprint(handoff_routes(handed_over))
    if guard and open_console:
        app.register_blueprint(admin_routes(guard, partial(open_console, metrics.latency_ms)))
    register_error_handlers(app, metrics)
    add_headers(app, config.cors_allow_origins)
    if admit is admit_everyone and not config.allow_addresses:  # else it matters who asks
        others = bool(config.cors_allow_origins) and "*" not in config.cors_allow_origins
        app.wsgi_app = HotChat(app, turns, chat_paths(service_name), vary=others)  # type: ignore[method-assign]
    return app
