"""``POST /``: the contract's request and reply."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.knowledge_graph.plan import Condition, Plan
from chatbot.reply import FaqEvidence, GraphEvidence, Reply, Row
from chatbot.web.openapi import ChatReply
from tests.fakes import FakeChatService

CONTRACT_KEYS = [
    "session_id", "trace_id", "kb_version", "answer", "answer_type", "answer_source", "state", "confidence",
    "entities", "attribute", "evidence", "plan", "rows", "rows_total", "suggestions", "why", "elapsed_ms",
]  # fmt: skip
FULL = Reply(
    "是手动变速箱。", "answer", "kg", "answering", 0.930001, ("某汽车品牌 A型号 2021款 标准续航升级版",),
    "变速箱/变速箱类型",
    (
        FaqEvidence("问上市时间", 6, "什么时候能买到", 0.93, "feature_vector_faq_match", "answers/通用"),
        GraphEvidence("某汽车品牌 A型号", ("变速箱", "变速箱类型"), "手动变速箱", "某汽车品牌 A型号.json"),
    ),
    Plan("filter", (), (("属性", "经销商报价"),), (Condition(("属性", "经销商报价"), "<=", 300000.0, "元"),), "asc", 3),
    tuple(Row(f"车 {n}", {"经销商报价": f"{n}万"}) for n in range(30)), 37, ("那长续航版呢",), "graph: exact path",
)  # fmt: skip


def ask(client: FlaskClient, path: str = "/", **fields: Any) -> TestResponse:
    return client.post(path, json={"sent": "您好", **fields})


@pytest.mark.parametrize("path", ["/", "/api/predict/shop"])
def test_a_message_is_answered_in_the_contracts_shape(client: FlaskClient, path: str) -> None:
    response = ask(client, path, session_id="user-1")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    body = json.loads(response.data)
    assert list(body) == CONTRACT_KEYS
    assert (body["session_id"], body["answer"], body["kb_version"]) == (
        "user-1",
        "您好！",
        "0123456789abcdef",
    )
    ChatReply.model_validate(body, strict=True)


def test_evidence_plan_and_rows_have_the_contracts_shape(
    client: FlaskClient, service: FakeChatService
) -> None:
    service.reply = FULL
    body = ask(client).get_json()
    ChatReply.model_validate(body, strict=True)
    assert body["evidence"] == [
        {"source": "faq", "question": "问上市时间", "label": 6, "matched": "什么时候能买到", "score": 0.93,
         "module": "feature_vector_faq_match", "file": "answers/通用"},
        {"source": "kg", "entity": "某汽车品牌 A型号", "path": ["变速箱", "变速箱类型"], "value": "手动变速箱",
         "file": "某汽车品牌 A型号.json"},
    ]  # fmt: skip
    assert body["plan"] == {
        "op": "filter", "entities": [], "attributes": ["属性/经销商报价"],
        "conditions": [{"attribute": "属性/经销商报价", "op": "<=", "value": 300000.0, "unit": "元"}],
        "order": "asc", "limit": 3,
    }  # fmt: skip
    assert body["rows"][1] == {"entity": "车 1", "values": {"经销商报价": "1万"}}
    assert (len(body["rows"]), body["rows_total"]) == (20, 37)


@pytest.mark.parametrize(("limit", "rows"), [(1, 1), (25, 25), (1000, 30)])
def test_rows_limit_is_passed_on_and_kept(
    client: FlaskClient, service: FakeChatService, limit: int, rows: int
) -> None:
    service.reply = FULL
    assert len(ask(client, rows_limit=limit).get_json()["rows"]) == rows
    assert service.heard[-1].rows_limit == limit


def test_chinese_is_sent_as_it_is_and_without_spaces(client: FlaskClient) -> None:
    assert '"answer":"您好！"' in ask(client).data.decode()


def test_degraded_is_there_only_when_it_is_true(client: FlaskClient, service: FakeChatService) -> None:
    assert "degraded" not in ask(client).get_json()
    service.reply = replace(service.reply, degraded=True)
    body = ask(client).get_json()
    assert body["degraded"] is True
    ChatReply.model_validate(body, strict=True)


def test_elapsed_time_is_in_milliseconds(client: FlaskClient) -> None:
    assert 0 <= ask(client).get_json()["elapsed_ms"] < 1000


def test_without_an_id_one_is_made_returned_and_set_as_a_cookie(client: FlaskClient) -> None:
    response = ask(client)
    session_id = response.get_json()["session_id"]
    cookie = response.headers["Set-Cookie"]
    assert re.fullmatch(r"[0-9a-f]{32}", session_id)
    assert cookie.startswith(f"chatbot_session={session_id};")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"):
        assert part in cookie
    assert "Secure" not in cookie
    assert session_id != ask(client).get_json()["session_id"]


def test_over_https_the_cookie_is_for_https_only(client: FlaskClient) -> None:
    response = client.post("/", json={"sent": "您好"}, base_url="https://shop.example")
    assert "Secure" in response.headers["Set-Cookie"]


def test_a_browser_is_recognised_by_its_cookie(client: FlaskClient) -> None:
    response = client.post("/", json={"sent": "您好"}, headers={"Cookie": "chatbot_session=abc-1"})
    assert response.get_json()["session_id"] == "abc-1"


@pytest.mark.parametrize("cookie", ["a b", "", "x" * 129, "../../etc", "{a}"])
def test_a_cookie_of_another_form_is_replaced(client: FlaskClient, cookie: str) -> None:
    response = client.post("/", json={"sent": "您好"}, headers={"Cookie": f'chatbot_session="{cookie}"'})
    assert re.fullmatch(r"[0-9a-f]{32}", response.get_json()["session_id"])


def test_a_client_with_an_id_gets_no_cookie_and_its_id_goes_before_a_cookie(client: FlaskClient) -> None:
    body = {"sent": "您好", "session_id": "mine"}
    response = client.post("/", json=body, headers={"Cookie": "chatbot_session=other"})
    assert response.get_json()["session_id"] == "mine"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("given", ["abc", "a.b:c-d_E9", "x" * 128])
def test_a_well_formed_trace_id_is_kept(client: FlaskClient, service: FakeChatService, given: str) -> None:
    response = client.post("/", json={"sent": "您好"}, headers={"X-Trace-Id": given})
    assert response.headers["X-Trace-Id"] == response.get_json()["trace_id"] == given
    assert service.heard[-1].trace_id == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "<script>", "a;b"])
def test_a_trace_id_of_another_form_is_replaced(client: FlaskClient, given: str) -> None:
    response = client.post("/", json={"sent": "您好"}, headers={"X-Trace-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Trace-Id"])
    assert response.get_json()["trace_id"] == response.headers["X-Trace-Id"]


@pytest.mark.parametrize(
    ("raw", "heard"),
    [
        (r'{"sent": "您\u0000好"}', "您好"),
        (r'{"sent": "\ud83d您好\ude00"}', "您好"),
        (r'{"sent": "\ud83d\ude00"}', "😀"),
        ('\ufeff{"sent": "您好"}', "您好"),
        ('{"sent": "您好", "session_id": null, "further": 1}', "您好"),
        ('{"sent": "  空 格  "}', "  空 格  "),
    ],
    ids=["nul", "lone-surrogates", "emoji-as-pair", "bom", "null-id-and-further-keys", "spaces"],
)
def test_unusual_but_allowed_bodies_are_understood(
    client: FlaskClient, service: FakeChatService, raw: str, heard: str
) -> None:
    assert client.post("/", data=raw.encode()).status_code == 200
    assert service.heard[-1].sent == heard


def test_two_thousand_characters_are_allowed(client: FlaskClient) -> None:
    assert ask(client, sent="汉" * 2000).status_code == 200


def test_a_lone_surrogate_out_of_a_data_file_does_not_break_the_reply(
    client: FlaskClient, service: FakeChatService
) -> None:
    service.reply = replace(service.reply, answer="坏\ud800字")
    assert ask(client).get_json()["answer"] == "坏?字"


def test_the_content_type_of_the_request_does_not_matter(client: FlaskClient) -> None:
    response = client.post("/", data='{"sent": "您好"}', content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
