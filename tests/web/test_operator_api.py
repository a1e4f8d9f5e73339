"""What operators do under ``/v1``: it reaches the desk, and long work does not hold a request."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.fakes import FakeDesk
from tests.web.conftest import PASSWORD

Guarded = Callable[..., FlaskClient]


def test_feedback_is_kept_for_a_known_answer(guarded: Guarded, desk: FakeDesk) -> None:
    client = guarded()
    assert (
        client.post("/v1/feedback", json={"trace_id": "known", "vote": "down", "comment": "不对"}).status_code
        == 200
    )
    assert desk.asked == [("give", "known", "down", "不对")]
    assert client.post("/v1/feedback", json={"trace_id": "other", "vote": "up"}).status_code == 404
    for bad in ({}, {"trace_id": "known"}, {"trace_id": "known", "vote": "maybe"}, {"trace_id": 1, "vote": "up"},
                {"trace_id": "known", "vote": "up", "comment": "x" * 1001}):  # fmt: skip
        assert client.post("/v1/feedback", json=bad).status_code == 400


def test_suggestions_are_given_while_typing(client: FlaskClient) -> None:
    found = client.get("/v1/suggest?q=保&limit=2").get_json()
    assert [one["text"] for one in found["suggestions"]] == ["保0", "保1"]
    for bad in ("0", "21", "x", "-1", "1.5", "", "٣"):
        assert client.get("/v1/suggest", query_string={"q": "a", "limit": bad}).status_code == 400


def test_what_operators_read_and_do_reaches_the_desk_with_their_name(
    guarded: Guarded, desk: FakeDesk, tokens: dict[str, dict[str, str]]
) -> None:
    client = guarded()
    get = [client.get(path, headers=tokens["operator"]).status_code for path in (
        "/v1/unanswered?limit=3", "/v1/proposals", "/v1/proposals/p1", "/v1/faq?q=保养&start=5&limit=2", "/v1/kg?q=松峦",
        "/v1/lint", "/v1/tests", "/v1/versions", "/v1/versions/diff?old=v1&new=v2")]  # fmt: skip
    assert get == [200] * 9
    draft = {"changes": [{"kind": "AddParaphrase"}], "note": "n", "cases": ["c1"]}
    assert client.post("/v1/proposals", json=draft, headers=tokens["operator"]).status_code == 201
    assert client.post("/v1/proposals/p1/publish", headers=tokens["admin"]).status_code == 200
    assert client.post("/v1/versions/rollback", headers=tokens["admin"]).status_code == 200
    earlier = {"version": "v3"}
    assert client.post("/v1/versions/rollback", json=earlier, headers=tokens["admin"]).status_code == 200
    assert desk.asked == [
        ("unanswered", 3), ("all_proposals", 50), ("proposal", "p1"), ("questions", "保养", 5, 2),
        ("entities", "松峦", 0, 50), ("lint", "operator-user"), ("test_runs", 50), ("versions",), ("diff", "v1", "v2"),
        ("propose", "operator-user", '[{"kind":"AddParaphrase"}]', "n", ["c1"]), ("publish", "admin-user", "p1"),
        ("rollback", "admin-user", ""), ("rollback", "admin-user", "v3"),
    ]  # fmt: skip


def test_a_test_file_is_sent_and_run(
    guarded: Guarded, desk: FakeDesk, tokens: dict[str, dict[str, str]]
) -> None:
    client, headers = guarded(), tokens["operator"]
    sheet = {"file": "考题.csv", "content": "question,expected\n多少钱,问价格\n"}
    assert client.post("/v1/tests", json=sheet, headers=headers).status_code == 200
    assert client.post("/v1/tests", json={"file": "考题.csv"}, headers=headers).status_code == 200
    assert desk.asked == [
        ("test", "operator-user", "考题.csv", sheet["content"]), ("test", "operator-user", "考题.csv", None),
    ]  # fmt: skip
    for bad in ({}, {"file": 1}, {"file": "a.csv", "content": 1}, {"file": "x" * 201}):
        assert client.post("/v1/tests", json=bad, headers=headers).status_code == 400


def test_users_are_kept_by_administrators(guarded: Guarded, tokens: dict[str, dict[str, str]]) -> None:
    client, headers = guarded(), tokens["admin"]
    made = client.post(
        "/v1/users", json={"name": "小王", "role": "operator", "password": PASSWORD}, headers=headers
    )
    assert (made.status_code, made.get_json()["role"]) == (201, "operator")
    again = client.post("/v1/users", json={"name": "小王", "role": "admin"}, headers=headers)
    assert again.status_code == 400 and "小王" in again.get_json()["error"]["message"]
    token = client.post("/v1/users/小王/tokens", json={"label": "ci", "days": 1}, headers=headers).get_json()[
        "token"
    ]
    assert client.get("/v1/me", headers={"Authorization": f"bearer {token}"}).get_json()["name"] == "小王"
    shown = client.get("/v1/users/小王/tokens", headers=headers).get_json()["tokens"]
    assert [one["label"] for one in shown] == ["ci"] and "hash" not in shown[0]
    assert client.post(f"/v1/tokens/{shown[0]['token_id']}/revoke", headers=headers).status_code == 200
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.post("/v1/users/小王/disabled", json={"disabled": True}, headers=headers).status_code == 200
    assert (
        client.post("/v1/users/admin-user/disabled", json={"disabled": True}, headers=headers).status_code
        == 400
    )
    assert (
        client.post("/v1/users/nobody/password", json={"password": PASSWORD}, headers=headers).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/lint"),
        ("POST", "/v1/proposals/p1/prove"),
        ("POST", "/v1/proposals/p1/publish"),
        ("POST", "/v1/reload"),
    ],
)
def test_long_work_is_begun_and_its_state_can_be_asked_for(
    guarded: Guarded, desk: FakeDesk, tokens: dict[str, dict[str, str]], method: str, path: str
) -> None:
    client, headers = guarded(), tokens["admin"]
    desk.jobs.job = replace(
        desk.jobs.job, kind="prove", state="running", ended_ms=0, result=None, progress="第一步"
    )
    begun = client.open(path, method=method, headers=headers)
    assert (begun.status_code, begun.headers["Location"], begun.headers["Retry-After"]) == (
        202,
        "/v1/jobs/j1",
        "1",
    )
    assert begun.get_json()["url"] == "/v1/jobs/j1" and begun.get_json()["job"]["progress"] == "第一步"
    asked = client.get("/v1/jobs/j1", headers=headers).get_json()
    assert (asked["state"], asked["result"]) == ("running", None)
    assert client.open(f"{path}?wait=7", method=method, headers=headers).status_code == 202
    assert desk.jobs.waited[-1] == 7
    desk.jobs.job = replace(desk.jobs.job, state="done", result={"name": "v2"})
    done = client.open(path, method=method, headers=headers)
    assert (done.status_code, done.get_json()) == (200, {"name": "v2"})
    desk.jobs.job = replace(desk.jobs.job, state="failed", result=None, error="磁盘满了")
    failed = client.open(path, method=method, headers=headers)
    assert (failed.status_code, failed.get_json()["error"]["message"]) == (409, "磁盘满了")


def test_jobs_are_listed_without_their_results_and_an_unknown_one_is_404(
    guarded: Guarded, tokens: dict[str, dict[str, str]]
) -> None:
    client, headers = guarded(), tokens["operator"]
    (shown,) = client.get("/v1/jobs", headers=headers).get_json()["jobs"]
    assert (shown["job_id"], shown["result"]) == ("j1", None)
    assert client.get("/v1/jobs/other", headers=headers).status_code == 404
    assert client.get("/v1/jobs/j1?wait=26", headers=headers).status_code == 400
