"""Doors: tokens, roles, log-in, CSRF, limits, addresses."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.accounts.edge import Edge
from chatbot.accounts.identity import REMEMBERED_SECONDS, login_subjects
from chatbot.errors import StoreUnavailableError
from chatbot.web.openapi_v1 import OPERATIONS, Operation
from tests.fakes import FakeChatService, FakeDesk
from tests.web.conftest import PASSWORD, SETUP, Clock

Guarded = Callable[..., FlaskClient]
CLOSED = [one for one in OPERATIONS if one.role]
IDS = [f"{one.method} {one.path}" for one in CLOSED]


def call(client: FlaskClient, one: Operation, headers: dict[str, str] | None = None) -> TestResponse:
    path = re.sub(r"\{\w+\}", "x", one.path)
    return client.open(path, method=one.method.upper(), headers=headers, json={} if one.model else None)


def code(response: TestResponse) -> str:
    return str(response.get_json()["error"]["code"])


@pytest.mark.parametrize("one", CLOSED, ids=IDS)
def test_without_a_token_every_closed_address_is_401(
    guarded: Guarded, desk: FakeDesk, one: Operation
) -> None:
    client = guarded()
    for headers in (
        None,
        {"Authorization": "Bearer wrong"},
        {"Authorization": "wrong"},
        {"Cookie": "chatbot_login=x"},
    ):
        response = call(client, one, headers)
        assert (response.status_code, code(response)) == (401, "unauthorized")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert desk.asked == []


@pytest.mark.parametrize("one", CLOSED, ids=IDS)
def test_a_lower_role_is_403_and_the_right_one_gets_through(
    guarded: Guarded, tokens: dict[str, dict[str, str]], one: Operation
) -> None:
    client, order = guarded(), ("chat", "operator", "admin")
    for role in order:
        status = call(client, one, tokens[role]).status_code
        assert (status == 403) == (order.index(role) < order.index(one.role)), role
        assert status not in (401, 500)


def test_the_chat_is_open_by_default_and_closed_when_the_operator_says_so(
    guarded: Guarded, tokens: dict[str, dict[str, str]], service: FakeChatService
) -> None:
    sent = {"sent": "您好"}
    assert guarded().post("/", json=sent).status_code == 200
    closed = guarded(require_chat_token=True)
    service.heard.clear()
    for path, body in (
        ("/", sent), ("/api/predict/shop", sent), ("/webhooks/rest/webhook", {"sender": "a", "message": "b"}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "b"}]}),
        ("/v1/feedback", {"trace_id": "known", "vote": "up"}),
    ):  # fmt: skip
        assert closed.post(path, json=body).status_code == 401, path
        assert closed.post(path, json=body, headers=tokens["chat"]).status_code == 200, path
    assert closed.get("/v1/suggest?q=a").status_code == 401
    assert len(service.heard) == 4


def test_tokens_and_passwords_are_kept_as_hashes_only(edge: Edge, admin: FlaskClient) -> None:
    token = edge.staff.issue_token("admin", "admin", "ci")
    cookie = admin.get_cookie("chatbot_login")
    assert cookie is not None
    edge.close()
    database = edge.identity.people._database.url.database  # type: ignore[attr-defined]  # the file itself
    with open(database, "rb") as file:
        stored = file.read()
    for secret in (token, cookie.value, PASSWORD):
        assert secret.encode() not in stored
    assert b"scrypt$" in stored


def test_there_is_no_account_before_the_set_up_link_is_used(guarded: Guarded, edge: Edge) -> None:
    client = guarded()
    for name, password in (("admin", "admin"), ("admin", ""), ("", ""), ("root", "password123")):
        assert client.post("/v1/login", json={"name": name, "password": password}).status_code == 401
    assert edge.staff.is_empty()


def test_the_set_up_link_works_once_and_only_with_its_token(guarded: Guarded, edge: Edge) -> None:
    client, form = guarded(), {"name": "admin", "password": PASSWORD}
    assert client.get(f"/admin/setup?token={SETUP}").status_code == 200
    for wrong in ("", "x", SETUP[:-1]):
        assert client.post("/admin/setup", data={**form, "token": wrong}).status_code == 403
    assert client.post("/admin/setup", data={**form, "password": "short", "token": SETUP}).status_code == 400
    assert client.post("/admin/setup", data={**form, "token": SETUP}).status_code == 303
    second = guarded().post("/admin/setup", data={"name": "b", "password": PASSWORD, "token": SETUP})
    assert second.status_code == 403
    assert [(user.name, user.role) for user in edge.staff.users()] == [("admin", "admin")]


def test_the_log_in_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(
    guarded: Guarded, admin: FlaskClient
) -> None:
    response = guarded().post("/v1/login", json={"name": "admin", "password": PASSWORD})
    morsel = SimpleCookie(response.headers["Set-Cookie"])["chatbot_login"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["secure"]) == (
        True,
        "Lax",
        "/",
        "",
    )
    over_tls = guarded().post(
        "/v1/login", json={"name": "admin", "password": PASSWORD}, base_url="https://localhost"
    )
    assert SimpleCookie(over_tls.headers["Set-Cookie"])["chatbot_login"]["secure"]


def test_a_write_from_a_browser_needs_its_csrf_token(admin: FlaskClient, desk: FakeDesk) -> None:
    token = admin.get("/v1/me").get_json()["csrf_token"]
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 32}, {"X-CSRF-Token": "é"}):
        assert admin.post("/v1/reload", headers=headers).status_code == 403
    assert desk.asked == []
    assert admin.post("/v1/reload", headers={"X-CSRF-Token": token}).status_code == 202
    assert admin.post("/v1/reload", data={"csrf_token": token}).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_write_that_another_site_sends_is_refused_even_with_the_token(
    admin: FlaskClient, guarded: Guarded, headers: dict[str, str]
) -> None:
    token = admin.get("/v1/me").get_json()["csrf_token"]
    assert admin.post("/v1/reload", headers={"X-CSRF-Token": token, **headers}).status_code == 403
    form = {"name": "admin", "password": PASSWORD}
    assert guarded().post("/admin/login", data=form, headers=headers).status_code == 403
    assert guarded().post("/v1/login", json=form, headers=headers).status_code == 403


def test_a_token_in_the_header_needs_no_csrf_token(
    guarded: Guarded, tokens: dict[str, dict[str, str]]
) -> None:
    assert guarded().post("/v1/reload", headers=tokens["admin"]).status_code == 202


def test_logging_out_ends_the_session_on_the_server_too(admin: FlaskClient, guarded: Guarded) -> None:
    cookie = admin.get_cookie("chatbot_login")
    assert cookie is not None
    csrf = admin.get("/v1/me").get_json()["csrf_token"]
    assert admin.post("/v1/logout", headers={"X-CSRF-Token": csrf}).status_code == 200
    stolen = guarded()
    stolen.set_cookie("chatbot_login", cookie.value)
    assert stolen.get("/v1/me").status_code == 401


def test_a_revoked_token_a_disabled_user_and_a_new_password_close_the_door(
    guarded: Guarded, edge: Edge, tokens: dict[str, dict[str, str]], clock: Clock
) -> None:
    client = guarded()
    assert client.get("/v1/me", headers=tokens["operator"]).status_code == 200
    edge.staff.revoke_token("admin", edge.staff.tokens("operator-user")[0].token_id)
    assert client.get("/v1/me", headers=tokens["operator"]).status_code == 401
    edge.staff.set_disabled("admin", "chat-user", True)
    assert client.get("/v1/me", headers=tokens["chat"]).status_code == 401
    edge.staff.add_user("admin", "op", "operator", PASSWORD)
    browser = guarded()
    assert browser.post("/v1/login", json={"name": "op", "password": PASSWORD}).status_code == 200
    edge.staff.set_password("admin", "op", "another long one")
    clock.now += REMEMBERED_SECONDS
    assert browser.get("/v1/me").status_code == 401


def test_a_token_ends_when_its_days_are_over(guarded: Guarded, edge: Edge, admin: FlaskClient) -> None:
    token = edge.staff.issue_token("admin", "admin", "old", days=1)
    row = edge.staff.tokens("admin")[-1]
    assert row.expires_ms - row.created_ms == 86_400_000
    assert edge.identity.people.accounts.find_token(row.hash, row.expires_ms - 1) is not None
    assert edge.identity.people.accounts.find_token(row.hash, row.expires_ms) is None
    assert guarded().get("/v1/me", headers={"Authorization": token}).status_code == 200


def test_guessing_a_password_is_locked_out_and_the_right_one_too(
    admin: FlaskClient, guarded: Guarded
) -> None:
    client = guarded()
    statuses = [
        client.post("/v1/login", json={"name": "admin", "password": "no"}).status_code for _ in range(11)
    ]
    assert statuses == [401] * 10 + [429]
    locked = client.post("/v1/login", json={"name": "admin", "password": PASSWORD})
    assert locked.status_code == 429
    assert 80 <= int(locked.headers["Retry-After"]) <= 90
    elsewhere = client.post(
        "/v1/login", json={"name": "admin", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.9.9.9"}
    )
    assert elsewhere.status_code == 200  # a stranger cannot lock the administrator out


def test_many_names_from_one_address_are_locked_out_as_well(guarded: Guarded, edge: Edge) -> None:
    for number in range(99):
        assert edge.limiter.take(login_subjects(f"u{number}", "127.0.0.1")) is None
    statuses = [
        guarded().post("/v1/login", json={"name": f"v{n}", "password": "x"}).status_code for n in (1, 2)
    ]
    assert statuses == [401, 429]


def test_a_browser_that_is_not_logged_in_gets_the_form_and_a_page_for_its_errors(guarded: Guarded) -> None:
    client = guarded()
    page = client.get("/admin/login?next=/admin/faq")
    assert page.status_code == 200 and b'value="/admin/faq"' in page.data
    failed = client.post("/admin/login", data={"name": "a", "password": "b"}, headers={"Accept": "text/html"})
    assert failed.status_code == 401
    assert failed.mimetype == "text/html" and "用户名或密码不对" in failed.data.decode()


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/admin//evil.example", "/admin/../x", "/x", "javascript:alert(1)",
     "/admin\\evil", '/admin/"><script>', "/admin/\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_the_way_after_the_log_in_stays_in_the_console(
    admin: FlaskClient, guarded: Guarded, target: str
) -> None:
    client = guarded()
    form = {"name": "admin", "password": PASSWORD, "next": target}
    assert client.post("/admin/login", data=form).headers["Location"] == "/admin"
    page = client.get("/admin/login", query_string={"next": target}).data.decode()
    assert "evil" not in page and "<script" not in page


def test_a_set_up_token_out_of_the_address_cannot_become_markup(guarded: Guarded) -> None:
    page = guarded().get("/admin/setup", query_string={"token": '"><script>alert(1)</script>'})
    assert b"<script" not in page.data


def test_a_database_that_is_away_is_503_for_operators_and_the_open_chat_goes_on(
    guarded: Guarded, edge: Edge, desk: FakeDesk, tokens: dict[str, dict[str, str]]
) -> None:
    desk.error = StoreUnavailableError("数据库没有答复")
    client = guarded()
    response = client.get("/v1/unanswered", headers=tokens["operator"])
    assert (response.status_code, code(response)) == (503, "store_unavailable")
    assert client.post("/", json={"sent": "您好"}).status_code == 200


def test_logins_failed_and_made_are_in_the_audit_log_in_one_line_each(
    admin: FlaskClient, guarded: Guarded, edge: Edge
) -> None:
    guarded().post("/v1/login", json={"name": "evil\nroot logged in", "password": "x"})
    entries = [(one.actor, one.action, one.subject) for one in edge.identity.people.audit.entries()]
    assert entries[0] == ("admin", "set_up", "first-admin")
    assert entries[-1] == ("-", "login_failed", "evil�root logged in")
