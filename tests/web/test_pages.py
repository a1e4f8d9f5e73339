"""Pages, widget and headers: caching, compression, CORS, hardening."""

import dataclasses
import gzip
import io

import pytest
from flask.testing import FlaskClient

from chatbot.config import EngineConfig
from chatbot.web.application import create_web_app
from tests.fakes import FakeChatService

ORIGIN = "https://shop.example"


@pytest.mark.parametrize("path", ["/", "/widget.js", "/assets/app.js"])
def test_a_file_is_compressed_for_those_who_can_read_it(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/widget.js", "/docs/swagger-ui.css"])
def test_a_file_the_browser_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_page_is_asked_for_each_time_and_the_widget_kept_for_an_hour(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-cache"
    assert client.get("/widget.js").headers["Cache-Control"] == "public, max-age=3600"
    assert client.post("/", json={"sent": "您好"}).headers["Cache-Control"] == "no-store"


def test_a_page_is_html_without_inline_scripts_allowed_and_not_framed_by_others(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.content_type == "text/html; charset=utf-8"
    policy = dict(
        part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"


def test_our_own_pages_allow_no_inline_style_either(client: FlaskClient) -> None:
    assert "unsafe" not in client.get("/").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in client.get("/docs").headers["Content-Security-Policy"]
    for path in ("/", "/docs"):
        assert "script-src 'self';" in client.get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/widget.js", "/healthz", "/nothing"])
def test_every_response_forbids_sniffing_and_names_its_trace(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Trace-Id"]


def test_the_widget_is_public_whatever_the_allow_list_says(
    client: FlaskClient, open_client: FlaskClient
) -> None:
    for one in (client, open_client):
        headers = one.get("/widget.js", headers={"Origin": "https://anywhere.example"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Content-Type"].startswith("text/javascript")


def test_without_an_allow_list_no_other_site_may_read_an_answer(client: FlaskClient) -> None:
    response = client.post("/", json={"sent": "您好"}, headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_listed_site_may_read_answers_and_errors(open_client: FlaskClient) -> None:
    for body in ({"sent": "您好"}, {"sent": 1}):
        response = open_client.post("/", json=body, headers={"Origin": ORIGIN})
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert response.headers["Access-Control-Expose-Headers"] == "X-Trace-Id"
        assert "Origin" in response.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://shop.example", "https://shop.example.evil", "null"]
)
def test_a_site_that_is_not_listed_may_not(open_client: FlaskClient, origin: str) -> None:
    response = open_client.post("/", json={"sent": "您好"}, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/api/predict/shop"])
def test_a_preflight_of_a_listed_site_is_answered(open_client: FlaskClient, path: str) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = open_client.options(path, headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_a_star_opens_the_chat_to_any_site(
    service: FakeChatService, config: EngineConfig, log: io.BytesIO
) -> None:
    app = create_web_app(service, dataclasses.replace(config, cors_allow_origins=("*",)), "shop", log)
    response = app.test_client().post("/", json={"sent": "您好"}, headers={"Origin": "https://any.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_icon_a_browser_asks_for_on_its_own_is_there(client: FlaskClient) -> None:
    assert client.get("/favicon.ico").status_code in (200, 204)


@pytest.mark.parametrize("path", ["/assets/index.html", "/assets/..%2fwire.py", "/docs/..%2f__init__.py"])
def test_nothing_else_of_the_package_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
