"""The edge over a stand-in service: no knowledge base, no Redis, no server."""

import dataclasses
import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.config import EngineConfig
from chatbot.web import create_web_app
from tests.fakes import FakeChatService


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    return EngineConfig(
        source=tmp_path / "engine.json",
        faq_data_dir=tmp_path,
        knowledge_graph_data_dir=tmp_path,
        state_dir=tmp_path,
        log_level="info",
    )


@pytest.fixture
def service() -> FakeChatService:
    return FakeChatService()


@pytest.fixture
def log() -> io.BytesIO:
    """What the turn log writes."""
    return io.BytesIO()


@pytest.fixture
def app(service: FakeChatService, config: EngineConfig, log: io.BytesIO) -> Flask:
    return create_web_app(service, config, "shop", log)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@pytest.fixture
def open_client(service: FakeChatService, config: EngineConfig, log: io.BytesIO) -> FlaskClient:
    """The same, open to one other site."""
    allowed = dataclasses.replace(config, cors_allow_origins=("https://shop.example",))
    return create_web_app(service, allowed, "shop", log).test_client(use_cookies=False)
