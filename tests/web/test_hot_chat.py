"""The short way to the chat says what the Flask route says, and leaves to it what is unusual."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.errors import SessionBusyError
from chatbot.web.hot_chat import HotChat
from tests.fakes import FakeChatService
from tests.web.test_chat import FULL

FOREIGN = {"Origin": "https://elsewhere.example"}
"""A header that makes a request Flask's."""


class _Counted:
    """A WSGI application, and how often it was called."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.calls = inner, 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.calls += 1
        return self.inner(environ, start_response)


@pytest.fixture
def flask_route(app: Flask) -> _Counted:
    hot = app.wsgi_app
    assert isinstance(hot, HotChat)
    hot._short.further = counted = _Counted(hot._short.further)
    return counted


def _said(response: TestResponse) -> tuple[int, list[tuple[str, str]], str]:
    body = re.sub(r'"elapsed_ms":[\d.]+', "", response.get_data(as_text=True))
    headers = sorted((k, v) for k, v in response.headers if k != "Content-Length")
    return response.status_code, headers, body


@pytest.mark.parametrize(
    "error", [None, SessionBusyError("忙"), ValueError("a defect")], ids=["reply", "busy", "defect"]
)
@pytest.mark.parametrize("path", ["/", "/api/predict/shop"])
def test_reply_and_headers_are_those_of_the_flask_route(
    client: FlaskClient, service: FakeChatService, flask_route: _Counted, path: str, error: Exception | None
) -> None:
    service.reply, service.error = FULL, error
    fields, trace = {"sent": "续航", "session_id": "user-1", "rows_limit": 2}, {"X-Trace-Id": "t-1"}
    short = client.post(path, json=fields, headers=trace)
    assert flask_route.calls == 0
    long = client.post(path, json=fields, headers=trace | FOREIGN)
    assert flask_route.calls == 1
    assert _said(short) == _said(long)
    assert service.heard[0] == service.heard[1]


def test_an_open_edge_tells_caches_that_the_origin_matters(open_client: FlaskClient) -> None:
    fields = {"sent": "您好", "session_id": "user-1"}
    assert isinstance(open_client.application.wsgi_app, HotChat)
    short, long = client_vary(open_client, fields, {}), client_vary(open_client, fields, FOREIGN)
    assert short == long == "Origin"


def client_vary(client: FlaskClient, fields: dict[str, str], headers: dict[str, str]) -> str | None:
    return client.post("/", json=fields, headers=headers).headers.get("Vary")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("", 400, id="empty"),
        pytest.param("{", 400, id="cut"),
        pytest.param("[]", 400, id="list"),
        pytest.param('{"sent": 1}', 400, id="number"),
        pytest.param('{"sent": "您好"}', 200, id="no session"),
        pytest.param('{"sent": "您好", "session_id": "a b"}', 400, id="bad session"),
    ],
)
def test_what_is_refused_or_needs_a_cookie_goes_to_the_flask_route_whole(
    client: FlaskClient, flask_route: _Counted, body: str, status: int
) -> None:
    assert client.post("/", data=body.encode()).status_code == status
    assert flask_route.calls == 1


def test_an_edge_that_asks_who_comes_in_has_no_short_way(guarded: Any) -> None:
    assert isinstance(guarded().application.wsgi_app, HotChat)
    for changes in (
        {"require_chat_token": True},
        {"rate_limit_per_session": 5},
        {"allow_addresses": ("10.0.0.0/8",)},
    ):
        assert not isinstance(guarded(**changes).application.wsgi_app, HotChat)
