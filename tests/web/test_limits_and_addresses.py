"""Doors that count and doors that know addresses."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.accounts.edge import Edge
from tests.fakes import FakeChatService
from tests.web.conftest import Clock

Guarded = Callable[..., FlaskClient]


def code(response: TestResponse) -> str:
    return str(response.get_json()["error"]["code"])


@pytest.mark.parametrize("kind", ["address", "session"])
def test_a_limit_counts_and_says_when_to_come_again(guarded: Guarded, kind: str, clock: Clock) -> None:
    client = guarded(**{f"rate_limit_per_{kind}": 6})
    body = {"sent": "您好", "session_id": "s1"}
    assert [client.post("/", json=body).status_code for _ in range(7)] == [200] * 6 + [429]
    refused = client.post("/", json=body)
    assert (code(refused), refused.headers["Retry-After"]) == ("rate_limited", "10")
    other = {"session": {"json": {**body, "session_id": "s2"}},
             "address": {"json": body, "environ_base": {"REMOTE_ADDR": "10.0.0.9"}}}[kind]  # fmt: skip
    assert client.post("/", **other).status_code == 200  # type: ignore[arg-type]
    clock.now += 10
    assert client.post("/", json=body).status_code == 200


def test_a_tokens_limit_follows_the_token_not_the_address(
    guarded: Guarded, tokens: dict[str, dict[str, str]]
) -> None:
    client = guarded(rate_limit_per_token=2)
    sent = {"json": {"sent": "您好"}}
    assert [client.post("/", **sent, headers=tokens["chat"]).status_code for _ in range(3)] == [200, 200, 429]
    assert client.post("/", **sent, headers=tokens["operator"]).status_code == 200
    assert client.post("/", **sent).status_code == 200


def test_without_limits_nothing_is_asked_of_the_limiter(
    service: FakeChatService, guarded: Guarded, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(type(edge.limiter), "take", lambda self, subjects: asked.append(subjects))
    assert guarded().post("/", json={"sent": "您好"}).status_code == 200
    assert asked == []
    assert (
        guarded(rate_limit_per_address=5, rate_limit_per_session=5).post("/", json={"sent": "a"}).status_code
        == 200
    )
    assert len(asked) == 1  # one call, whatever is counted


def test_only_listed_addresses_are_served_but_probes_always(guarded: Guarded) -> None:
    client = guarded(allow_addresses=("10.0.0.0/8",))
    inside, outside = {"REMOTE_ADDR": "10.1.2.3"}, {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/", environ_base=inside).status_code == 200
    refused = client.post("/", json={"sent": "a"}, environ_base=outside)
    assert (refused.status_code, code(refused)) == (403, "forbidden")
    assert client.get("/healthz", environ_base=outside).status_code == 200


def test_only_listed_addresses_see_the_console(guarded: Guarded, tokens: dict[str, dict[str, str]]) -> None:
    client = guarded(admin_allow_addresses=("10.0.0.0/8",))
    outside = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/v1/users", headers=tokens["admin"], environ_base=outside).status_code == 403
    assert client.get("/admin/login", environ_base=outside).status_code == 403
    assert client.post("/v1/login", json={}, environ_base=outside).status_code == 403
    assert client.post("/", json={"sent": "a"}, environ_base=outside).status_code == 200
    inside = {"REMOTE_ADDR": "10.1.1.1"}
    assert client.get("/v1/users", headers=tokens["admin"], environ_base=inside).status_code == 200


def test_what_a_client_writes_into_forwarded_for_is_not_believed(guarded: Guarded) -> None:
    client = guarded(allow_addresses=("10.0.0.0/8",), trusted_proxies=("172.16.0.1",))
    lie = {"X-Forwarded-For": "10.0.0.1"}
    assert client.get("/", headers=lie, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    assert client.get("/", headers=lie, environ_base={"REMOTE_ADDR": "172.16.0.1"}).status_code == 200
    chain = {"X-Forwarded-For": "10.0.0.1, 192.0.2.1"}
    assert client.get("/", headers=chain, environ_base={"REMOTE_ADDR": "172.16.0.1"}).status_code == 403


def test_the_row_of_a_limit_never_holds_a_token(
    guarded: Guarded, edge: Edge, tokens: dict[str, dict[str, str]]
) -> None:
    guarded(rate_limit_per_token=5).post("/", json={"sent": "a"}, headers=tokens["chat"])
    kept = edge.limiter._full_at  # type: ignore[attr-defined]  # what it remembers
    names = [name for kind, name in kept if kind == "token"]
    assert names == [row.token_id for row in edge.staff.tokens("chat-user")]
