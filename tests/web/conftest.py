"""The edge over a stand-in service: no knowledge base, no Redis, no server."""

import dataclasses
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.accounts.edge import Edge
from chatbot.accounts.identity import Identity
from chatbot.accounts.staff import Staff
from chatbot.config import EngineConfig
from chatbot.security.limits import LocalLimiter
from chatbot.store.database import Database
from chatbot.store.sql_store import SqlStore
from chatbot.web.application import create_web_app
from tests.fakes import FakeChatService, FakeDesk

SETUP = "the-set-up-token"
PASSWORD = "correct horse battery"


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


class Clock:
    """Seconds, moved on by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once: migrating takes half a second."""
    file = tmp_path_factory.mktemp("database") / "store.db"
    store = SqlStore(Database(f"sqlite:///{file}"))
    assert store.accounts.users() == []
    store.close()
    return file


@pytest.fixture
def edge(tmp_path: Path, empty_database: Path, clock: Clock, desk: FakeDesk) -> Iterator[Edge]:
    """Accounts in a real database, limits in this process."""
    shutil.copy(empty_database, tmp_path / "store.db")
    store = SqlStore(Database(f"sqlite:///{tmp_path / 'store.db'}"))
    limiter = LocalLimiter(clock=clock)
    identity = Identity(lambda: store, limiter, 3600, clock)
    made = Edge(identity, Staff(identity, SETUP), limiter, lambda: desk)  # type: ignore[arg-type,return-value]
    yield made
    made.close()


@pytest.fixture
def guarded(service: FakeChatService, config: EngineConfig, edge: Edge) -> Callable[..., FlaskClient]:
    """A client of the guarded edge, its configuration changed as asked."""

    def make(**changes: object) -> FlaskClient:
        changed = dataclasses.replace(config, **changes)  # type: ignore[arg-type]
        return create_web_app(service, changed, "shop", io.BytesIO(), edge).test_client()

    return make


@pytest.fixture
def admin(guarded: Callable[..., FlaskClient]) -> FlaskClient:
    """A browser in which the first administrator has just been set up."""
    browser = guarded()
    form = {"token": SETUP, "name": "admin", "password": PASSWORD}
    assert browser.post("/admin/setup", data=form).status_code == 303
    return browser


@pytest.fixture
def tokens(admin: FlaskClient, edge: Edge) -> dict[str, dict[str, str]]:
    """Role → the header with a token of that role."""
    made = {}
    for role in ("chat", "operator", "admin"):
        edge.staff.add_user("admin", f"{role}-user", role)  # type: ignore[arg-type]  # the roles
        token = edge.staff.issue_token("admin", f"{role}-user", "test")
        made[role] = {"Authorization": f"Bearer {token}"}
    return made
