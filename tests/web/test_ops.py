"""Health, metrics, API documents and logs."""

import dataclasses
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from chatbot.config import EngineConfig
from chatbot.web.application import create_web_app
from tests.fakes import FakeChatService


def test_alive_is_answered_without_asking_the_components(
    client: FlaskClient, service: FakeChatService
) -> None:
    service.components = {"redis": "gone"}
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "alive", "version": "0.1.0", "kb_version": service.kb_version}


def test_ready_when_every_component_is(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "ready",
        "components": {"index": None, "graph": None, "redis": None},
    }


def test_not_ready_says_which_component_and_why(client: FlaskClient, service: FakeChatService) -> None:
    service.components = {"index": None, "redis": "Redis 没有回答"}
    response = client.get("/readyz")
    assert response.status_code == 503
    body = response.get_json()
    assert (body["error"]["code"], body["error"]["message"]) == ("not_ready", "redis: Redis 没有回答")
    assert body["components"] == {"index": None, "redis": "Redis 没有回答"}


def test_turns_are_counted_by_state_source_and_outcome_with_their_time(
    client: FlaskClient, service: FakeChatService
) -> None:
    for _ in range(3):
        client.post("/", json={"sent": "您好"})
    service.reply = dataclasses.replace(service.reply, degraded=True)
    client.post("/", json={"sent": "您好"})
    service.components = {"redis": "gone", "index": None}
    text = client.get("/metrics").data.decode()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    labels = (("outcome", "chitchat"), ("source", "chitchat"), ("state", "chitchat"))
    assert samples[("chatbot_turns_total", *labels)] == 4
    assert samples[("chatbot_turn_seconds_count", ("source", "chitchat"))] == 4
    assert samples[("chatbot_session_store_errors_total", ("kind", "unavailable"))] == 1
    assert samples[("chatbot_kb_info", ("kb_version", service.kb_version))] == 1
    assert samples[("chatbot_component_ready", ("component", "redis"))] == 0
    assert samples[("chatbot_component_ready", ("component", "index"))] == 1


def test_each_turn_writes_one_json_line_without_what_was_said(client: FlaskClient, log: io.BytesIO) -> None:
    client.post("/", json={"sent": "秘密的话", "session_id": "u1"}, headers={"X-Trace-Id": "t1"})
    line = json.loads(log.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("elapsed_ms") >= 0
    assert line == {
        "event": "turn", "level": "info", "trace_id": "t1", "session_id": "u1", "state": "chitchat",
        "source": "chitchat", "type": "chitchat", "confidence": 1.0, "degraded": False,
    }  # fmt: skip


def test_what_was_said_is_logged_when_the_operator_asks_for_it(
    service: FakeChatService, config: EngineConfig, log: io.BytesIO
) -> None:
    app = create_web_app(service, dataclasses.replace(config, log_utterances=True), "shop", log)
    app.test_client().post("/", json={"sent": "秘密的话"})
    line = json.loads(log.getvalue())
    assert (line["sent"], line["answer"]) == ("秘密的话", "您好！")


def test_a_higher_log_level_writes_no_line_a_turn(
    service: FakeChatService, config: EngineConfig, log: io.BytesIO
) -> None:
    app = create_web_app(service, dataclasses.replace(config, log_level="warning"), "shop", log)
    app.test_client().post("/", json={"sent": "您好"})
    assert log.getvalue() == b""


def test_the_openapi_document_names_every_address(guarded: Callable[..., FlaskClient]) -> None:
    client = guarded()
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assets = {"/assets/{name}", "/docs/{name}", "/docs/start.js", "/favicon.ico"}
    rules = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule): rule.methods
        for rule in client.application.url_map.iter_rules()
    }
    served = {path for path in rules if not path.startswith("/admin")}
    assert set(document["paths"]) == served - assets


def test_every_reference_of_the_document_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/openapi.json").data.decode()
    schemas = json.loads(text)["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) == set(schemas) - {"ErrorReply"} | {
        "ErrorReply"
    }


class _Loaded(HTMLParser):
    """What a page loads, and whether it holds scripts of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline_scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        address = named.get("src") or (named.get("href") if tag == "link" else None)
        if address:
            self.addresses.append(address)
        elif tag == "script":
            self.inline_scripts += 1


@pytest.mark.parametrize("page", ["/", "/docs"])
def test_a_page_loads_only_what_the_service_itself_has(client: FlaskClient, page: str) -> None:
    response = client.get(page)
    loaded = _Loaded()
    loaded.feed(response.data.decode())
    assert response.status_code == 200
    assert loaded.addresses and loaded.inline_scripts == 0
    for address in loaded.addresses:
        assert "//" not in address
        assert client.get("/" + address.lstrip("/")).status_code == 200
