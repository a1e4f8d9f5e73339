"""Names of picture labels that are no entities."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from chatbot.lint.pictures import UnknownPictureNames
from chatbot.lint.run import find_issues
from tests.learning.conftest import demo_copy


def test_a_name_that_is_no_entity_is_a_fault_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("# 车\ns5\t云岚S5\nx\t轮船\ne6\t青羽汽车 青羽E6 2026款 长续航\n", "utf-8")
    config = replace(demo_copy(tmp_path / "demo"), image_labels=labels)
    issues = find_issues(config, date(2026, 11, 26), [UnknownPictureNames()])
    assert [(issue.severity, issue.line) for issue in issues] == [("fault", 3)]
    assert "轮船" in issues[0].message


def test_without_labels_nothing_is_looked_at(tmp_path: Path) -> None:
    assert find_issues(demo_copy(tmp_path / "demo"), date(2026, 11, 26), [UnknownPictureNames()]) == []
