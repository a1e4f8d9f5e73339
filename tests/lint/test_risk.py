"""Authored answers are judged when they are checked and published, not on each turn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from chatbot.errors import PublishError
from chatbot.lint.risk import RiskyAnswers, refuse_risky_answers
from chatbot.lint.run import find_issues
from tests.backends.risk_desk import RiskDesk
from tests.learning.conftest import demo_copy

TODAY = date(2026, 11, 26)


@pytest.fixture
def desk() -> Iterator[RiskDesk]:
    made = RiskDesk()
    yield made
    made.close()


@pytest.fixture
def config(tmp_path: Path, desk: RiskDesk) -> EngineConfig:
    return replace(demo_copy(tmp_path), risk_service_url=desk.url, risk_service_token="secret")


def spoil(config: EngineConfig) -> tuple[str, int]:
    """Make the first answer of 通用 risky; its file and line."""
    file = config.faq_data_dir / "answers" / "通用"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[0] += "坏话"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file.relative_to(config.source.parent)), 1


def test_a_risky_answer_is_a_fault_with_its_place(config: EngineConfig, desk: RiskDesk) -> None:
    assert find_issues(config, TODAY, (RiskyAnswers(),)) == []
    place = spoil(config)
    (issue,) = find_issues(config, TODAY, (RiskyAnswers(),))
    assert (issue.severity, issue.file, issue.line) == ("fault", *place)
    assert "低俗" in issue.message and "“坏话”" in issue.message
    assert set(desk.tokens) == {"secret"}


@pytest.mark.parametrize(("fail_open", "severity"), [(True, "notice"), (False, "fault")])
def test_answers_that_nobody_judged_are_told(
    config: EngineConfig, desk: RiskDesk, fail_open: bool, severity: str
) -> None:
    desk.statuses = [500]
    config = replace(config, risk_fail_open=fail_open)
    (issue,) = find_issues(config, TODAY, (RiskyAnswers(),))
    assert (issue.severity, "没有检查" in issue.message) == (severity, True)


def test_without_a_service_nothing_is_asked(config: EngineConfig, desk: RiskDesk) -> None:
    spoil(config)
    plain = replace(config, risk_service_url="")
    assert find_issues(plain, TODAY, (RiskyAnswers(),)) == []
    refuse_risky_answers(plain)
    assert desk.batches == []


def test_a_version_with_a_risky_answer_is_held_back(config: EngineConfig) -> None:
    refuse_risky_answers(config)
    file, line = spoil(config)
    with pytest.raises(PublishError, match=f"{file}:{line}.*低俗"):
        refuse_risky_answers(config)


def test_without_an_answer_it_is_published_only_if_so_configured(
    config: EngineConfig, desk: RiskDesk
) -> None:
    spoil(config)
    desk.statuses = [500, 500]
    refuse_risky_answers(config)
    with pytest.raises(PublishError, match="risk_fail_open"):
        refuse_risky_answers(replace(config, risk_fail_open=False))
