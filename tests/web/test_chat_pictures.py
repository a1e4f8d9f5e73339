"""``image`` in the body of a chat request: taken where it is configured, refused with the reason where it is not."""

import base64
import dataclasses
import io

import pytest
from flask.testing import FlaskClient

from chatbot.config import EngineConfig
from chatbot.web.application import create_web_app
from tests.fakes import FakeChatService

PICTURE = base64.b64encode(b"\x89PNG" * 10).decode()


@pytest.fixture
def seeing(service: FakeChatService, config: EngineConfig, log: io.BytesIO) -> FlaskClient:
    """A service that takes pictures of 1 MB."""
    with_images = dataclasses.replace(
        config, image_service_url="http://127.0.0.1:1/api/predict/x", image_max_mb=1
    )
    return create_web_app(service, with_images, "shop", log).test_client(use_cookies=False)


@pytest.mark.parametrize("head", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("body", [{"sent": "这是什么车"}, {"sent": "这是什么车", "session_id": "s1"}])
def test_a_picture_comes_with_the_message(
    seeing: FlaskClient, service: FakeChatService, head: str, body: dict[str, str]
) -> None:
    assert seeing.post("/", json={**body, "image": head + PICTURE}).status_code == 200
    assert (service.heard[-1].sent, service.heard[-1].picture) == ("这是什么车", PICTURE)


@pytest.mark.parametrize("body", [{}, {"sent": ""}, {"sent": "  "}])
def test_a_picture_needs_no_words(
    seeing: FlaskClient, service: FakeChatService, body: dict[str, str]
) -> None:
    assert seeing.post("/", json={**body, "image": PICTURE}).status_code == 200
    assert service.heard[-1].sent.strip() == "" and service.heard[-1].picture == PICTURE


def test_a_picture_as_large_as_allowed_fits_into_the_body(
    seeing: FlaskClient, service: FakeChatService
) -> None:
    largest = base64.b64encode(bytes(2**20)).decode()
    assert seeing.post("/", json={"sent": "看", "image": largest}).status_code == 200
    assert service.heard[-1].picture == largest


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (base64.b64encode(bytes(2**20 + 9)).decode(), "1 MB"),
        ("不是 base64", "base64"),
        ("", "base64"),
        (5, "整数"),
        (["a"], "列表"),
    ],
    ids=["large", "text", "empty", "number", "list"],
)
def test_what_is_no_picture_is_refused_with_the_reason(seeing: FlaskClient, image: object, why: str) -> None:
    response = seeing.post("/", json={"sent": "看", "image": image})
    assert response.status_code == 400
    assert (
        "image" in response.get_json()["error"]["message"] and why in response.get_json()["error"]["message"]
    )


def test_without_an_image_service_a_picture_is_refused_and_the_way_out_named(client: FlaskClient) -> None:
    response = client.post("/", json={"sent": "看", "image": PICTURE, "session_id": "s1"})
    assert response.status_code == 400 and "image_service_url" in response.get_json()["error"]["message"]


def test_other_bodies_stay_as_small_as_before(client: FlaskClient, seeing: FlaskClient) -> None:
    large = {"sent": "看", "message": "看", "session_id": "s1", "more": "x" * (2**20 + 9)}
    assert client.post("/", json=large).status_code == 413
    assert seeing.post("/webhooks/rest/webhook", json=large).status_code == 413


def test_the_page_offers_pictures_only_where_they_are_taken(client: FlaskClient, seeing: FlaskClient) -> None:
    assert 'data-image="true"' in seeing.get("/").get_data(as_text=True)
    assert "data-image" not in client.get("/").get_data(as_text=True)
