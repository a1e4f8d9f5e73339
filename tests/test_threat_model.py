"""The threat model is not prose: every line names a test, the test exists, and both languages say the same."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("docs/threat_model.md", "docs/zh/threat_model.md")
_ROW = re.compile(r"^\| (?P<threat>[^|]+) \| (?P<defence>[^|]+) \| `(?P<file>[\w/]+\.py)::(?P<test>\w+)` \|$")


def rows(page: str) -> list[re.Match[str]]:
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    body = [
        line
        for line in lines
        if line.startswith("| ") and not line.startswith(("| ---", "| threat", "| 威胁 |"))
    ]
    found = [_ROW.match(line) for line in body]
    assert None not in found, [line for line, match in zip(body, found, strict=True) if match is None]
    return [match for match in found if match]


@pytest.mark.parametrize("row", rows(PAGES[0]), ids=lambda row: str(row["test"]))
def test_the_test_that_proves_a_defence_exists(row: re.Match[str]) -> None:
    tree = ast.parse((ROOT / row["file"]).read_text(encoding="utf-8"))
    assert row["test"] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_both_languages_name_the_same_tests_and_no_test_twice() -> None:
    english, chinese = ([(row["file"], row["test"]) for row in rows(page)] for page in PAGES)
    assert english == chinese
    assert len(set(english)) == len(english) >= 35
