"""The verbs of the operator's loop, over a copy of the demo domain and its store."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chatbot.app import open_replayer
from chatbot.cli import loop_verbs
from chatbot.cli.loop import since_ms
from chatbot.cli.outcome import UsageError
from chatbot.config import EngineConfig
from chatbot.store.sql_store import open_store
from tests.learning.conftest import Talk, demo_copy


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> EngineConfig:
    """A copy whose store holds one conversation; the tests below go through the loop in order."""
    config = demo_copy(tmp_path_factory.mktemp("loop"))
    store = open_store(config)
    talk = Talk(open_replayer(config), store, "s")
    for sent in ("您好", "怎么预约试驾", "试驾能带狗吗"):
        talk.say(sent)
    store.close()
    return config


@pytest.fixture(autouse=True)
def environment(config: EngineConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CHATBOT_STATE_DIR", str(config.state_dir))
    monkeypatch.setenv("CHATBOT_FEATURE_GENERATOR_MODEL_DIR", str(config.feature_generator_model_dir))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def run(config: EngineConfig, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(loop_verbs.app, [*arguments, "--config", str(config.source), "--json"])
    assert done.exit_code == code, done.output
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def said(config: EngineConfig, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(loop_verbs.app, [*arguments, "--config", str(config.source)])
    assert done.exit_code == code, done.output
    return done.output


def test_a_trace_replays_to_the_same_bytes(config: EngineConfig) -> None:
    shown = run(config, "replay", "--trace", "s-2")
    assert shown["same_bytes"] and shown["recorded_version"] == shown["kb_version"]
    assert shown["reply"]["answer"] == shown["recorded_answer"]
    assert run(config, "replay", "--trace", "unknown", code=2)["error"]["code"] == "usage"


def test_past_traffic_replays_to_what_was_said(config: EngineConfig) -> None:
    shown = run(config, "replay", "--since", "1970-01-01")
    assert (shown["turns"], shown["same"], shown["broken"]) == (3, 3, 0)


def test_bad_cases_are_listed_with_what_can_be_done(config: EngineConfig) -> None:
    groups = run(config, "cases")["groups"]
    assert [group["title"] for group in groups] == ["试驾能带狗吗"]
    assert "试驾能带狗吗" in said(config, "cases")


def test_the_way_from_a_change_set_to_a_version_and_back(config: EngineConfig, tmp_path: Path) -> None:
    changes = tmp_path / "changes.json"
    change = {
        "kind": "AddQuestion",
        "question": "可以带宠物试驾吗",
        "paraphrases": ["试驾能带狗吗"],
        "answer": "可以。",
    }
    changes.write_text(json.dumps([change]), encoding="utf-8")
    proposal = run(config, "propose", str(changes), "--note", "带宠物")["proposal_id"]
    assert run(config, "publish", proposal, code=1)["error"]["code"] == "publish_failed"
    proof = run(config, "prove", proposal, "--since", "1970-01-01")
    assert (proof["fixed"], proof["broken"]) == (1, 0)
    assert proof["examples"][0]["after"]["answer"] == "可以。"
    version = run(config, "publish", proposal, "--author", "小王")
    assert version["name"] == "v2" and version["author"] == "小王"
    assert run(config, "versions")["current"] == "v2"
    assert "+[可以带宠物试驾吗]" in said(config, "diff", "v1", "v2")
    assert [row["status"] for row in run(config, "proposals")["proposals"]] == ["published"]
    assert run(config, "rollback")["name"] == "v3"
    assert "* v3" in said(config, "versions")
    assert run(config, "rollback", "v2")["name"] == "v4"
    assert run(config, "rollback", "v9", code=1)["error"]["code"] == "publish_failed"


def test_the_audit_log_verifies_until_someone_changes_it(config: EngineConfig) -> None:
    verdict = run(config, "audit", "verify")
    assert verdict["ok"] and verdict["count"] >= 3
    assert run(config, "audit", "verify", "--head", verdict["head"])["ok"]
    assert not run(config, "audit", "verify", "--head", "f" * 64, code=1)["ok"]
    with closing(sqlite3.connect(config.state_dir / "store.db")) as database:
        database.execute("UPDATE audit SET actor = '别人' WHERE seq = 2")
        database.commit()
    assert "第 2 条" in run(config, "audit", "verify", code=1)["problem"]


def test_a_purge_deletes_what_is_older_than_its_days(config: EngineConfig) -> None:
    assert run(config, "purge", "--days", "30")["deleted"] == 4  # three turns of 1970 and a bad case
    assert run(config, "replay", "--since", "1970-01-01")["turns"] == 0


def test_a_question_sheet_is_kept_and_compared_with_its_last_run(
    config: EngineConfig, tmp_path: Path
) -> None:
    sheet, report = tmp_path / "q.csv", tmp_path / "report.xml"
    sheet.write_text(
        "question,expected\n哪里可以试车,怎么预约试驾\n保养灯怎么归零,怎么投诉\n", encoding="utf-8"
    )
    first = run(config, "test", str(sheet), "--junit", str(report), code=1)
    assert (first["passed"], first["failed"], first["compared"]) == (1, 1, None)
    assert b'failures="1"' in report.read_bytes()
    second = run(config, "test", str(sheet), code=1)
    assert second["compared"]["newly_failed"] == [] and second["compared"]["added"] == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2d", 10 * 86_400_000), ("24h", 11 * 86_400_000), ("1970-01-02T00:00:00+00:00", 86_400_000)],
)
def test_a_time_is_so_long_ago_or_a_date(text: str, wanted: int) -> None:
    assert since_ms(text, 12 * 86_400_000) == wanted


def test_a_time_that_is_neither_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--since"):
        since_ms("yesterday", 0)
