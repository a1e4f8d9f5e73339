"""Existing clients, unmodified: OpenAI's own package over loopback, and a Rasa REST channel."""

import dataclasses
import json
from collections.abc import Iterator

import openai
import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.errors import SessionBusyError
from chatbot.reply import Reply
from tests.browser.stand_in import serving
from tests.fakes import FakeChatService

ANSWER = "松峦Q5 的纯电续航里程是 525km，" * 5


@pytest.fixture
def openai_client(app: Flask, service: FakeChatService) -> Iterator[openai.OpenAI]:
    service.reply = dataclasses.replace(service.reply, answer=ANSWER)
    with (
        serving(app) as origin,
        openai.OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def test_openais_package_gets_a_completion(openai_client: openai.OpenAI, service: FakeChatService) -> None:
    completion = openai_client.chat.completions.create(
        model="shop",
        messages=[
            {"role": "system", "content": "你是客服"},
            {"role": "user", "content": "松峦Q5"},
            {"role": "assistant", "content": "您想了解什么？"},
            {"role": "user", "content": [{"type": "text", "text": "续航多少"}]},
        ],
        user="u1",
        temperature=0.3,
    )
    choice = completion.choices[0]
    assert (choice.message.role, choice.message.content, choice.finish_reason) == (
        "assistant",
        ANSWER,
        "stop",
    )
    assert (completion.object, completion.model) == ("chat.completion", "shop")
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (4, len(ANSWER))
    assert completion.model_extra is not None and completion.model_extra["chatbot"]["suggestions"]
    assert [(heard.sent, heard.session_id) for heard in service.heard] == [("续航多少", "u1")]


@pytest.mark.parametrize("usage", [False, True])
def test_openais_package_gets_a_stream(
    openai_client: openai.OpenAI, service: FakeChatService, usage: bool
) -> None:
    stream = openai_client.chat.completions.create(
        model="gpt-any", messages=[{"role": "user", "content": "续航多少"}], stream=True,
        stream_options={"include_usage": usage},
    )  # fmt: skip
    chunks = list(stream)
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == ANSWER
    assert len([piece for piece in pieces if piece]) > 3
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert (chunks[-1].usage is not None) == usage


def test_openais_streaming_helper_works_too(openai_client: openai.OpenAI) -> None:
    with openai_client.chat.completions.stream(
        model="shop", messages=[{"role": "user", "content": "续航多少"}]
    ) as stream:
        assert stream.until_done().get_final_completion().choices[0].message.content == ANSWER


def test_openais_package_lists_the_one_model(openai_client: openai.OpenAI) -> None:
    assert [model.id for model in openai_client.models.list()] == ["shop"]
    assert openai_client.models.retrieve("shop").object == "model"


def test_openais_package_understands_our_errors(
    openai_client: openai.OpenAI, service: FakeChatService
) -> None:
    with pytest.raises(openai.BadRequestError, match="user"):
        openai_client.chat.completions.create(model="shop", messages=[{"role": "system", "content": "x"}])
    service.error = SessionBusyError("会话 u1 正忙")
    with pytest.raises(openai.RateLimitError, match="正忙"):
        openai_client.chat.completions.create(model="shop", messages=[{"role": "user", "content": "x"}])
    service.error = RuntimeError("secret")
    with pytest.raises(openai.InternalServerError) as caught:
        openai_client.chat.completions.create(model="shop", messages=[{"role": "user", "content": "x"}])
    assert "secret" not in str(caught.value)


def ask(client: FlaskClient, headers: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    body = {"messages": [{"role": "user", "content": "您好"}], **more}
    response = client.post("/v1/chat/completions", json=body, headers=headers)
    assert response.status_code == 200, response.data
    return {"session": response.headers["X-Session-Id"], **response.get_json()}


def test_a_session_is_named_by_header_then_user_then_made(client: FlaskClient) -> None:
    assert ask(client, {"X-Session-Id": "h1"}, user="u1")["session"] == "h1"
    assert ask(client, user="u1")["session"] == "u1"
    assert ask(client)["session"] != ask(client)["session"]


def test_a_name_that_is_no_session_id_becomes_one_the_same_each_time(client: FlaskClient) -> None:
    first, again, other = (ask(client, user=name)["session"] for name in ("张 三@店", "张 三@店", "李四"))
    assert first == again != other
    assert str(first).startswith("name-")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"messages": []}, {"messages": "您好"}, {"messages": [7]}, {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "content": 7}]}, {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"messages": [{"role": "user", "content": "x" * 2001}]},
        {"messages": [{"role": "user", "content": "x"}], "stream": "yes"},
        {"messages": [{"role": "user", "content": "x"}], "stream": True, "stream_options": {"include_usage": 1}},
        {"messages": [{"role": "user", "content": "x"}], "user": 7},
        {"messages": [{"role": "user", "content": "x"}], "user": "x" * 257},
    ],
)  # fmt: skip
def test_a_malformed_completion_is_400_and_nothing_is_heard(
    client: FlaskClient, service: FakeChatService, body: object
) -> None:
    response = client.post("/v1/chat/completions", json=body)
    assert (response.status_code, response.get_json()["error"]["code"]) == (400, "invalid_message")
    assert service.heard == []


def test_the_rasa_channel_answers_with_text_and_buttons(
    client: FlaskClient, service: FakeChatService
) -> None:
    response = client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "您好", "metadata": {}})
    assert response.get_json() == [
        {
            "recipient_id": "u1",
            "text": "您好！",
            "buttons": [{"title": text, "payload": text} for text in ("续航多少", "多少钱")],
        }
    ]
    assert (service.heard[0].sent, service.heard[0].session_id) == ("您好", "u1")


def test_the_rasa_channel_without_suggestions_has_no_buttons_and_keeps_the_senders_name(
    client: FlaskClient, service: FakeChatService
) -> None:
    service.reply = Reply("好", "answer", "faq", "answering")
    response = client.post("/webhooks/rest/webhook", json={"sender": "微信 用户", "message": "您好"})
    assert response.get_json() == [{"recipient_id": "微信 用户", "text": "好"}]
    assert service.heard[0].session_id.startswith("name-")


@pytest.mark.parametrize("body", [{}, {"message": 1}, {"message": ""}, {"sender": 1, "message": "x"}, []])
def test_a_malformed_rasa_message_is_400(client: FlaskClient, body: object) -> None:
    assert client.post("/webhooks/rest/webhook", json=body).status_code == 400


def test_turns_of_foreign_clients_are_counted_and_logged(client: FlaskClient) -> None:
    client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "您好"})
    ask(client)
    metrics = client.get("/metrics").data.decode()
    assert 'chatbot_turns_total{outcome="chitchat",source="chitchat",state="chitchat"} 2.0' in metrics


def test_a_streams_events_end_with_done(client: FlaskClient) -> None:
    body = {"messages": [{"role": "user", "content": "您好"}], "stream": True}
    response = client.post("/v1/chat/completions", json=body)
    events = response.data.decode().split("\n\n")
    assert response.content_type == "text/event-stream; charset=utf-8"
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(json.loads(event.removeprefix("data: ")) for event in events[:-2])
