"""Bad requests: the right status, one shape, a message that names the field; nothing inner gets out."""

import io
import json
import logging
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.errors import (
    ChatbotError,
    ConfigError,
    DataError,
    SessionBusyError,
    SessionStoreUnavailableError,
    StaleIndexError,
)
from tests.fakes import FakeChatService


def error_of(response: TestResponse) -> dict[str, str]:
    """The error, after checking that it has the one shape."""
    body: dict[str, Any] = json.loads(response.data)
    assert response.mimetype == "application/json"
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "trace_id"]
    assert body["error"]["trace_id"] == response.headers["X-Trace-Id"]
    error: dict[str, str] = body["error"]
    return error


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"", "JSON"),
        (b"hello", "JSON"),
        (b'{"sent": "a"', "JSON"),
        ('{"sent": "您好"}'.encode("gbk"), "UTF-8"),
        ('{"sent": "您好"}'.encode("utf-16"), "UTF-8"),
        (b'{"sent": "\xed\xa0\x80"}', "UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b'{"rows_limit": ' + b"9" * 5000 + b"}", "JSON"),
        (b"[]", "列表"),
        (b'"sent"', "文字"),
        (b"null", "null"),
        (b"{}", "sent"),
        (b'{"sent": null}', "sent"),
        (b'{"sent": 1}', "sent 应是文字，现在是整数"),
        (b'{"sent": ["a"]}', "sent"),
        (b'{"sent": ""}', "sent 是空的"),
        (b'{"sent": " \\t\\n "}', "sent 是空的"),
        (b'{"sent": "\\u0000\\ud800"}', "sent 是空的"),
        (json.dumps({"sent": "汉" * 2001}).encode(), "2001"),
        (b'{"sent": "a", "session_id": 7}', "session_id"),
        (b'{"sent": "a", "rows_limit": 0}', "rows_limit"),
        (b'{"sent": "a", "rows_limit": 1001}', "1001"),
        (b'{"sent": "a", "rows_limit": "20"}', "rows_limit"),
        (b'{"sent": "a", "rows_limit": 2.5}', "rows_limit"),
        (b'{"sent": "a", "rows_limit": true}', "rows_limit"),
        (b'{"sent": "a", "rows_limit": NaN}', "rows_limit"),
        (b'{"sent": "a", "rows_limit": 10000000000000000000}', "rows_limit"),
    ],
    ids=[
        "empty", "not-json", "cut-off", "gbk", "utf-16", "surrogate-bytes", "deep", "huge-number", "list", "text",
        "null", "no-sent", "sent-null", "sent-number", "sent-list", "sent-empty", "sent-blank", "sent-only-garbage",
        "sent-too-long", "id-number", "limit-zero", "limit-large", "limit-text", "limit-fraction", "limit-true",
        "limit-nan", "limit-astronomic",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/predict/shop"])
def test_a_malformed_body_is_400_and_the_message_names_the_field(
    client: FlaskClient, service: FakeChatService, path: str, raw: bytes, part: str
) -> None:
    response = client.post(path, data=raw)
    error = error_of(response)
    assert (response.status_code, error["code"]) == (400, "invalid_message")
    assert part in error["message"]
    assert service.heard == []


@pytest.mark.parametrize(
    "session_id", ["", " ", "a b", "x" * 129, "汉字", "a/b", "a\nb", "a\0", "{a}", "\ud800"]
)
def test_a_session_id_of_another_form_is_400(client: FlaskClient, session_id: str) -> None:
    response = client.post("/", data=json.dumps({"sent": "a", "session_id": session_id}))
    error = error_of(response)
    assert (response.status_code, error["code"]) == (400, "invalid_session_id")
    assert "session_id" in error["message"]


def test_a_body_over_one_mebibyte_is_413(client: FlaskClient) -> None:
    filler = " " * (1024 * 1024)
    response = client.post("/", data='{"sent": "a"}' + filler)
    assert (response.status_code, error_of(response)["code"]) == (413, "request_entity_too_large")
    assert client.post("/", data=('{"sent": "a"}' + filler)[: 1024 * 1024]).status_code == 200


def test_a_body_without_length_is_cut_off_at_one_mebibyte_too(client: FlaskClient) -> None:
    endless = io.BytesIO(b'{"sent": "a"}' + b" " * (2 * 1024 * 1024))
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert client.post("/", input_stream=endless, environ_overrides=chunked).status_code == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_wrong_method_is_405_with_the_allowed_ones(client: FlaskClient, method: str) -> None:
    response = client.open("/", method=method)
    assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


def test_the_predict_address_takes_no_get(client: FlaskClient) -> None:
    assert client.get("/api/predict/shop").status_code == 405


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/predict/other", "/api/predict/shop/", "/assets/../wire.py"]
)
def test_an_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    response = client.post(path, data="{}")
    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


def test_a_busy_session_is_429_and_may_be_tried_again(client: FlaskClient, service: FakeChatService) -> None:
    service.error = SessionBusyError("会话 a 正忙")
    response = client.post("/", json={"sent": "a"})
    assert (response.status_code, error_of(response)["code"]) == (429, "session_busy")
    assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    "error", [SessionStoreUnavailableError("x"), StaleIndexError("x")], ids=lambda e: e.code
)
def test_a_part_that_is_gone_is_503(
    client: FlaskClient, service: FakeChatService, error: ChatbotError
) -> None:
    service.error = error
    response = client.post("/", json={"sent": "a"})
    assert (response.status_code, error_of(response)["code"]) == (503, error.code)


@pytest.mark.parametrize(
    "error",
    [ValueError("/etc/secret"), KeyError("secret"), ConfigError("secret"), DataError("/data/secret", "x"),
     ChatbotError("secret"), RuntimeError("您好 secret")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_unexpected_error_tells_the_client_nothing_but_its_trace_id(
    client: FlaskClient, service: FakeChatService, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    service.error = error
    with caplog.at_level(logging.ERROR):
        response = client.post("/", json={"sent": "您好"}, headers={"X-Trace-Id": "trace-7"})
    told = error_of(response)
    assert (response.status_code, told["code"], told["trace_id"]) == (500, "internal_error", "trace-7")
    assert "secret" not in response.data.decode()
    assert "trace-7" in caplog.text and type(error).__name__ in caplog.text


def test_every_error_is_counted_by_its_code(client: FlaskClient, service: FakeChatService) -> None:
    client.post("/", data=b"")
    client.get("/nothing")
    service.error = SessionBusyError("x")
    client.post("/", json={"sent": "a"})
    text = client.get("/metrics").data.decode()
    for code in ("invalid_message", "not_found", "session_busy"):
        assert re.search(rf'chatbot_http_errors_total{{code="{code}"}} 1\.0', text)
    assert 'chatbot_session_store_errors_total{kind="busy"} 1.0' in text
