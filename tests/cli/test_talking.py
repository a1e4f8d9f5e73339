"""``chatbot ask`` and ``chatbot shell``."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.errors import SessionBusyError
from chatbot.reply import FaqEvidence, GraphEvidence
from chatbot.web.openapi import ChatReply
from tests.cli.conftest import Run
from tests.fakes import FakeChatService

EVIDENCE = (
    FaqEvidence("问上市时间", 6, "什么时候能买到", 0.93, "feature_vector_faq_match", "answers/通用"),
    GraphEvidence("某车", ("变速箱", "变速箱类型"), "手动变速箱", "某车.json"),
)


def test_ask_prints_answer_evidence_and_numbered_suggestions(run: Run, service: FakeChatService) -> None:
    service.reply = replace(service.reply, evidence=EVIDENCE)
    result = run("ask", "您好")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "您好！",
        "  依据：问上市时间（answers/通用，0.93）",
        "  依据：某车 · 变速箱/变速箱类型 = 手动变速箱（某车.json）",
        "  1. 续航多少",
        "  2. 多少钱",
    ]
    assert service.closed == 1


def test_ask_json_is_the_contracts_object_and_nothing_else(run: Run, service: FakeChatService) -> None:
    result = run("ask", "您好", "--session", "mine", "--rows-limit", "5", "--json")
    body = json.loads(result.stdout)
    ChatReply.model_validate(body, strict=True)
    assert (result.exit_code, body["session_id"]) == (0, "mine")
    assert (service.heard[0].sent, service.heard[0].rows_limit) == ("您好", 5)


def test_ask_explain_prints_the_way_to_the_answer_below_it(run: Run, service: FakeChatService) -> None:
    result = run("ask", "标准续航升级版的报价", "--explain")
    assert result.exit_code == 0
    told = result.stdout
    assert told.index("您好！") < told.index("【链接】") < told.index("【计划】") < told.index("【选择】")


def test_ask_explain_json_is_the_contracts_object_with_the_explanation_beside(
    run: Run, service: FakeChatService
) -> None:
    body = json.loads(run("ask", "标准续航升级版的报价", "--explain", "--json").stdout)
    explanation = body.pop("explanation")
    ChatReply.model_validate(body, strict=True)
    assert explanation["read"]["links"][0]["spans"][0] == {"start": 0, "end": 7, "text": "标准续航升级版"}


def test_ask_says_when_the_session_was_not_kept(run: Run, service: FakeChatService) -> None:
    service.reply = replace(service.reply, degraded=True)
    assert "没有记住上下文" in run("ask", "您好").stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["ask", ""], "sent 是空的"),
        (["ask", "汉" * 2001], "2001"),
        (["ask", "您好", "--session", "a b"], "session_id"),
        (["ask", "您好", "--config", "nowhere.json"], "nowhere.json"),
        (["shell", "--session", "汉字"], "session_id"),
    ],
    ids=["empty", "too-long", "bad-id", "no-config", "bad-id-shell"],
)
def test_wrong_usage_is_exit_2_with_the_reason(
    run: Run, service: FakeChatService, arguments: list[str], part: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "错误：" in result.stderr and part in result.stderr
    as_json = run(*arguments, "--json")
    assert as_json.exit_code == 2
    assert part in json.loads(as_json.stdout)["error"]["message"]


def test_a_configuration_that_cannot_be_used_is_exit_1(
    run: Run, service: FakeChatService, config: Path
) -> None:
    config.write_text("{")
    result = run("ask", "您好", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "invalid_config"


def test_the_configuration_is_found_from_a_folder_below(
    run: Run, service: FakeChatService, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent / "faqs" / "questions")
    assert run("ask", "您好").exit_code == 0


def test_without_a_configuration_the_way_out_is_named(
    run: Run, service: FakeChatService, config: Path
) -> None:
    config.unlink()
    result = run("ask", "您好")
    assert result.exit_code == 2
    assert "--config" in result.stderr


def test_shell_answers_until_the_person_leaves_and_a_number_picks_a_suggestion(
    run: Run, service: FakeChatService
) -> None:
    result = run("shell", typed="您好\n\n2\n7\n:q\n再来\n")
    assert result.exit_code == 0
    assert [message.sent for message in service.heard] == ["您好", "多少钱", "7"]
    assert len({message.session_id for message in service.heard}) == 1
    assert "→ 多少钱" in result.stdout and result.stdout.endswith("再见！\n")


def test_shell_ends_with_the_input(run: Run, service: FakeChatService) -> None:
    assert run("shell", typed="您好").exit_code == 0
    assert len(service.heard) == 1


def test_shell_goes_on_after_a_line_that_is_refused(run: Run, service: FakeChatService) -> None:
    result = run("shell", "--session", "s1", typed="汉" * 2001 + "\n您好\n")
    assert "⚠ sent 有 2001 个字" in result.stdout
    assert [message.sent for message in service.heard] == ["您好"]


def test_shell_goes_on_after_a_busy_session(run: Run, service: FakeChatService) -> None:
    service.error = SessionBusyError("会话正忙")
    assert "⚠ 会话正忙" in run("shell", typed="您好\n").stdout


def test_shell_json_is_one_object_with_all_turns(run: Run, service: FakeChatService) -> None:
    result = run("shell", "--json", "--session", "s1", typed="您好\n1\n")
    body = json.loads(result.stdout)
    assert (body["session_id"], len(body["turns"])) == ("s1", 2)
    assert "您好！" in result.stderr
