"""The console over fakes: pages without a store, a knowledge base or a server."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.metrics import ChatMetrics
from chatbot.web.admin.routes import admin_routes
from chatbot.web.error_handlers import register_error_handlers
from chatbot.web.headers import add_headers
from tests.web.admin.console_fakes import FakeGate, Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def gate() -> FakeGate:
    return FakeGate()


@pytest.fixture
def client(fakes: Fakes, gate: FakeGate) -> FlaskClient:
    app = Flask("console_test", static_folder=None, template_folder=None)
    app.register_blueprint(admin_routes(gate, fakes.console))
    register_error_handlers(app, ChatMetrics())
    add_headers(app, ())
    return app.test_client()
