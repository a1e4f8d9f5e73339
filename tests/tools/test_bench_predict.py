"""``bench predict``: three routes in one run, as ratios."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.integration.model_package import install
from tools.bench.predict import example_items


@pytest.fixture
def description(tmp_path: Path) -> Path:
    (tmp_path / "packages").mkdir()
    install(tmp_path / "packages")
    (tmp_path / "model").mkdir()
    write_model_card(tmp_path / "model", ModelCard("counter", "1"))
    file = tmp_path / "counter.json"
    file.write_text(json.dumps({"name": "counter", "processor": "counter", "model_path": "model"}))
    return file


def test_the_service_is_measured_beside_plain_flask_and_a_bare_route(description: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tools",
        "bench",
        "predict",
        str(description),
        "--requests",
        "200",
        "--json",
    ]
    packages = str(description.parent / "packages")
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": packages}, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["errors"] == 0 and found["service"] == "counter"
    assert [(row["route"], row["connections"]) for row in found["rows"]] == [
        (route, count) for count in (1, 32) for route in ("bare", "plain", "service")
    ]
    assert found["to_plain"] > 0 < found["to_one_by_one"]


def test_a_line_that_is_no_json_is_named(tmp_path: Path, description: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"first_sequence": "a"}\n{\n')
    with pytest.raises(ConfigError, match=r"asked\.jsonl:2"):
        example_items(description, asked)
