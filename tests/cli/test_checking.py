"""``chatbot test`` and ``chatbot lint``."""

import json
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from tests.cli.conftest import Run
from tests.fakes import FakeChatService

PASSING = "- name: 问候\n  turns:\n    - say: 您好\n      expect: {answer_type: chitchat}\n    - click: 2\n"
FAILING = "- name: 失败\n  turns:\n    - say: 您好\n      expect:\n        answer_type: answer\n        state: chitchat\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "script.yaml"
    file.write_text(PASSING, encoding="utf-8")
    return file


def test_passing_conversations_are_a_table_and_exit_0(
    run: Run, service: FakeChatService, script: Path
) -> None:
    result = run("test", script)
    assert result.exit_code == 0
    assert "问候" in result.stdout and "通过" in result.stdout and "1 通过，0 失败" in result.stdout
    assert [message.sent for message in service.heard] == ["您好", "多少钱"]


def test_a_failing_one_says_turn_line_wanted_and_found_and_exit_1(
    run: Run, service: FakeChatService, script: Path
) -> None:
    script.write_text(PASSING + FAILING, encoding="utf-8")
    result = run("test", script)
    assert result.exit_code == 1
    assert "1 通过，1 失败" in result.stdout
    assert "✗ 失败 · 第 1 轮“您好”（第 10 行）" in result.stdout
    assert 'answer_type: 应是 "answer"，实际是 "chitchat"' in result.stdout


def test_json_lists_every_conversation_with_its_failures(
    run: Run, service: FakeChatService, script: Path
) -> None:
    script.write_text(PASSING + FAILING, encoding="utf-8")
    result = run("test", script, "--json")
    body = json.loads(result.stdout)
    assert (result.exit_code, body["passed"], body["failed"]) == (1, 1, 1)
    assert [conversation["passed"] for conversation in body["conversations"]] == [True, False]
    assert body["conversations"][1]["failures"][0]["line"] == 10


def test_a_test_touches_neither_sessions_nor_logs_nor_people_of_production(
    run: Run, service: FakeChatService, script: Path, config: Path
) -> None:
    raw = json.loads(config.read_text())
    raw |= {
        "redis_host": "production",
        "handoff_webhook": "https://example.com/",
        "bad_case_log": "bad.jsonl",
    }
    config.write_text(json.dumps(raw))
    assert run("test", script).exit_code == 0
    used: EngineConfig = service.config  # type: ignore[attr-defined]
    assert used.redis_embedded and used.handoff_webhook == ""
    assert config.parent not in used.bad_case_log.parents and not used.state_dir.exists()


def test_a_bad_script_is_wrong_usage_with_file_and_line(
    run: Run, service: FakeChatService, script: Path
) -> None:
    script.write_text(PASSING.replace("answer_type", "answer_typ"), encoding="utf-8")
    result = run("test", script)
    assert (result.exit_code, service.heard) == (2, [])
    assert f"{script}:4" in result.stderr and "answer_type" in result.stderr


def test_a_script_that_is_not_there_is_wrong_usage(run: Run, service: FakeChatService) -> None:
    result = run("test", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr


@pytest.fixture
def knowledge(config: Path) -> Path:
    """A small knowledge base without a fault; the folder it is in."""
    data = config.parent
    (data / "faqs" / "query_label_idx_map.txt").write_text("怎么保养\t0\n", encoding="utf-8")
    (data / "faqs" / "questions" / "怎么保养").write_text("如何保养\n", encoding="utf-8")
    (data / "faqs" / "answers" / "通用").write_text("[怎么保养]\t按手册保养。\n", encoding="utf-8")
    (data / "graph" / "甲.json").write_text(
        '{"实体": {"名称": "甲"}, "属性": {"轴距": "2米"}}', encoding="utf-8"
    )
    return data


def test_lint_of_a_faultless_knowledge_base_is_exit_0(run: Run, knowledge: Path) -> None:
    result = run("lint")
    assert result.exit_code == 0, result.stdout
    assert "没有发现问题" in result.stdout
    assert json.loads(run("lint", "--json").stdout)["findings"] == []


def test_lint_names_the_faults_of_all_parts_at_once(run: Run, knowledge: Path) -> None:
    (knowledge / "graph" / "乙.json").write_text('{"实体": ', encoding="utf-8")
    (knowledge / "graph" / "丙.json").write_text("{}", encoding="utf-8")
    (knowledge / "faqs" / "answers" / "通用").write_text("[没有的]\t答案\n", encoding="utf-8")
    (knowledge / "lexicon").mkdir()
    (knowledge / "lexicon" / "attribute_synonyms.txt").write_text("轴距 长\n", encoding="utf-8")
    result = run("lint", "--json")
    body = json.loads(result.stdout)
    assert (result.exit_code, body["faults"]) == (1, 4)
    faults = [finding["part"] for finding in body["findings"] if finding["severity"] == "fault"]
    assert faults == ["graph", "graph", "faq", "lexicon"]
    text = result.stdout
    for part in ("乙.json:1", "丙.json", "通用:1", "attribute_synonyms.txt:1"):
        assert part in text


def test_lint_names_every_fault_of_a_faq_with_file_line_and_way_out(run: Run, knowledge: Path) -> None:
    faqs = knowledge / "faqs"
    (faqs / "query_label_idx_map.txt").write_text(
        "怎么保养\t0\n怎么交车 1\n怎么退订\t一\n怎么保养\t3\n怎么付款\t0\n没写的\t9\n", encoding="utf-8"
    )
    for name, text in {"怎么交车": "交车", "怎么付款": "付款", "没有的": "没有"}.items():
        (faqs / "questions" / name).write_text(text + "\n", encoding="utf-8")
    (faqs / "questions" / "怎么退订").write_bytes(
        "退订\n退\t订\n".encode() + b"\xff\xfe\n" + "要退订".encode()
    )
    (faqs / "answers" / "通用").write_text(
        "[怎么保养] 按手册\n[没有的]\t无\n[怎么保养]\t按手册\n", encoding="utf-8"
    )
    (faqs / "answers" / "甲").mkdir()
    body = json.loads(run("lint", "--json").stdout)
    faults = [
        one["message"].removeprefix(f"{faqs}/") for one in body["findings"] if one["severity"] == "fault"
    ]
    places = [fault.split(": ")[0] for fault in faults]
    assert places == [
        "query_label_idx_map.txt:2", "query_label_idx_map.txt:3", "query_label_idx_map.txt:4",
        "query_label_idx_map.txt:5", "questions/怎么退订:2", "questions/怎么退订:3", "questions/没有的",
        "questions/没写的", "answers/甲", "answers/通用:1", "answers/通用:2",
    ]  # fmt: skip
    assert all(" → " in fault for fault in faults)


@pytest.mark.parametrize(
    "name",
    ["attribute_synonyms.txt", "units.txt", "directions.txt", "comparatives.txt", "value_synonyms.txt"],
)
def test_lint_reads_every_lexicon_of_tables(run: Run, knowledge: Path, name: str) -> None:
    (knowledge / "lexicon").mkdir()
    (knowledge / "lexicon" / name).write_text("# 说明\n没有 制表符\n", encoding="utf-8")
    result = run("lint")
    assert result.exit_code == 1
    assert f"{name}:2" in result.stdout and "→" in result.stdout


def test_lint_of_a_faq_without_its_map_says_that_and_nothing_that_follows_from_it(
    run: Run, knowledge: Path
) -> None:
    (knowledge / "faqs" / "query_label_idx_map.txt").write_text("", encoding="utf-8")
    body = json.loads(run("lint", "--json").stdout)
    assert [one["part"] for one in body["findings"]] == ["faq"]


def test_lint_tells_of_what_is_worth_knowing_without_calling_it_a_fault(run: Run, knowledge: Path) -> None:
    (knowledge / "faqs" / "query_label_idx_map.txt").write_text(
        "怎么保养\t0\n多久保养\t1\n", encoding="utf-8"
    )
    (knowledge / "faqs" / "questions" / "多久保养").write_text("如何保养\n", encoding="utf-8")
    result = run("lint")
    assert result.exit_code == 0, result.stdout
    assert "多久保养”还没有任何答案" in result.stdout and "同时属于几个标准问" in result.stdout
    assert "0 个错误，2 个提醒" in result.stdout


def test_lint_goes_on_to_the_data_when_only_the_built_files_are_missing(
    run: Run, knowledge: Path, config: Path
) -> None:
    raw = json.loads(config.read_text()) | {"faq_modules": ["feature_vector_faq_match"]}
    config.write_text(json.dumps(raw))
    (knowledge / "graph" / "甲.json").write_text("[]", encoding="utf-8")
    result = run("lint")
    assert result.exit_code == 1
    assert "[config]" in result.stdout and "rebuild-index" in result.stdout and "[graph]" in result.stdout


def test_lint_of_a_broken_configuration_is_one_fault(run: Run, config: Path) -> None:
    config.write_text('{"faq_data_dir": 1}')
    body = json.loads(run("lint", "--json").stdout)
    assert (body["faults"], body["findings"][0]["part"]) == (1, "config")
