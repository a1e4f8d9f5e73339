"""The HTTP side: one shape for errors, a request id in every reply, a token where one is set."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chatbot.predict.batching import BatchLimits
from chatbot.predict.body_room import BodyRoom
from chatbot.predict.description import PredictService
from chatbot.predict.hosting import HostedService, House
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.security.credentials import token_hash
from tests.predict.fakes import FakePredictor, fake_processor

GOOD = {"id": "110", "first_sequence": "您好"}


def hosted(
    name: str, predictor: FakePredictor, metrics: PredictMetrics, token: str = "", **limits: Any
) -> HostedService:
    service = PredictService(name, "fake", None, limits=BatchLimits(**limits), seconds=5.0)
    kept = token_hash(token) if token else ""
    return HostedService(service, fake_processor(predictor), predictor, predictor.describe(), kept, metrics)


@pytest.fixture
def predictor() -> FakePredictor:
    return FakePredictor()


@pytest.fixture
def house(predictor: FakePredictor) -> Iterator[House]:
    metrics = PredictMetrics()
    made = House(
        [hosted("open", predictor, metrics), hosted("closed", FakePredictor(), metrics, token="sesame")]
    )
    yield made
    predictor.hold.set()
    made.stop()


@pytest.fixture
def client(house: House) -> FlaskClient:
    house.start()
    return create_predict_app(house, house.services["open"].metrics).test_client()


def test_one_object_is_answered_with_its_id_and_the_requests(client: FlaskClient) -> None:
    reply = client.post("/api/predict/open", json=GOOD, headers={"X-Trace-Id": "mine"})
    assert (reply.status_code, reply.headers["X-Request-Id"]) == (200, "mine")
    assert reply.json == {"id": "110", "length": 2, "version": "1", "request_id": "mine"}


def test_a_list_is_answered_item_by_item_in_order(client: FlaskClient) -> None:
    reply = client.post("/api/predict/open", json=[GOOD, {"id": 2}, {"first_sequence": "boom"}, GOOD])
    assert reply.status_code == 200 and reply.headers["X-Request-Id"]
    assert isinstance(reply.json, list)
    codes = [one.get("error", {}).get("code") for one in reply.json]
    assert codes == [None, "invalid_item", "prediction_failed", None]


@pytest.mark.parametrize(
    ("name", "body", "headers", "status", "code"),
    [
        ("open", b"{", {}, 400, "invalid_message"),
        ("open", b'{"first_sequence": ""}', {}, 400, "invalid_item"),
        ("open", b'{"first_sequence": "boom"}', {}, 500, "prediction_failed"),
        ("none", b"{}", {}, 404, "not_found"),
        ("closed", b"{}", {}, 401, "unauthorized"),
        ("closed", b"{}", {"Authorization": "wrong"}, 401, "unauthorized"),
        ("closed", b"{}", {"Authorization": "Bearer sesame2"}, 401, "unauthorized"),
    ],
)
def test_errors_have_one_shape(
    client: FlaskClient, name: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    reply = client.post(f"/api/predict/{name}", data=body, headers=headers)
    assert reply.status_code == status and reply.json
    assert reply.json["error"]["code"] == code and reply.json["error"]["message"]
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]


@pytest.mark.parametrize("given", ["sesame", "Bearer sesame"])
def test_the_token_opens_with_and_without_bearer(client: FlaskClient, given: str) -> None:
    reply = client.post("/api/predict/closed", json=GOOD, headers={"Authorization": given})
    assert reply.status_code == 200


def test_a_wrong_method_and_a_body_too_large_are_told_so(client: FlaskClient) -> None:
    wrong = client.get("/api/predict/open")
    assert wrong.status_code == 405 and "POST" in wrong.headers["Allow"] and wrong.json
    assert client.post("/api/predict/open", data=b"x" * (17 * 2**20)).status_code == 413


def test_readiness_tells_which_service_is_not_ready_and_the_others_answer(
    house: House, predictor: FakePredictor
) -> None:
    predictor.trouble = "labels.txt: 坏了"
    client = create_predict_app(house, PredictMetrics()).test_client()
    assert client.get("/readyz").status_code == 503
    house.start()
    ready = client.get("/readyz")
    assert ready.status_code == 503 and ready.json
    assert ready.json["services"] == {"open": "labels.txt: 坏了", "closed": "ok"}
    refused = client.post("/api/predict/open", json=GOOD)
    assert refused.status_code == 503 and "Retry-After" in refused.headers
    assert (
        client.post("/api/predict/closed", json=GOOD, headers={"Authorization": "sesame"}).status_code == 200
    )


def test_a_model_that_fails_on_its_own_example_is_not_served(house: House, predictor: FakePredictor) -> None:
    predictor.predict = lambda items: []  # type: ignore[method-assign, assignment]
    house.start()
    assert "0 outcomes" in house.troubles()["open"]


def test_too_many_at_once_are_told_to_come_again(predictor: FakePredictor) -> None:
    metrics = PredictMetrics()
    house = House([hosted("tight", predictor, metrics, max_batch_size=1, max_queue=1)])
    house.start()
    app = create_predict_app(house, metrics)
    predictor.hold.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(lambda: app.test_client().post("/api/predict/tight", json=GOOD)) for _ in range(8)
        ]
        refused = next(one.result() for one in as_done(asked))
        predictor.hold.set()
        statuses = [one.result().status_code for one in asked]
    house.stop()
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    assert set(statuses) == {200, 429} and statuses.count(200) >= 2


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://else.where"}], ids=["short way", "Flask's"])
def test_bodies_that_would_not_fit_in_memory_are_told_to_come_again(
    predictor: FakePredictor, origin: dict[str, str]
) -> None:
    room = BodyRoom(100)
    house = House([hosted("open", predictor, PredictMetrics())])
    house.start()
    app = create_predict_app(house, PredictMetrics(), room=room)
    predictor.hold.clear()
    large = json.dumps({**GOOD, "more": "x" * 60})

    def ask(body: str) -> Any:
        return app.test_client().post("/api/predict/open", data=body, headers=origin)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, large)
        while not predictor.begun > 2:  # two of them warm the model up
            time.sleep(0.001)
        refused, held = ask(large), room.held
        predictor.hold.set()
        assert first.result().status_code == 200
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    assert refused.json["error"]["code"] == "overloaded" and refused.json["request_id"]
    assert held == len(large) and room.held == 0
    assert ask(json.dumps({**GOOD, "more": "x" * 200})).status_code == 200  # alone, larger than all the room
    assert ask("{").status_code == 400 and room.held == 0
    house.stop()


def as_done(asked: list[Any]) -> Iterator[Any]:
    from concurrent.futures import as_completed

    yield from as_completed(asked)


def test_metrics_count_requests_items_and_batches_by_service(client: FlaskClient) -> None:
    client.post("/api/predict/open", json=[GOOD, {"id": 2}])
    client.post("/api/predict/open", data=b"{")
    text = client.get("/metrics").text
    assert 'predict_requests_total{service="open",status="200"} 1.0' in text
    assert 'predict_requests_total{service="open",status="400"} 1.0' in text
    assert 'predict_items_total{fate="predicted",service="open"} 1.0' in text
    assert 'predict_items_total{fate="refused",service="open"} 1.0' in text
    assert 'predict_batch_size_count{service="open"} 1.0' in text
    figures = client.get("/v1/figures").json
    assert figures and figures["services"]["open"]["predict_request_seconds_count"] == 2
    assert figures["services"]["open"]["p50_ms"] > 0
    assert figures["process"]["predict_process_memory_bytes"] > 0


def test_services_are_listed_with_their_example_and_without_their_token(client: FlaskClient) -> None:
    listed = client.get("/v1/services").json
    assert listed and [one["name"] for one in listed] == ["open", "closed"]
    assert listed[1]["needs_token"] is True and "sesame" not in str(listed)
    assert client.get("/v1/services/open").json == listed[0]
    assert client.get("/v1/services/none").status_code == 404


def test_the_document_describes_what_the_service_takes_and_gives(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document
    operation = document["paths"]["/api/predict/closed"]["post"]
    assert operation["security"] == [{"token": []}]
    asked = operation["requestBody"]["content"]["application/json"]["schema"]
    answered = operation["responses"]["200"]["content"]["application/json"]["schema"]
    reply = client.post("/api/predict/open", json=[GOOD, {"id": 1}]).json
    Draft202012Validator(asked).validate([GOOD])
    Draft202012Validator(answered).validate(reply)
    assert not Draft202012Validator(asked).is_valid({"id": 1})


def test_the_page_and_its_files_come_from_the_package(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.mimetype == "text/html" and "模型服务" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert client.get("/page/page.js").status_code == 200 == client.get("/page/page.css").status_code
    assert client.get("/page/none.js").status_code == 404 == client.get("/elsewhere").status_code
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 7, "first_sequence": "\xe6\x82\xa8\xe5\xa5\xbd"}',
        b'[{"first_sequence": "x"}, {"id": 2}, {"first_sequence": "boom"}]',
        b'{"id": 1}',
        b'{"first_sequence": "boom"}',
        b"[]",
        b"{",
    ],
    ids=["object", "list", "bad object", "fails", "empty list", "no json"],
)
@pytest.mark.parametrize("token", ["", "wrong", "Bearer sesame"], ids=["none", "wrong", "right"])
def test_the_short_way_gives_what_flask_gives(client: FlaskClient, body: bytes, token: str) -> None:
    """Another site's page goes through Flask's routing: status, body and headers are the same."""
    headers = {"X-Trace-Id": "same", **({"Authorization": token} if token else {})}
    short = client.post("/api/predict/closed", data=body, headers=headers)
    long = client.post("/api/predict/closed", data=body, headers={**headers, "Origin": "https://else.where"})
    assert (short.status_code, short.data) == (long.status_code, long.data)
    assert sorted(short.headers.items()) == sorted(long.headers.items())


def test_requests_of_the_short_way_are_counted(client: FlaskClient) -> None:
    client.post("/api/predict/open", json=GOOD)
    client.post("/api/predict/closed", json=GOOD)
    text = client.get("/metrics").text
    assert 'predict_requests_total{service="open",status="200"} 1.0' in text
    assert 'predict_requests_total{service="closed",status="401"} 1.0' in text
