"""What the forms do."""

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chatbot.learning.changes import (
    AddAttributeAlias,
    AddEntityAlias,
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    Change,
    RemoveAnswer,
    RemoveParaphrase,
    RemoveSmallTalk,
    SetAnswer,
    SetSmallTalkAnswer,
    SetValue,
    WriteLexicon,
)
from chatbot.web.admin.values import InboxMessage
from chatbot.web.admin.works import TrialWork, Work
from tests.web.admin.console_fakes import FakeCases, Fakes
from tests.web.admin.fake_gate import FakeGate
from tests.web.admin.samples import GROUP, NOON


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": "form", **fields})


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"kind": "paraphrase", "target": "宠物能上车吗", "text": ["甲", "乙"]},
         [AddParaphrase("宠物能上车吗", "甲"), AddParaphrase("宠物能上车吗", "乙")]),
        ({"kind": "question", "target": "带宠物", "text": "甲\n\n乙\n甲", "answer": "可以。"},
         [AddQuestion("带宠物", ("甲", "乙"), "可以。")]),
        ({"kind": "synonym", "target": "充电时间", "text": "充电快不快"}, [AddAttributeAlias("充电时间", "充电快不快")]),
        ({"kind": "alias", "target": "某车", "text": "小某"}, [AddEntityAlias("某车", "小某")]),
        ({"kind": "small_talk", "target": "喜欢狗吗", "text": "甲", "answer": "喜欢。"},
         [AddSmallTalk("喜欢狗吗", ("甲",), "喜欢。")]),
    ],
    ids=["paraphrase", "question", "synonym", "alias", "small talk"],
)  # fmt: skip
def test_one_click_makes_a_bad_case_group_a_change(
    client: FlaskClient, fakes: Fakes, fields: dict[str, object], wanted: list[Change]
) -> None:
    fakes.cases = FakeCases(GROUP)
    answer = send(client, "/admin/cases/g1/accept", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/changes/s1")
    assert fakes.desk.changes == wanted
    assert fakes.desk.cases == ("c1", "c2")


def test_a_mend_without_a_target_says_what_is_missing(client: FlaskClient, fakes: Fakes) -> None:
    fakes.cases = FakeCases(GROUP)
    answer = send(client, "/admin/cases/g1/accept", kind="paraphrase", target="", text="甲")
    assert answer.status_code == 422
    assert "选好目标" in answer.text


def test_a_group_is_ignored(client: FlaskClient, fakes: Fakes) -> None:
    fakes.cases = FakeCases(GROUP)
    send(client, "/admin/cases/g1/ignore")
    assert fakes.cases.ignored == ["小王 g1"]


@pytest.mark.parametrize(
    ("corpus", "fields", "wanted"),
    [
        ("faq", {"action": "paraphrase", "text": "甲\n乙"}, [AddParaphrase("问上市时间", "甲"), AddParaphrase("问上市时间", "乙")]),
        ("faq", {"action": "remove", "text": "甲"}, [RemoveParaphrase("问上市时间", "甲")]),
        ("faq", {"action": "answer", "owner": "通用", "text": "明年。"}, [SetAnswer("问上市时间", "明年。", "")]),
        ("faq", {"action": "answer", "owner": "某车", "text": "明年。"}, [SetAnswer("问上市时间", "明年。", "某车")]),
        ("faq", {"action": "answer", "owner": "某车", "text": ""}, [RemoveAnswer("问上市时间", "某车")]),
        ("talk", {"action": "paraphrase", "text": "甲\n乙"}, [AddSmallTalk("问上市时间", ("甲", "乙"))]),
        ("talk", {"action": "remove", "text": "甲"}, [RemoveSmallTalk("问上市时间", "甲")]),
        ("talk", {"action": "answer", "owner": "通用", "text": "好。"}, [SetSmallTalkAnswer("问上市时间", "好。")]),
    ],
)  # fmt: skip
def test_an_edit_of_a_question_goes_into_the_change_set(
    client: FlaskClient, fakes: Fakes, corpus: str, fields: dict[str, object], wanted: list[Change]
) -> None:
    assert send(client, f"/admin/faq/{corpus}/6/edit", **fields).status_code == 303
    assert fakes.desk.changes == wanted


def test_a_new_question_is_its_own_first_paraphrase(client: FlaskClient, fakes: Fakes) -> None:
    send(client, "/admin/faq/new", corpus="faq", question="能带狗吗", text="狗能坐车吗", answer="能。")
    assert fakes.desk.changes == [AddQuestion("能带狗吗", ("能带狗吗", "狗能坐车吗"), "能。")]


def test_a_graph_value_is_set_by_its_path_whose_names_may_hold_a_slash(
    client: FlaskClient, fakes: Fakes
) -> None:
    send(client, "/admin/graph/edit", entity="某车 A 型号", path="属性/最高车速(km/h)", value="210")
    assert fakes.desk.changes == [SetValue("某车 A 型号", ("属性", "最高车速(km/h)"), "210")]


def test_a_synonym_and_a_whole_lexicon_go_into_the_change_set(client: FlaskClient, fakes: Fakes) -> None:
    send(client, "/admin/lexicon/attribute_synonyms.txt/alias", name="价格", alias="几个钱")
    send(client, "/admin/lexicon/attribute_synonyms.txt/text", text="价格\t多少钱\r\n")
    assert fakes.desk.changes == [
        AddAttributeAlias("价格", "几个钱"),
        WriteLexicon("attribute_synonyms.txt", "价格\t多少钱\n"),
    ]


def test_a_change_set_is_proved_and_published(client: FlaskClient, fakes: Fakes) -> None:
    send(client, "/admin/faq/new", corpus="faq", question="甲", answer="乙")
    page = client.get("/admin/changes/s1").text
    assert re.search(r"<button[^>]* disabled[^>]*>发布</button>", page)
    send(client, "/admin/changes/s1/prove")
    page = client.get("/admin/changes/s1").text
    assert re.findall(r"<b>(\d+)</b>", page) == ["3", "1", "2"]
    assert "试算里有 2 条会被弄坏" in page and "跑了 9 项：修好 0，弄坏 1" in page
    assert not re.search(r"<button[^>]* disabled[^>]*>发布</button>", page)
    answer = client.post("/admin/changes/s1/publish", data={"csrf_token": "form"}, follow_redirects=True)
    assert "已发布" in answer.text and "v3" in answer.text


def test_while_work_is_done_the_page_says_how_it_goes_and_nothing_else_can_be_begun(
    client: FlaskClient, fakes: Fakes
) -> None:
    fakes.desk.add([AddParaphrase("甲", "乙")], "小王", "")
    fakes.desk.work = fakes.works.known["j1"] = Work("j1", "prove", True, "重放 7 轮过去的对话", seconds=4)
    page = client.get("/admin/changes/s1").text
    assert 'data-work="j1"' in page and "重放 7 轮过去的对话" in page
    assert len(re.findall(r"<button[^>]* disabled[^>]*>(?:试算|发布|放弃)</button>", page)) == 3
    shown = client.get("/admin/works/j1").get_json()
    assert shown == {"running": True, "progress": "重放 7 轮过去的对话", "seconds": 4}
    assert client.get("/admin/works/other").status_code == 404
    fakes.desk.work = Work("j1", "prove", False, error="磁盘满了")
    page = client.get("/admin/changes/s1").text
    assert 'role="alert">试算没有做成：磁盘满了' in page and "data-work" not in page


def test_a_check_is_begun_by_hand_and_says_when_files_have_changed_since(
    client: FlaskClient, fakes: Fakes
) -> None:
    assert "开始体检" in client.get("/admin/lint").text
    send(client, "/admin/lint")
    assert fakes.checker.started == ["小王"]
    page = client.get("/admin/lint").text
    assert "没有发现问题" in page and "之后文件改过" not in page
    fakes.checker.stale = True
    assert "之后文件改过" in client.get("/admin/lint").text


def test_one_change_is_taken_out_and_a_set_is_thrown_away(client: FlaskClient, fakes: Fakes) -> None:
    fakes.desk.add([AddParaphrase("甲", "乙"), AddParaphrase("甲", "丙")], "小王", "")
    send(client, "/admin/changes/s1/drop", number="0")
    assert fakes.desk.changes == [AddParaphrase("甲", "丙")]
    send(client, "/admin/changes/s1/reject")
    assert fakes.desk.status == "rejected"


def test_a_faulty_set_cannot_be_published(client: FlaskClient, fakes: Fakes) -> None:
    fakes.desk.add([AddParaphrase("甲", "乙")], "小王", "")
    fakes.desk.prove("s1")
    fakes.desk.faults = ("改不成",)
    assert re.search(r"<button[^>]* disabled[^>]*>发布</button>", client.get("/admin/changes/s1").text)


def test_a_table_is_uploaded_and_run(client: FlaskClient, fakes: Fakes) -> None:
    answer = send(client, "/admin/tests/run", file=(io.BytesIO(b"question,expected\n"), "考题.csv"))
    begun = answer.headers["Location"]
    assert begun == "/admin/tests?work=w1"
    assert fakes.trials.uploads == [("考题.csv", b"question,expected\n")]
    fakes.trials.going = TrialWork(Work("w1", "test", True, "30 / 200", seconds=4), "考题.csv")
    page = client.get(begun).text
    assert "正在测试 考题.csv" in page and "30 / 200" in page and 'data-work="w1"' in page
    assert re.search(r"<button[^>]* disabled[^>]*>上传并测试</button>", page)
    fakes.trials.going = TrialWork(Work("w1", "test", False), "考题.csv", "r1")
    assert client.get(begun).headers["Location"] == "/admin/tests/r1"
    assert client.get("/admin/tests").status_code == 200  # an old run leads nobody away
    page = client.get("/admin/tests/r1").text
    assert re.findall(r"<b>(\d+)</b>", page) == ["1", "1", "1", "1"]


def test_a_run_that_came_to_nothing_says_why(client: FlaskClient, fakes: Fakes) -> None:
    fakes.trials.going = TrialWork(Work("w1", "test", False, error="没有 question 这一列"), "考题.csv")
    assert "测试没有做成：没有 question 这一列" in client.get("/admin/tests?work=w1").text


def test_no_file_is_said(client: FlaskClient) -> None:
    assert send(client, "/admin/tests/run").status_code == 422
    assert send(client, "/admin/transfer/import").status_code == 422


def test_an_upload_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    size = {"CONTENT_LENGTH": str(11 * 1024 * 1024)}
    answer = client.post("/admin/transfer/import", data={"csrf_token": "form"}, environ_overrides=size)
    assert answer.status_code == 422
    assert "超过 10 MB" in answer.text


def test_an_import_becomes_a_change_set_and_an_export_a_file(client: FlaskClient, fakes: Fakes) -> None:
    fakes.exchange.changes = (AddParaphrase("甲", "乙"),)
    answer = send(client, "/admin/transfer/import", file=(io.BytesIO(b"..."), "faq.csv"))
    assert answer.headers["Location"] == "/admin/changes/s1"
    exported = client.get("/admin/transfer/export/faq.csv")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="faq.csv"'
    assert exported.mimetype == "text/csv"


def test_a_version_is_rolled_back(client: FlaskClient, fakes: Fakes) -> None:
    send(client, "/admin/versions/rollback", version="v1")
    assert fakes.versions.rolled_back == "v1"


def test_a_try_shows_the_answer_and_why(client: FlaskClient) -> None:
    text = send(client, "/admin/try", sent="标准续航升级版的变速箱是什么类型").text
    assert "您好！" in text
    assert "为什么这样答" in text
    assert re.search(r'name="session" value="console-[0-9a-f]{16}"', text)


def test_a_person_answers_and_hands_back(client: FlaskClient, fakes: Fakes) -> None:
    fakes.inbox.said = [InboxMessage("customer", "在吗", NOON)]
    send(client, "/admin/inbox/s-1/say", text="在的")
    assert fakes.inbox.said[-1] == InboxMessage("agent", "在的", NOON, "小王")
    assert send(client, "/admin/inbox/s-1/say", text=" ").status_code == 422
    send(client, "/admin/inbox/s-1/handback")
    assert fakes.inbox.handed_back == "s-1"


def test_people_are_added_and_disabled_and_a_token_is_told_once(client: FlaskClient, fakes: Fakes) -> None:
    send(client, "/admin/people/add", name="小李", role="operator", password="")
    send(client, "/admin/people/disable", user_id="u2", disabled="1")
    assert [(one.name, one.disabled) for one in fakes.people.found] == [("小王", False), ("小李", True)]
    assert "cbt_geheim" in send(client, "/admin/people/token", user_id="u1", label="网站", days="90").text
    assert "cbt_geheim" not in client.get("/admin/people").text
    send(client, "/admin/people/revoke", token_id="t9")
    assert fakes.people.issued[0].revoked


def test_a_form_of_another_site_changes_nothing(client: FlaskClient, fakes: Fakes) -> None:
    answer = client.post("/admin/faq/new", data={"question": "甲", "answer": "乙"})
    assert answer.status_code == 403
    assert fakes.desk.changes == []


def test_an_operator_proves_and_an_administrator_publishes(
    client: FlaskClient, fakes: Fakes, gate: FakeGate
) -> None:
    gate.role = "operator"
    fakes.desk.add([AddParaphrase("甲", "乙")], "小王", "")
    assert send(client, "/admin/changes/s1/prove").status_code == 303
    assert "/publish" not in client.get("/admin/changes/s1").text
    assert send(client, "/admin/changes/s1/publish").status_code == 403
    assert send(client, "/admin/versions/rollback", version="v1").status_code == 403
    assert (fakes.desk.status, fakes.versions.rolled_back) == ("proved", "")


def test_an_operator_cannot_make_a_token(client: FlaskClient, fakes: Fakes, gate: FakeGate) -> None:
    gate.role = "operator"
    assert send(client, "/admin/people/token", user_id="u1", label="x", days="90").status_code == 403
    assert fakes.people.issued == []


def test_language_and_look_are_remembered_and_lead_only_back_into_the_console(client: FlaskClient) -> None:
    answer = send(client, "/admin/preferences", lang="en", theme="dark", next="/admin/faq")
    assert answer.headers["Location"] == "/admin/faq"
    text = client.get("/admin/faq").text
    assert '<html lang="en" data-theme="dark">' in text
    for outside in ("https://evil.example", "//evil.example", "/admin/\\evil", "/other"):
        assert send(client, "/admin/preferences", next=outside).headers["Location"] == "/admin/"


def test_names_are_suggested(client: FlaskClient) -> None:
    assert client.get("/admin/suggest?kind=question&q=试").json == {"names": ["question:试"]}
