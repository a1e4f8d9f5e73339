"""Each page: what it shows full and empty, and that what it shows cannot become markup."""

import re

import pytest
from flask.testing import FlaskClient

from chatbot.web.admin.values import AuditEntry, InboxMessage
from tests.web.admin.console_fakes import FakeCases, Fakes, FakeTraffic
from tests.web.admin.fake_gate import FakeGate
from tests.web.admin.samples import ATTACK, BUSY_DAYS, FINDINGS, GROUP, NOON, VERSIONS

PAGES = (
    "/admin", "/admin/", "/admin/cases", "/admin/cases/g1", "/admin/changes", "/admin/changes/s1", "/admin/faq",
    "/admin/faq/new", "/admin/faq/faq/6", "/admin/faq/talk/6", "/admin/graph", "/admin/graph/attributes",
    "/admin/graph/entity?name=某车 A 型号", "/admin/lexicon", "/admin/lexicon/attribute_synonyms.txt", "/admin/tests",
    "/admin/tests/r1", "/admin/versions", "/admin/versions/diff?old=v1&new=v2", "/admin/transfer", "/admin/try",
    "/admin/lint", "/admin/inbox", "/admin/inbox/s-1", "/admin/people", "/admin/audit",
)  # fmt: skip
ADMIN_PAGES = ("/admin/people", "/admin/audit")
EMPTY = {
    "/admin/": "还没有对话", "/admin/cases": "没有待改进的问题", "/admin/changes": "还没有改动", "/admin/tests": "还没有测过",
    "/admin/versions": "还没有发布过", "/admin/lint": "还没有检查过", "/admin/inbox": "没有等待的对话", "/admin/try": "问一句试试",
    "/admin/people": "还没有令牌", "/admin/audit": "还没有记录", "/admin/faq?q=zzz": "没有找到",
}  # fmt: skip


def fill(fakes: Fakes) -> None:
    """Something on every page, some of it hostile."""
    fakes.traffic = FakeTraffic(BUSY_DAYS)
    fakes.cases = FakeCases(GROUP)
    fakes.desk.status = "proved"
    fakes.desk.prove("s1")
    fakes.trials.uploads.append(("考题.csv", None))
    fakes.versions.rows = VERSIONS
    fakes.checker.found, fakes.checker.at_ms = FINDINGS, NOON
    fakes.inbox.said = [InboxMessage("customer", ATTACK, NOON), InboxMessage("note", "顾客请求人工", NOON)]
    fakes.people.add_token("u1", ATTACK, 30, "小王")
    fakes.audit.entries = (AuditEntry(1, NOON, "小王", "publish", "v3", ATTACK, "0" * 64),)


@pytest.mark.parametrize("page", PAGES)
def test_a_full_page_is_shown_without_markup_out_of_texts(
    client: FlaskClient, fakes: Fakes, page: str
) -> None:
    fill(fakes)
    answer = client.get(page)
    assert answer.status_code == 200
    assert ATTACK not in answer.text
    assert "<script>window" not in answer.text
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_inline_script_style_or_handler_and_names_its_language(
    client: FlaskClient, fakes: Fakes, page: str
) -> None:
    fill(fakes)
    text = client.get(page).text
    assert re.findall(r"\son\w+\s*=|\sstyle\s*=|<style", text.replace("onerror=alert", "")) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []
    assert '<html lang="zh-CN"' in text


@pytest.mark.parametrize("page", PAGES)
def test_in_english_no_chinese_of_the_console_is_left(client: FlaskClient, fakes: Fakes, page: str) -> None:
    fill(fakes)
    client.set_cookie("console_lang", "en", path="/admin")
    text = client.get(page).text
    assert '<html lang="en"' in text
    for chinese in ("控制台", "概览", "保存到改动单", "没有", "还没有"):
        shown = text.replace("没有答案的问题", "").replace("没有编号", "")
        assert chinese not in shown, chinese


@pytest.mark.parametrize(("page", "title"), EMPTY.items())
def test_an_empty_page_says_what_will_appear(client: FlaskClient, page: str, title: str) -> None:
    text = client.get(page).text
    assert f"<strong>{title}</strong>" in text
    assert re.search(r'class="empty"><strong>[^<]+</strong><p>[^<]{12,}</p>', text)


def test_every_form_that_changes_something_carries_the_csrf_token(client: FlaskClient, fakes: Fakes) -> None:
    fill(fakes)
    for page in PAGES:
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", client.get(page).text, re.S):
            assert 'name="csrf_token" value="form"' in form, (page, form[:120])


def test_the_current_page_is_marked_in_the_navigation(client: FlaskClient) -> None:
    marked = re.findall(r'<a href="([^"]+)" aria-current="page">', client.get("/admin/faq/new").text)
    assert marked == ["/admin/faq"]


def test_an_operator_sees_no_administrators_page(client: FlaskClient, gate: FakeGate) -> None:
    gate.role = "operator"
    assert "/admin/people" not in client.get("/admin/").text
    for page in ADMIN_PAGES:
        assert client.get(page).status_code == 403


def test_nobody_gets_no_page(client: FlaskClient, gate: FakeGate) -> None:
    gate.role = None
    answer = client.get("/admin/faq")
    assert answer.status_code == 401
    assert "问上市时间" not in answer.text


@pytest.mark.parametrize(
    "page",
    ["/admin/nothing", "/admin/cases/x", "/admin/changes/x", "/admin/faq/faq/99", "/admin/faq/x/6", "/admin/inbox/x",
     "/admin/graph/entity?name=x", "/admin/lexicon/x.txt", "/admin/tests/x", "/admin/static/x", "/admin/transfer/export/x"],
)  # fmt: skip
def test_what_is_not_there_is_a_page_with_404(client: FlaskClient, fakes: Fakes, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text


def test_assets_come_from_the_package(client: FlaskClient) -> None:
    assert client.get("/admin/static/console.css").mimetype == "text/css"
    assert client.get("/admin/static/console.js").mimetype == "text/javascript"


def test_the_trend_is_drawn_and_told(client: FlaskClient, fakes: Fakes) -> None:
    fill(fakes)
    text = client.get("/admin/?days=7").text
    assert len(re.findall(r"<rect ", text)) == 10
    assert ">120<" in text  # turns
    assert '<td class="num">50</td>' in text
