"""Scripted conversations: what the YAML may say, what fails, and what every expectation looks at."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import SessionBusyError
from chatbot.expectations import EXPECTATIONS
from chatbot.knowledge_graph.plan import Plan
from chatbot.reply import FaqEvidence, GraphEvidence, Reply
from chatbot.scripted import Check, Outcome, Script, ScriptedTurn, ScriptError, load_scripts, play
from tests.fakes import FakeChatService

ROOT = Path(__file__).parents[1]
REPLY = Reply(
    "轴距是2890mm。", "answer", "kg", "answering", 0.9, ("甲",), "属性/轴距",
    (GraphEvidence("甲", ("属性", "轴距"), "2890mm", "甲.json"), FaqEvidence("问轴距", 1, "轴距多少", 0.8, "m", "f")),
    Plan("lookup"), None, 3, ("那乙呢", "充电时间"),
)  # fmt: skip


def script_of(folder: Path, text: str) -> Path:
    file = folder / "script.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def checked(name: str, wanted: Any, reply: Reply = REPLY) -> Outcome:
    turn = ScriptedTurn("您好", None, (Check(name, wanted, 1),), 1)
    return play(Script("x", (turn,), 1), FakeChatService(reply))


@pytest.mark.parametrize(
    ("name", "met", "unmet"),
    [
        ("answer", "轴距是2890mm。", "轴距"),
        ("answer_contains", ["轴距", "2890"], ["轴距", "2900"]),
        ("answer_not_contains", ["2900"], ["2900", "2890"]),
        ("answer_type", "answer", "clarify"),
        ("answer_source", "kg", "faq"),
        ("state", "answering", "exception"),
        ("confidence_min", 0.9, 0.95),
        ("entities", ["甲"], []),
        ("attribute", "属性/轴距", None),
        ("evidence_path", ["属性", "轴距"], ["轴距"]),
        ("evidence_value", "2890mm", "2890"),
        ("evidence_question", "问轴距", "轴距多少"),
        ("plan_op", "lookup", None),
        ("rows_total", 3, 4),
        ("suggestions_min", 2, 3),
        ("suggestions_contain", ["乙", "充电"], ["乙", "轴距"]),
        ("degraded", False, True),
    ],
)
def test_an_expectation_holds_or_fails(name: str, met: object, unmet: object) -> None:
    assert EXPECTATIONS[name].refused(met) is None and EXPECTATIONS[name].refused(unmet) is None
    assert checked(name, met).passed
    failed = checked(name, unmet)
    assert [failure.problem.split(":")[0] for failure in failed.failures] == [name]


def test_every_expectation_is_tried_above_and_documented_in_both_languages() -> None:
    mark = next(m for m in test_an_expectation_holds_or_fails.pytestmark if m.name == "parametrize")
    assert {row[0] for row in mark.args[1]} == set(EXPECTATIONS)
    for page in ("docs/testing.md", "docs/zh/testing.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert [name for name in EXPECTATIONS if f"| `{name}` |" not in text] == [], page


@pytest.mark.parametrize("name", ["attribute", "plan_op"])
def test_null_is_expected_of_what_is_not_there(name: str) -> None:
    assert checked(name, None, replace(REPLY, attribute=None, plan=None)).passed


def test_evidence_of_another_kind_is_not_looked_at() -> None:
    assert not checked("evidence_value", "2890mm", replace(REPLY, evidence=())).passed


def test_a_click_says_the_suggestion_of_the_reply_before(tmp_path: Path) -> None:
    file = script_of(tmp_path, "- name: a\n  turns:\n    - say: 您好\n    - click: 2\n")
    service = FakeChatService(REPLY)
    assert play(load_scripts(file)[0], service).passed
    assert [message.sent for message in service.heard] == ["您好", "充电时间"]
    assert len({message.session_id for message in service.heard}) == 1
    assert len({message.trace_id for message in service.heard}) == 2


def test_each_conversation_and_each_run_has_a_session_of_its_own(tmp_path: Path) -> None:
    scripts = load_scripts(
        script_of(tmp_path, "- {name: a, turns: [say: x]}\n- {name: b, turns: [say: x]}\n")
    )
    service = FakeChatService()
    for script in (*scripts, *scripts):
        play(script, service)
    assert len({message.session_id for message in service.heard}) == 4


def test_a_click_on_a_suggestion_that_is_not_there_ends_the_conversation(tmp_path: Path) -> None:
    file = script_of(tmp_path, "- name: a\n  turns:\n    - say: x\n    - click: 3\n    - say: y\n")
    service = FakeChatService(REPLY)
    outcome = play(load_scripts(file)[0], service)
    assert [(f.turn, f.line, f.problem) for f in outcome.failures] == [(2, 4, "上一条答复只有 2 个建议")]
    assert len(service.heard) == 1


def test_a_turn_without_an_answer_is_a_failure() -> None:
    service = FakeChatService()
    service.error = SessionBusyError("会话正忙")
    outcome = play(Script("x", (ScriptedTurn("您好", None, (), 3),), 1), service)
    assert [failure.problem for failure in outcome.failures] == ["没有答复：会话正忙"]


def test_a_failure_does_not_hide_the_next_one(tmp_path: Path) -> None:
    text = "- name: a\n  turns:\n    - say: x\n      expect: {state: exception, answer_type: clarify}\n    - say: y\n      expect: {state: exception}\n"
    outcome = play(load_scripts(script_of(tmp_path, text))[0], FakeChatService())
    assert [(failure.turn, failure.line) for failure in outcome.failures] == [(1, 4), (1, 4), (2, 6)]


def test_the_scripts_of_the_demo_are_of_the_documented_form() -> None:
    names = [script.name for script in load_scripts(ROOT / "tests" / "conversations" / "demo.yaml")]
    assert len(names) == len(set(names)) >= 10


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", None, "没有对话"),
        ("[]", None, "没有对话"),
        ("name: a", None, "列表"),
        ("- name: [", 1, "YAML"),
        ("- name: a\n\tturns: 1", 2, "YAML"),
        ("- a", 1, "对话"),
        ("- name: a", 1, "turns"),
        ("- turns: [say: x]", 1, "name"),
        ("- name: a\n  turns: []", 2, "turns"),
        ("- name: a\n  turns:\n    - {}", 3, "say 与 click"),
        ("- name: a\n  turns:\n    - {say: x, click: 1}", 3, "say 与 click"),
        ("- name: a\n  turns:\n    - click: 1", 3, "第一轮"),
        ("- name: a\n  turns:\n    - say: 2024", 3, "加引号"),
        ("- name: a\n  turns:\n    - say: x\n    - click: 0", 4, "从 1"),
        ("- name: a\n  turns:\n    - say: x\n    - click: yes", 4, "从 1"),
        ("- name: a\n  turns:\n    - say: x\n      expects: {}", 4, "是不是想写 expect"),
        ("- name: a\n  turns:\n    - say: x\n      expect: [a]", 4, "键: 值"),
        ("- name: a\n  turns:\n    - say: x\n      expect:\n        zzz: 1", 5, "可用：answer"),
        ("- name: a\n  turns:\n    - say: x\n      expect:\n        state: a\n", 5, "chitchat / question_intake"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {answer_contains: [2021]}", 4, "加引号"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {answer_contains: x}", 4, "列表"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {suggestions_min: -1}", 4, "整数"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {degraded: 1}", 4, "true 或 false"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {confidence_min: high}", 4, "数字"),
        ("- name: a\n  turns:\n    - say: x\n      expect: {state: chitchat, state: chitchat}", 4, "两次"),
        ("- name: a\n  turns:\n    - say: !!python/object:os.system x", 3, "看不懂"),
    ],
)  # fmt: skip
def test_a_script_of_another_form_is_refused_with_the_line(
    tmp_path: Path, text: str, line: int | None, part: str
) -> None:
    with pytest.raises(ScriptError) as caught:
        load_scripts(script_of(tmp_path, text))
    assert "script.yaml" in caught.value.message and part in caught.value.message
    assert caught.value.line == line


@pytest.mark.parametrize("raw", ["- 您好".encode("gbk"), b" " * (4 * 1024 * 1024 + 1)], ids=["gbk", "large"])
def test_a_file_that_is_no_text_of_ours_is_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "script.yaml"
    file.write_bytes(raw)
    with pytest.raises(ScriptError, match=r"script\.yaml"):
        load_scripts(file)
